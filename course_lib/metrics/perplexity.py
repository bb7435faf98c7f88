"""How well a language model foresees a text. NumPy only."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def _checked(log_probs: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
    values = np.asarray(log_probs, dtype=np.float64)
    if values.size == 0:
        raise ValueError("perplexity needs a token at least, received none")
    if values.ndim != 1:
        raise ValueError(
            f"log_probs must be a list with one number a token, received shape {values.shape}"
        )
    if np.isnan(values).any() or values.max() > 1e-9:
        worst = values[np.isnan(values)][0] if np.isnan(values).any() else values.max()
        raise ValueError(f"the logarithm of a probability is at most 0, received {worst}")
    return values


def cross_entropy(log_probs: Sequence[float] | NDArray[np.floating]) -> float:
    """Return the mean negative logarithm, in nats per token; infinite where a probability is 0.

    log_probs: the natural logarithm of the probability that each token got.

    Raises: ValueError when there is none, or one is above 0 or not a number.
    """
    return float(-_checked(log_probs).mean())


def perplexity(log_probs: Sequence[float] | NDArray[np.floating]) -> float:
    """Return exp of the cross-entropy: the inverse of the geometric mean probability.

    A model that finds V words equally likely has perplexity V. Two perplexities compare only where
    the models predict the same tokens from the same vocabulary.

    Raises: ValueError as `cross_entropy`.
    """
    return float(np.exp(cross_entropy(log_probs)))


def bits_per_token(log_probs: Sequence[float] | NDArray[np.floating]) -> float:
    """Return the cross-entropy in bits: log2 of the perplexity.

    Raises: ValueError as `cross_entropy`.
    """
    return float(cross_entropy(log_probs) / np.log(2))


def bits_per_byte(log_probs: Sequence[float] | NDArray[np.floating], n_bytes: int) -> float:
    """Return the bits that all tokens of a text cost together, divided by its bytes in UTF-8.

    Unlike perplexity it compares models whatever they cut a text into, words, pieces or letters,
    as long as each gives every text a probability: one with an unknown word must spell it, too.
    A code made from the model needs that many bits, so 8 is what no model at all would need.

    Raises: ValueError as `cross_entropy`, and for a text without bytes.
    """
    if n_bytes < 1:
        raise ValueError(f"a text must have one byte or more, received {n_bytes}")
    return float(-_checked(log_probs).sum() / np.log(2) / n_bytes)
