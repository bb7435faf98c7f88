"""Masked words: hide some places of a text, for a model to find again what stood there.

With one place of seven chosen, and hidden in the most frequent of the three ways:

    ids      [CLS]  the  cat  is  yawning  [SEP]  [PAD]
    inputs   [CLS]  the  [MASK]  is  yawning  [SEP]  [PAD]
    labels   -100  -100  cat  -100  -100  -100  -100
"""

from collections.abc import Iterable

import torch
from jaxtyping import Int
from torch import Tensor

IGNORED = -100  # torch's cross-entropy leaves this label out
MASKED = 0.8  # of the chosen places
KEPT = 0.1  # the rest gets a random word


def mask_words(
    ids: Int[Tensor, "*N"],
    mask_id: int,
    vocab_size: int,
    special_ids: Iterable[int],
    probability: float = 0.15,
    *,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "*N"], Int[Tensor, "*N"]]:
    """Choose places; 80 % of them get [MASK], 10 % a random word, 10 % stay as they are.

    The model cannot tell a place that was kept or replaced from one that was not chosen. So it has
    to hold an opinion on every word, also where no [MASK] stands, as in every text it meets later.

    special_ids: marks such as [CLS], [SEP], [PAD], [MASK] and [UNK]: never chosen, never drawn.
    probability: of each other place to be chosen, whatever happens to its neighbours.
    generator: where the draws come from, on the device of ids; torch's own one if not given. Each
    call draws anew.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 3.1 and appendix A.1; other shares than
    80/10/10 are compared in appendix C.2.
    Differs from the paper: a text has 15 % of its places chosen in the mean, not exactly, and a
    short text may have none. The published code hides the same places in every epoch but for ten
    copies of the text; to draw anew each time is from Liu et al., 2019, arXiv:1907.11692, section
    4.1. Its random words may be marks; ours are not.
    Returns: inputs and labels; labels hold the ids of the chosen places and -100 elsewhere.
    Raises: ValueError for a probability outside 0 to 1, or a vocabulary of special ids alone.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"probability must lie between 0 and 1, received {probability}")
    special = torch.tensor(sorted({int(own) for own in special_ids}), dtype=ids.dtype)
    special = special.to(ids.device)
    is_word = torch.ones(vocab_size, dtype=torch.bool, device=ids.device)
    is_word[special[(special >= 0) & (special < vocab_size)].long()] = False
    words = is_word.nonzero()[:, 0].to(ids.dtype)
    if not len(words):
        raise ValueError(
            f"the vocabulary must hold a word beside the special ids; vocab_size={vocab_size} and "
            f"{len(special)} special ids leave none"
        )

    def uniform() -> Tensor:
        return torch.rand(ids.shape, generator=generator, device=ids.device)

    is_chosen = (uniform() < probability) & ~torch.isin(ids, special)
    fate = uniform()
    is_masked = is_chosen & (fate < MASKED)
    is_replaced = is_chosen & (fate >= MASKED + KEPT)
    drawn = torch.randint(len(words), ids.shape, generator=generator, device=ids.device)
    inputs = torch.where(is_replaced, words[drawn], ids).masked_fill(is_masked, mask_id)
    return inputs, ids.masked_fill(~is_chosen, IGNORED)
