"""A linear model on features of the library task, at several strengths."""

from collections.abc import Sequence
from typing import Any

from sklearn.linear_model import LogisticRegression

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.metrics.classification import accuracy
from course_lib.recipes.axis.common import Trial


def linear_trials(
    task: LibraryTask,
    few: Passages,
    sides: Sequence[Any],
    strengths: Sequence[float],
    *,
    vocab_size: int,
    prefix: str = "",
) -> list[Trial]:
    """Fit logistic regression at each strength.

    sides: one row a passage, dense or sparse, of `few`, of validation and of test. strengths: C,
    the inverse of the penalty. prefix: stands before the choice's name.
    """
    train, valid, test = sides
    trials = []
    for strength in strengths:
        model = LogisticRegression(C=strength, max_iter=3000).fit(train, few.labels)
        trials.append(
            Trial(
                choice=f"{prefix}C={strength}",
                valid_accuracy=accuracy(task.valid.labels, model.predict(valid)),
                predictions=model.predict(test).tolist(),
                vocab_size=vocab_size,
            )
        )
    return trials
