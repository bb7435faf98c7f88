"""How good a classifier is, and how sure we are. Axes: N examples, C classes. NumPy only."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = Sequence[int] | NDArray[np.integer]


def _pair(labels: Labels, predicted: Labels) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    true, guess = np.asarray(labels), np.asarray(predicted)
    if true.shape != guess.shape or true.ndim != 1:
        raise ValueError(
            f"labels and predictions must be two lists of one length, received shapes "
            f"{true.shape} and {guess.shape}"
        )
    if len(true) == 0:
        raise ValueError("there must be at least one example, received none")
    return _classes(true), _classes(guess)


def _classes(values: NDArray) -> NDArray[np.intp]:
    whole = values.dtype.kind in "biu" or (
        values.dtype.kind == "f" and bool((np.isfinite(values) & (values == values.round())).all())
    )
    if not whole:
        raise ValueError(
            f"classes must be whole numbers, received {values[:3].tolist()} …; of scores take the "
            "highest, of probabilities those above a half, of names their numbers"
        )
    return values.astype(np.intp)


def accuracy(labels: Labels, predicted: Labels) -> float:
    """Return the share of right answers, 0 to 1.

    Raises: ValueError when the two differ in length, are empty or hold other than whole numbers.
    """
    true, guess = _pair(labels, predicted)
    return float((true == guess).mean())


def confusion_matrix(labels: Labels, predicted: Labels, n_classes: int) -> NDArray[np.intp]:
    """Count examples by true class (row) and predicted class (column).

    Raises: ValueError as `accuracy`, and for a class outside 0 .. n_classes - 1.
    """
    true, guess = _pair(labels, predicted)
    low, high = min(true.min(), guess.min()), max(true.max(), guess.max())
    if low < 0 or high >= n_classes:
        raise ValueError(f"classes must lie in 0 .. {n_classes - 1}, received {low} .. {high}")
    counts = np.zeros((n_classes, n_classes), dtype=np.intp)
    np.add.at(counts, (true, guess), 1)
    return counts


def f1_per_class(labels: Labels, predicted: Labels, n_classes: int) -> NDArray[np.float64]:
    """Return each class's F1: the harmonic mean of its precision and its recall.

    A class that is neither there nor predicted gets 0.

    Raises: ValueError as `confusion_matrix`.
    """
    counts = confusion_matrix(labels, predicted, n_classes)
    hits = np.diag(counts).astype(float)
    either = counts.sum(axis=0) + counts.sum(axis=1)  # predicted as it + truly it
    return np.divide(2 * hits, either, out=np.zeros(n_classes), where=either > 0)


def macro_f1(labels: Labels, predicted: Labels, n_classes: int) -> float:
    """Return the mean of the classes' F1: every class counts the same, however rare.

    Raises: ValueError as `confusion_matrix`.
    """
    return float(f1_per_class(labels, predicted, n_classes).mean())


@dataclass(frozen=True)
class Interval:
    """A confidence interval."""

    low: float
    high: float


def wilson_interval(n_right: int, n: int, z: float = 1.959964) -> Interval:
    """Return Wilson's interval for a share, 95 % by default.

    Paper: Wilson 1927. Unlike share ± z·√(p(1 − p)/n) it stays within 0 and 1 and does not shrink
    to nothing at 0 or n right answers.
    Raises: ValueError when n is below 1 or n_right lies outside 0 .. n.
    """
    if n < 1 or not 0 <= n_right <= n:
        raise ValueError(f"n_right must lie in 0 .. n and n be 1 or more: {n_right} of {n}")
    share = n_right / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    # at the ends the formula gives 0 and 1; rounding would miss them by a hair
    low = 0.0 if n_right == 0 else (centre - spread) / whole
    high = 1.0 if n_right == n else (centre + spread) / whole
    return Interval(low, high)


def bootstrap_interval(
    labels: Labels,
    predicted: Labels,
    metric: Callable[[NDArray[np.intp], NDArray[np.intp]], float] = accuracy,
    *,
    n_draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Return the interval that holds `level` of the metric's values over resampled test sets.

    Each draw takes N examples with replacement (Efron 1979, percentile method). It works for any
    metric; it says how much the *test set* matters, not how much the training seed does.
    Raises: ValueError as `accuracy`, and when level lies outside 0 .. 1 or n_draws is below 1.
    """
    true, guess = _pair(labels, predicted)
    if not 0 < level < 1 or n_draws < 1:
        raise ValueError(f"level must lie in 0 .. 1 and n_draws be 1 or more: {level}, {n_draws}")
    rng = np.random.default_rng(seed)
    draws = rng.integers(len(true), size=(n_draws, len(true)))
    values = [metric(true[draw], guess[draw]) for draw in draws]
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))
