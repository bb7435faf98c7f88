"""Losses of heads that answer with labels. Axes: B batch, T places, C classes; `*N` any axes."""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F


def label_loss(
    logits: Float[Tensor, "B C"], labels: Tensor, problem_type: str | None = None
) -> Float[Tensor, ""]:
    """Return the loss that fits the problem, as transformers chooses it.

    regression: mean squared error; labels (B,), or (B, C) for several numbers.
    single_label_classification: cross-entropy in nats; labels (B,), and −100 is skipped.
    multi_label_classification: each class a question of yes and no; labels (B, C) of 0 and 1. The
    mean of the B · C cross-entropies in nats.

    problem_type: where it is None, one output is a regression, and of several labels of whole
    numbers name one class, others each class.
    """
    n_classes = logits.shape[-1]
    if problem_type is None:
        whole = labels.dtype in (torch.int64, torch.int32)
        several = f"{'single' if whole else 'multi'}_label_classification"
        problem_type = "regression" if n_classes == 1 else several
    if problem_type == "single_label_classification":
        return F.cross_entropy(logits, labels.flatten().long())
    own, wanted = logits.flatten(), labels.flatten().to(logits.dtype)
    if problem_type == "regression":
        return F.mse_loss(own, wanted)
    return F.binary_cross_entropy_with_logits(own, wanted)


def word_loss(logits: Float[Tensor, "*N C"], labels: Int[Tensor, "*N"]) -> Float[Tensor, ""]:
    """Return the mean cross-entropy in nats; places with the label −100 are skipped."""
    return F.cross_entropy(logits.flatten(0, -2), labels.flatten())


def span_loss(
    start_logits: Float[Tensor, "B T"],
    end_logits: Float[Tensor, "B T"],
    start_positions: Tensor,
    end_positions: Tensor,
) -> Float[Tensor, ""]:
    """Return the mean of two cross-entropies in nats: where does the answer start, where end?

    start_positions, end_positions: (B,); those behind the text, the answers that were cut off, are
    skipped, and those below 0 count as 0.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 4.2 (their sum, not their mean).
    """
    T = start_logits.shape[1]
    start, end = (
        F.cross_entropy(logits, places.flatten().clamp(0, T), ignore_index=T)
        for logits, places in (
            (start_logits, start_positions),
            (end_logits, end_positions),
        )
    )
    return (start + end) / 2
