"""Do two lists of numbers rise and fall together? Pearson and Spearman. NumPy only."""

import math
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def pearson(x: ArrayLike, y: ArrayLike) -> float:
    """Return the linear correlation of two lists, −1 to 1.

    The cosine of the angle between the two once each has lost its mean (Pearson 1895).
    Returns NaN, with a RuntimeWarning, where either list is constant: it has no direction then.
    NaN is kept and not replaced by 0, so that a model that answers the same to everything is seen.

    Raises: ValueError when the two differ in length, have fewer than two numbers, or hold NaN.
    """
    first, second = _pair(x, y)
    if (first == first[0]).all() or (second == second[0]).all():
        warnings.warn("a constant list correlates with nothing: NaN", RuntimeWarning, stacklevel=2)
        return math.nan
    cosine = float(_direction(first) @ _direction(second))
    return min(1.0, max(-1.0, cosine))


def spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Return the correlation of two lists' ranks, −1 to 1: only the order counts (Spearman 1904).

    Equal numbers share the mean of their ranks, so this is `pearson` of the ranks and not the short
    formula 1 − 6 Σd² / (n³ − n), which is wrong as soon as there are ties.
    NaN for a constant list, and errors, as `pearson`.
    """
    first, second = _pair(x, y)
    return pearson(ranks(first), ranks(second))


def ranks(values: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the rank of each number, 1 for the smallest; equals share the mean of their ranks."""
    numbers = np.asarray(values, dtype=float)
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    last = counts.cumsum()  # the rank of the last of each group of equals
    return (last - (counts - 1) / 2)[place]


def _direction(values: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = values - values.mean()
    centred /= np.abs(centred).max()  # squares of huge or tiny numbers leave the range of floats
    return centred / np.linalg.norm(centred)


def _pair(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(
            f"correlation needs two lists of one length, received shapes {first.shape} and "
            f"{second.shape}"
        )
    if len(first) < 2:
        raise ValueError(f"correlation needs at least two numbers, received {len(first)}")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("correlation needs finite numbers, received NaN or infinity")
    return first, second
