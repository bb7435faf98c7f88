"""A linear model on features, at several strengths: what rows of chapter 7's table share."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline

from course_lib.recipes.ch07.common import MAIN_METRIC, Attempt, Benchmark, Part


def linear_attempts(
    benchmark: Benchmark,
    features: Callable[[Part], Any],
    strengths: Sequence[float],
    first: Sequence[tuple[str, Any]] = (),
) -> list[Attempt]:
    """Fit at each strength; STS-B by ridge regression, the others by logistic regression.

    features: a part -> one row an example, dense or sparse. strengths: C, the inverse of the
    penalty. first: (name, transformer) of what comes before the linear model, fitted with it.
    """
    train, valid, test = map(features, (benchmark.train, benchmark.valid, benchmark.test))
    metric = MAIN_METRIC[benchmark.name]
    found = []
    for strength in strengths:
        linear = (
            Ridge(alpha=1 / strength)
            if benchmark.is_regression
            else LogisticRegression(C=strength, max_iter=3000)
        )
        model = Pipeline([*first, ("linear", linear)]).fit(train, benchmark.train.labels)
        found.append(
            Attempt(
                choice=f"C={strength}",
                valid_score=metric(benchmark.valid.labels, model.predict(valid)),
                predictions=np.asarray(model.predict(test)).tolist(),
            )
        )
    return found
