"""Curve of the axis: one Kneser-Ney language model a class; the one least surprised decides."""

import numpy as np
from numpy.typing import NDArray

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.embeddings.ngram_counts import UNKNOWN
from course_lib.embeddings.ngram_lm import KneserNey
from course_lib.metrics.classification import accuracy
from course_lib.recipes.axis.common import SEEDS, Trial, record_curve
from course_lib.recipes.context import Context, Measured
from course_lib.text.tokenize import words

NAME = "axis_ngrams"
__all__ = ["NAME", "SEEDS", "run"]

ORDERS = [1, 2, 3]


def log_likelihoods(model: KneserNey, passages: list[list[str]]) -> NDArray[np.float64]:
    """Return the log-probability of each passage as one sentence."""
    ends = np.cumsum([0] + [len(passage) + 1 for passage in passages[:-1]])
    return np.add.reduceat(model.log_probs(passages), ends)


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Fit a model on the passages of each class, over one vocabulary; choose the order.

    By Bayes' rule the class with the highest p(passage | class) is the likeliest, since all
    classes are equally frequent.
    """
    train, valid, test = (
        [words(text) for text in side.texts] for side in (few, task.valid, task.test)
    )
    vocabulary = sorted({word for passage in train for word in passage} | {UNKNOWN})
    trials = []
    for order in ORDERS:
        models = [
            KneserNey(order).fit(
                [p for p, own in zip(train, few.labels, strict=True) if own == label],
                vocabulary=vocabulary,
            )
            for label in range(len(task.classes))
        ]
        guesses = [
            np.argmax([log_likelihoods(model, side) for model in models], axis=0)
            for side in (valid, test)
        ]
        trials.append(
            Trial(
                choice=f"order={order}",
                valid_accuracy=accuracy(task.valid.labels, guesses[0]),
                predictions=guesses[1].tolist(),
                vocab_size=len(vocabulary),
            )
        )
    return trials


def run(context: Context) -> Measured:
    """Record the curve."""
    return record_curve(context, method)
