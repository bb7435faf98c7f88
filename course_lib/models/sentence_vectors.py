"""One vector for a whole text. Axes: B texts, T places, D d_model."""

from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F


def mean_pooled(
    last_hidden_state: Float[Tensor, "B T D"], attention_mask: Tensor
) -> Float[Tensor, "B D"]:
    """Return the mean over each text's words, scaled to length 1: cosines are products then.

    attention_mask: (B, T), 0 at padding. A text without words gets zeros.

    Paper: Reimers and Gurevych, 2019, arXiv:1908.10084, section 3, the MEAN strategy.
    Differs from the paper: scaled to length 1, as all-MiniLM-L6-v2's card asks for.
    """
    is_word = attention_mask.bool()[..., None]  # (B, T, 1)
    total = last_hidden_state.masked_fill(~is_word, 0.0).sum(dim=1)
    return F.normalize(total / is_word.sum(dim=1).clamp(min=1), dim=-1)
