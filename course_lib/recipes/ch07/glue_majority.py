"""Chapter 7, first row: the commonest training label for everything (STS-B: the mean)."""

import math
import warnings
from collections import Counter
from statistics import fmean

from course_lib.recipes.ch07.common import Attempt, Benchmark, record_row
from course_lib.recipes.context import Context, Measured

NAME = "ch07_glue_majority"
SEEDS = [0]  # nothing is drawn
NEEDS_DATA = True


def method(benchmark: Benchmark, seed: int) -> list[Attempt]:
    """Answer the same to everything."""
    labels = benchmark.train.labels
    answer = fmean(labels) if benchmark.is_regression else Counter(labels).most_common(1)[0][0]
    guesses = [answer] * len(benchmark.test)
    return [Attempt(choice="commonest label", valid_score=0.0, predictions=guesses)]


def run(context: Context) -> Measured:
    """Record the row; a constant has no correlation, and the record says so in words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        measured = record_row(context, "commonest label", 0, method)
    stsb = measured.metrics["stsb"]
    for name in ("pearson", "spearmanr"):
        assert all(math.isnan(value) for value in stsb[name])
        stsb[name] = "undefined"
    return measured
