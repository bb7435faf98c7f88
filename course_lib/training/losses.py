"""Losses on the scores of words. Axes: V words; `*N` any leading axes."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def label_smoothed_cross_entropy(
    logits: Float[Tensor, "*N V"],
    targets: Int[Tensor, "*N"],
    smoothing: float = 0.1,
    pad_id: int | None = None,
) -> Float[Tensor, ""]:
    """Return the mean cross-entropy with targets that are a little unsure.

    A share `smoothing` of each target is spread evenly over all V words, the right one among them,
    as torch does it. (fairseq spreads it over V − 1, the annotated Transformer over V − 2.)

    pad_id: targets that do not count.

    Paper: Szegedy et al., 2016, arXiv:1512.00567, section 7; 0.1 in Vaswani et al., 2017.
    Returns: nats a real token; 0 where there is none.
    Raises: ValueError for a smoothing outside 0 to 1.
    """
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing must lie between 0 and 1, received {smoothing}")
    is_real = torch.ones_like(targets, dtype=torch.bool) if pad_id is None else targets != pad_id
    log_probs = logits[is_real].log_softmax(dim=-1)  # (real tokens, V)
    right = log_probs.gather(-1, targets[is_real][:, None])[:, 0]
    losses = -(1 - smoothing) * right - smoothing * log_probs.mean(dim=-1)
    return losses.sum() / max(1, len(losses))
