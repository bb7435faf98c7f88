"""Who may attend to whom. Axes: B batch, H heads, T queries, S keys.

A mask is bool and True means "may attend", as in `scaled_dot_product_attention`. It has the four
axes (B, H, T, S), or fewer where one row serves all: `causal` gives (T, S), `padding` (B, 1, 1, S).
In torch's older modules (`nn.MultiheadAttention`) True means the opposite: "is hidden".
"""

import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn

from course_lib.layers.modes import evaluating

ROUNDING = torch.finfo(torch.float32).eps
LEAK = 10 * ROUNDING  # of the largest number in the same place of the output


def causal(T: int, S: int | None = None) -> Bool[Tensor, "T S"]:
    """Let each query attend to its own place and to those before it.

    S: number of keys, T if not given. The last query stands at the last key: with keys kept from
    earlier steps (S > T) the mask is aligned to the lower right. With S < T the first queries have
    no key at all.
    """
    S = T if S is None else S
    return torch.ones(T, S, dtype=torch.bool).tril(S - T)


def padding(lengths: Int[Tensor, " B"], S: int) -> Bool[Tensor, "B 1 1 S"]:
    """Hide the keys behind each sequence's end.

    It hides keys, not queries: a padded place still attends, and its output is to be ignored.

    Raises: ValueError for a length below 0 or above S.
    """
    if lengths.numel() and not (0 <= int(lengths.min()) and int(lengths.max()) <= S):
        raise ValueError(f"lengths must lie between 0 and S={S}, received {lengths.tolist()}")
    return (torch.arange(S, device=lengths.device) < lengths[:, None])[:, None, None, :]


def prefix(prefix_len: int | Int[Tensor, " B"], T: int) -> Bool[Tensor, "*B T T"]:
    """Let all attend to the first `prefix_len` places, and beyond them only to what came before.

    prefix_len: one number, or one a sequence; the mask is then (B, 1, T, T).

    Paper: Raffel et al., 2020, arXiv:1910.10683, section 3.2.1, "causal with prefix".
    Raises: ValueError for a prefix below 0 or above T.
    """
    lengths = torch.as_tensor(prefix_len)
    if lengths.numel() and not (0 <= int(lengths.min()) and int(lengths.max()) <= T):
        raise ValueError(f"prefix_len must lie between 0 and T={T}, received {lengths.tolist()}")
    if lengths.dim():
        return causal(T).to(lengths.device) | padding(lengths, T)
    return causal(T) | (torch.arange(T) < lengths)


def combine(*masks: Tensor | None) -> Tensor | None:
    """Let attend only where every mask allows it; None allows all, and None is what no mask gives.

    Raises: TypeError for a mask that is not bool.
    """
    together = None
    for mask in masks:
        if mask is None:
            continue
        require_bool(mask)
        together = mask if together is None else together & mask
    return together


def require_bool(may_attend: Tensor) -> None:
    """Refuse masks of numbers, whose meaning differs from library to library.

    Raises: TypeError for a mask that is not bool.
    """
    if may_attend.dtype is not torch.bool:
        raise TypeError(
            f"may_attend must be a bool mask in which True means may attend, received "
            f"{may_attend.dtype}; of a mask of 0 and -inf to be added, take mask == 0"
        )


@torch.no_grad()
def assert_causal(module: nn.Module, input_ids: Int[Tensor, "B T"]) -> None:
    """Fail if what the module says about a place depends on ids that come after it.

    One place after the other gets other ids, taken from `input_ids` itself, and nothing before it
    may move. The module is called in eval mode and gets its own modes back.

    module: `module(input_ids)` gives a tensor (B, T, ...) or an output whose `.logits` is one.

    Raises: AssertionError where an earlier place moves by more than ten roundings of a 32-bit
    float, measured against the largest number in that place; ValueError for input_ids with fewer
    than two different ids or two places, and where the module gives NaN or another shape.
    """
    kinds = input_ids.unique()
    if input_ids.shape[1] < 2 or len(kinds) < 2:
        raise ValueError(
            "input_ids must have two places and two different ids or more, received shape "
            f"{tuple(input_ids.shape)} with {len(kinds)} different"
        )
    place = torch.searchsorted(kinds, input_ids)
    with evaluating(module):
        before = _places(module(input_ids), input_ids)
        allowed = LEAK * before.abs().amax(dim=-1, keepdim=True)
        for t in range(1, input_ids.shape[1]):
            for shift in {1, len(kinds) // 2}:
                changed = input_ids.clone()
                changed[:, t] = kinds[(place[:, t] + shift) % len(kinds)]
                after = _places(module(changed), input_ids)
                excess = ((after - before).abs() - allowed)[:, :t].amax(dim=-1)  # (B, t)
                if (excess > 0).any():
                    b, s = divmod(int(excess.argmax()), t)
                    moved = float((after - before)[b, s].abs().max())
                    raise AssertionError(
                        f"the output at place {s} of row {b} moved by {moved:.3g} when the "
                        f"id at place {t} was replaced: the future leaks"
                    )


def _places(output: object, input_ids: Tensor) -> Tensor:
    """Return an output as (B, T, numbers)."""
    found = getattr(output, "logits", output)
    if not isinstance(found, Tensor) or found.shape[:2] != input_ids.shape:
        shape = tuple(found.shape) if isinstance(found, Tensor) else type(found).__name__
        raise ValueError(
            f"the module must give a tensor (B, T, ...) or an output with .logits, for input_ids "
            f"{tuple(input_ids.shape)}; received {shape}"
        )
    if found.isnan().any():
        raise ValueError("the module gives NaN: mend that first, NaN hides every leak")
    return found.reshape(*input_ids.shape, -1)
