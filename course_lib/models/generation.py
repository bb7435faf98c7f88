"""Draw one word after the other from a model's scores. Axes: N rows, t places, V vocabulary.

A `step` takes ids (N, t) and gives scores (N, V) of what follows each row, as in
`course_lib.models.decoding`, whose searches take the same steps.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from course_lib.models.decoding import Step


def narrowed(
    logits: Float[Tensor, "*N V"],
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> Float[Tensor, "*N V"]:
    """Return logits of the distribution that is drawn from; words that are left out get −∞.

    The temperature comes first, then top_k, then top_p over what is left.

    temperature: divides the logits; below 1 likely words become more likely.
    top_k: how many words stay, with all that tie with the last of them.
    top_p: the likeliest words stay whose probabilities first sum to top_p or more; one always does.

    Paper: top-k, Fan et al., 2018, arXiv:1805.04833, section 5.4; top-p (nucleus), Holtzman et
    al., 2020, arXiv:1904.09751, section 3.1.
    Raises: ValueError for a temperature that is not above 0, a top_k below 1, a top_p that is not
    above 0 and at most 1.
    """
    if temperature <= 0:
        raise ValueError(f"temperature must be above 0 here, received {temperature}")
    logits = logits / temperature
    if top_k is not None:
        if top_k < 1:
            raise ValueError(f"top_k must be 1 or more, received {top_k}")
        lowest = logits.topk(min(top_k, logits.shape[-1])).values[..., -1:]
        logits = logits.masked_fill(logits < lowest, float("-inf"))
    if top_p is not None:
        if not 0 < top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, received {top_p}")
        ordered, order = logits.sort(dim=-1, descending=True, stable=True)
        p = ordered.softmax(dim=-1)
        before = p.cumsum(dim=-1) - p  # of the likelier words
        unlikely = (before >= top_p).scatter(-1, order, before >= top_p)
        logits = logits.masked_fill(unlikely, float("-inf"))
    return logits


@torch.no_grad()
def generate(
    step: Step,
    input_ids: Int[Tensor, "N t"],
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    *,
    eos_id: int | Sequence[int] | None = None,
    pad_id: int | None = None,
    generator: torch.Generator | None = None,
) -> Int[Tensor, "N u"]:
    """Return the rows with what was drawn behind them; it ends when all rows have their end mark.

    temperature: 0 takes the likeliest word each time. top_k, top_p: as in `narrowed`.
    eos_id: a row that has drawn it, or one of several, is filled with pad_id (with the first end
    mark where there is none).

    Raises: ValueError for empty rows, a limit below 1, a temperature below 0, and as `narrowed`.
    """
    if input_ids.shape[1] < 1:
        raise ValueError("input_ids must hold one place or more, the mark of the beginning, say")
    if max_new_tokens < 1:
        raise ValueError(f"max_new_tokens must be 1 or more, received {max_new_tokens}")
    if temperature < 0:
        raise ValueError(f"temperature must be 0 or more, received {temperature}")
    ends = torch.tensor([] if eos_id is None else eos_id).long().flatten().to(input_ids.device)
    filler = int(ends[0]) if pad_id is None and len(ends) else pad_id
    ids = input_ids
    is_done = torch.zeros(len(ids), dtype=torch.bool, device=ids.device)
    for _ in range(max_new_tokens):
        logits = step(ids)
        if temperature == 0:
            drawn = logits.argmax(dim=-1)
        else:
            p = narrowed(logits, temperature, top_k, top_p).softmax(dim=-1)
            drawn = torch.multinomial(p, 1, generator=generator)[:, 0]
        if filler is not None:
            drawn = drawn.masked_fill(is_done, filler)
            is_done = is_done | torch.isin(drawn, ends)
        ids = torch.cat([ids, drawn[:, None]], dim=1)
        if is_done.all():
            break
    return ids
