"""GLUE's metrics and its average over nine tasks (Wang et al. 2019, section 3). NumPy only."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from course_lib.errors import CourseError, UnknownNameError
from course_lib.metrics.classification import Labels, _pair, accuracy
from course_lib.metrics.correlation import pearson, spearman

__all__ = [
    "METRICS", "TASKS", "accuracy", "f1", "glue_average", "matthews", "pearson", "score",
    "spearman",
]  # fmt: skip


def matthews(labels: Labels, predicted: Labels) -> float:
    """Return Matthews' correlation of two lists of classes, −1 to 1; 0 is as good as guessing.

    For two classes it is Pearson's correlation of the zeros and ones (Matthews 1975):
    (TP·TN − FP·FN) / √((TP + FP)(TP + FN)(TN + FP)(TN + FN)); for more, Gorodkin's R_K (2004).
    Where only one class is predicted, or only one is there, the quotient is 0/0 and 0 is returned,
    as scikit-learn does: such answers tell nothing.

    Raises: ValueError when the two differ in length or are empty.
    """
    true, guess = _pair(labels, predicted)
    classes, places = np.unique(np.concatenate([true, guess]), return_inverse=True)
    counts = np.zeros((len(classes), len(classes)))
    np.add.at(counts, (places[: len(true)], places[len(true) :]), 1)
    n, right = counts.sum(), np.trace(counts)
    of_true, of_guess = counts.sum(axis=1), counts.sum(axis=0)
    together = right * n - of_true @ of_guess
    spread_true, spread_guess = n * n - of_true @ of_true, n * n - of_guess @ of_guess
    if spread_true == 0 or spread_guess == 0:
        return 0.0
    return float(together / math.sqrt(spread_true * spread_guess))


def f1(labels: Labels, predicted: Labels, positive: int = 1) -> float:
    """Return the F1 of one class, 0 to 1: 2·TP / (2·TP + FP + FN); 0 where all three are 0.

    positive: the class that counts; in MRPC and QQP 1, "means the same".

    Raises: ValueError when the two differ in length or are empty.
    """
    true, guess = _pair(labels, predicted)
    hits = int(((true == positive) & (guess == positive)).sum())
    either = int((true == positive).sum() + (guess == positive).sum())
    return 2 * hits / either if either else 0.0


# the names are those of the published metric's output
METRICS: dict[str, Callable[[Any, Any], float]] = {
    "accuracy": accuracy,
    "f1": f1,
    "matthews_correlation": matthews,
    "pearson": pearson,
    "spearmanr": spearman,
}
ACCURACY = ("accuracy",)
TASKS: dict[str, tuple[str, ...]] = {
    "cola": ("matthews_correlation",),
    "sst2": ACCURACY,
    "mrpc": ("accuracy", "f1"),
    "stsb": ("pearson", "spearmanr"),
    "qqp": ("accuracy", "f1"),
    "mnli": ("matched", "mismatched"),  # the accuracy on each of its two test sets
    "qnli": ACCURACY,
    "rte": ACCURACY,
    "wnli": ACCURACY,
}


def score(task: str, labels: Sequence[float], predicted: Sequence[float]) -> dict[str, float]:
    """Return a task's metrics by name, each 0 to 1 (correlations −1 to 1).

    For MNLI, call it once for each test set: "mnli_matched" and "mnli_mismatched".

    Raises: UnknownNameError for a task that GLUE does not have; ValueError as the metrics, and for
    the hidden labels of a published test part.
    """
    half = task in {"mnli", "mnli_matched", "mnli_mismatched"}
    if not half and task not in TASKS:
        raise UnknownNameError("GLUE task", task, [*TASKS, "mnli_matched", "mnli_mismatched"])
    if any(label < 0 for label in labels):
        raise ValueError(
            f"the labels of {task} are hidden: −1 stands for a label that is not published; "
            "score on the validation part"
        )
    names = ACCURACY if half else TASKS[task]
    return {name: METRICS[name](labels, predicted) for name in names}


def glue_average(
    scores: Mapping[str, float | Mapping[str, float]], *, without: Collection[str] = ()
) -> float:
    """Return GLUE's one number: the mean over its nine tasks, in the unit of the scores.

    Each task counts once. A task with two metrics counts with their mean: accuracy and F1 of MRPC
    and QQP, Pearson and Spearman of STS-B; so does MNLI with its matched and mismatched accuracy.
    The diagnostic set (AX) is no task and must not be among the scores.

    scores: task → a number, or its metrics by name as `score` returns them. MNLI comes as
    "mnli": {"matched": …, "mismatched": …}, or as the two tasks "mnli_matched" and
    "mnli_mismatched"; either half is a number or what `score` returned for it.
    without: tasks left out on purpose, such as ("wnli",), whose development set misleads; the
    result is then another number than the leaderboard's, and has to be called so.
    Paper: Wang et al. 2019, arXiv:1804.07461, section 3 and table 1.
    Differs from the paper: nothing.
    Raises: UnknownNameError for an unknown task; CourseError for a missing task or metric, for NaN
    and for what is no number.
    """
    given = _with_mnli_joined(scores)
    for name in [*given, *without]:
        if name not in TASKS:
            raise UnknownNameError("GLUE task", name, list(TASKS))
    wanted = [name for name in TASKS if name not in without]
    if not wanted:
        raise CourseError("a task to average over", "all left out", "leave out fewer")
    missing = [name for name in wanted if name not in given]
    if missing:
        raise CourseError(
            f"the scores of all {len(wanted)} tasks: {', '.join(wanted)}",
            f"none for {', '.join(missing)}",
            "measure them, or name them in `without` and call the result by another name",
        )
    return sum(_task_score(name, given[name]) for name in wanted) / len(wanted)


def _with_mnli_joined(
    scores: Mapping[str, float | Mapping[str, float]],
) -> dict[str, Any]:
    given: dict[str, Any] = dict(scores)
    halves = {part: given.pop(f"mnli_{part}", None) for part in TASKS["mnli"]}
    present = {part: value for part, value in halves.items() if value is not None}
    if present and "mnli" in given:
        raise CourseError("MNLI once", "mnli and one of its halves", "leave one of them out")
    return given | ({"mnli": present} if present else {})


def _task_score(task: str, value: float | Mapping[str, float]) -> float:
    if isinstance(value, Mapping):
        missing = [name for name in TASKS[task] if name not in value]
        if missing:
            raise CourseError(
                f"{' and '.join(TASKS[task])} of {task}",
                f"{', '.join(value) or 'nothing'} (without {', '.join(missing)})",
                "give both halves: the task counts with their mean",
            )
        return sum(_number(f"{name} of {task}", value[name]) for name in TASKS[task]) / len(
            TASKS[task]
        )
    return _number(task, value)


def _number(name: str, value: Any) -> float:
    """Return a score; of MNLI's halves as `score` returns them, the accuracy."""
    if isinstance(value, Mapping) and set(value) == set(ACCURACY):
        value = value[ACCURACY[0]]
    if not isinstance(value, Real):
        raise CourseError(f"a number for {name}", repr(value), "give one, or what score() returns")
    if math.isnan(value):
        raise CourseError(
            f"a number for {name}", "NaN", "a constant prediction correlates with nothing"
        )
    return float(value)
