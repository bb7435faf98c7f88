"""A row of chapter 7's table from vectors that know nothing of the task: a linear model on them."""

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.preprocessing import StandardScaler

from course_lib.recipes.ch07.common import Attempt, Benchmark, Method, Part
from course_lib.recipes.ch07.linear import linear_attempts

Encoder = Callable[[Sequence[str]], np.ndarray]  # texts -> (texts, width)

STRENGTHS = [0.0001, 0.001, 0.01, 0.1, 1.0]  # C, the inverse of the penalty


def features(encode: Encoder, part: Part) -> np.ndarray:
    """Return a row for each example: u, or for two texts (u, v, |u − v|, u · v).

    The four parts are those of Mou et al. 2016 and Conneau et al. 2017.
    """
    columns = [encode(list(column)) for column in zip(*part.texts, strict=True)]
    if len(columns) == 1:
        return columns[0]
    u, v = columns
    return np.concatenate([u, v, np.abs(u - v), u * v], axis=1)


def method_of(encoder: Callable[[int], Encoder]) -> Method:
    """Return a way to do a task: the vectors stay, a linear model on top of them is fitted.

    encoder: from a seed.
    """

    def method(benchmark: Benchmark, seed: int) -> list[Attempt]:
        encode = encoder(seed)
        scale = [("scale", StandardScaler())]
        return linear_attempts(benchmark, lambda part: features(encode, part), STRENGTHS, scale)

    return method
