"""Chapter 7, second row: counts of words and pairs of words, and a linear model on them.

Of two texts it sees the second one's n-grams, which words both have and which only one has, and
how much they overlap. It knows no word that the training part does not hold.
"""

import itertools
import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction import DictVectorizer

from course_lib.recipes.ch07.common import Attempt, Benchmark, Part, record_row
from course_lib.recipes.ch07.linear import linear_attempts
from course_lib.recipes.context import Context, Measured
from course_lib.text.tokenize import words

NAME = "ch07_glue_ngrams"
SEEDS = [0]  # the optimum is found, not drawn
NEEDS_DATA = True

STRENGTHS = [0.03, 0.3, 3.0, 30.0]  # C, the inverse of the penalty


def ngrams(text: str, prefix: str = "") -> Counter[str]:
    """Count the words of a text and its pairs of neighbours, its ends included."""
    found = words(text)
    padded = ["<s>", *found, "</s>"]
    pairs = (f"{prefix}{a} {b}" for a, b in itertools.pairwise(padded))
    return Counter([*(prefix + word for word in found), *pairs])


def counted(texts: Sequence[str]) -> Counter[str]:
    """Return the features of one example that are counts."""
    if len(texts) == 1:
        return ngrams(texts[0])
    first, second = (set(words(text)) for text in texts)
    found = ngrams(texts[1], "2:")
    found.update(f"both:{word}" for word in first & second)
    found.update(f"first:{word}" for word in first - second)
    found.update(f"second:{word}" for word in second - first)
    return found


def overlaps(texts: Sequence[str]) -> list[float]:
    """Return how much two texts share: of all words, of the first's, of the second's; lengths."""
    if len(texts) == 1:
        return [len(words(texts[0])) / 20]
    first, second = (words(text) for text in texts)
    both, either = len({*first} & {*second}), len({*first} | {*second})
    pairs = [set(itertools.pairwise(text)) for text in (first, second)]
    return [
        both / max(either, 1),
        both / max(len({*first}), 1),
        both / max(len({*second}), 1),
        len(pairs[0] & pairs[1]) / max(len(pairs[0] | pairs[1]), 1),
        abs(len(first) - len(second)) / 10,
        math.log((len(first) + 1) / (len(second) + 1)),
    ]


class Features:
    """Counts weighted by rarity and scaled to length 1, beside the overlaps."""

    def __init__(self, train: Part) -> None:
        self.names = DictVectorizer()
        counts = csr_matrix(self.names.fit_transform(map(counted, train.texts)))
        n_features = len(self.names.get_feature_names_out())
        with_it = np.bincount(counts.indices, minlength=n_features)
        self.rarity = np.log((1 + len(train)) / (1 + with_it)) + 1

    def __call__(self, part: Part) -> csr_matrix:
        """Return one row an example."""
        from scipy.sparse import hstack

        counts = csr_matrix(self.names.transform(map(counted, part.texts)))
        weighted = csr_matrix(counts @ diags(self.rarity))
        lengths = np.sqrt(np.asarray(weighted.power(2).sum(axis=1))).ravel()
        scaled = diags(1 / np.maximum(lengths, 1e-9)) @ weighted
        return csr_matrix(hstack([scaled, np.array([overlaps(t) for t in part.texts])]))


def method(benchmark: Benchmark, seed: int) -> list[Attempt]:
    """Fit a linear model on the features; the seed changes nothing."""
    return linear_attempts(benchmark, Features(benchmark.train), STRENGTHS)


def run(context: Context) -> Measured:
    """Record the row."""
    return record_row(context, "counts of words and pairs", 1, method)
