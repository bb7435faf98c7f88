"""Three ways to drop that suit a recurrent network. Axes: B batch, T positions, D d_model.

Ordinary dropout draws afresh for every number, and so at every time step. A recurrent network that
gets another mask at each step is fed noise that its memory cannot hold. Here one mask lasts for a
whole sequence: over positions (`LockedDropout`), over all places of a word (`dropped_rows`), over
all uses of a recurrent weight (`dropped_weights`). What is kept is divided by 1 − p, so that the
expected value stays as it was; in eval mode nothing is dropped.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def check_rate(name: str, p: float) -> float:
    """Return p.

    Raises: ValueError when it is no probability below 1.
    """
    if not 0 <= p < 1:
        raise ValueError(f"{name} must lie in 0 .. 1 (1 excluded), received {p}")
    return p


def keep_mask(like: Tensor, shape: tuple[int, ...], p: float) -> Tensor:
    """Draw a mask of this shape: 0 with probability p, else 1 / (1 − p)."""
    return like.new_empty(shape).bernoulli_(1 - p).div_(1 - p)


class LockedDropout(nn.Module):
    """Drop the same features at every position of a sequence; each sequence has its own mask.

    Paper: Gal and Ghahramani 2016, arXiv:1512.05287, equation 7; "variational dropout" in Merity
    et al. 2017, arXiv:1708.02182, section 4.2.
    Differs from the paper: nothing.
    Raises: ValueError when p is not in 0 .. 1 (1 excluded).
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = check_rate("the rate p", p)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return x times one mask (B, 1, D); x itself in eval mode or where p is 0."""
        if not self.training or self.p == 0:
            return x
        return x * keep_mask(x, (x.shape[0], 1, x.shape[2]), self.p)

    def extra_repr(self) -> str:
        """Show the rate when the module is printed."""
        return f"p={self.p}"


def dropped_rows(
    table: Float[Tensor, "V D"], p: float, *, training: bool = True
) -> Float[Tensor, "V D"]:
    """Drop whole rows of an embedding table: a word vanishes wherever it stands in the batch.

    Paper: Merity et al. 2017, section 4.3.
    Differs from the paper: nothing.
    Raises: ValueError when p is not in 0 .. 1 (1 excluded).
    """
    check_rate("the rate p", p)
    if not training or p == 0:
        return table
    return table * keep_mask(table, (table.shape[0], 1), p)


def dropped_weights(
    weight: Float[Tensor, "rows columns"], p: float, *, training: bool = True
) -> Float[Tensor, "rows columns"]:
    """Drop single weights (DropConnect); the caller uses the result for a whole sequence.

    Paper: Wan et al. 2013 for DropConnect; Merity et al. 2017, section 2, on the recurrent weights.
    Differs from the paper: nothing.
    Raises: ValueError when p is not in 0 .. 1 (1 excluded).
    """
    check_rate("the rate p", p)
    return torch.dropout(weight, p, train=training)
