"""Language models that count: Laplace, stupid backoff, and Kneser-Ney in a file of its own.

    KneserNey(order=5).fit(train).perplexity(test)

Sentences are lists of tokens. count_model.py states the convention that all of them follow.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings.count_model import CountModel, Floats
from course_lib.embeddings.kneser_ney import KneserNey, estimate_discounts
from course_lib.embeddings.ngram_counts import Ints, NgramCounts, at
from course_lib.errors import CourseError
from course_lib.metrics.perplexity import perplexity

__all__ = ["CountModel", "KneserNey", "Laplace", "StupidBackoff", "estimate_discounts"]


class Laplace(CountModel):
    """Add k to every count: p(w | h) = (c(hw) + k) / (c(h) + k V).

    With k = 0 these are the relative frequencies; an unseen n-gram then has probability 0, and
    after a context that never occurred all words are equally likely.

    Paper: Laplace's rule of succession; Lidstone 1920 for k other than 1. Chen & Goodman 1998,
    section 2.1.
    Differs from the paper: nothing.
    """

    def __init__(self, order: int, k: int | float = 1) -> None:
        """Choose the order and what is added.

        Raises: ValueError when order is below 1, or k is below 0.
        """
        super().__init__(order)
        if not k >= 0:
            raise ValueError(f"k must be 0 or more, received {k}")
        self.k = k

    def _estimate(self, counts: NgramCounts) -> None:
        self._totals = context_totals(counts)

    def _probabilities(self, counts: NgramCounts, stream: Ints, depth: Ints) -> Floats:
        values = np.zeros(len(stream))
        for n, (level, context, rows) in enumerate(counts.walk(stream, depth), start=1):
            total, count = at(self._totals[n - 1], context, 0), at(level.raw, rows, 0)
            longest = depth >= n - 1  # a longer context replaces a shorter one
            values = np.where(longest, self._share(counts, count, total), values)
        return values

    def _distribution(self, counts: NgramCounts, context: Ints) -> Floats:
        n = len(context) + 1
        row = self._row(context) if n > 1 else 0
        count, total = np.zeros(counts.vocab_size), 0.0
        if row >= 0:
            follow = counts.children(n, row)
            words = counts.levels[n - 1].keys[follow] % (counts.vocab_size + 1)
            kept = words < counts.vocab_size
            count[words[kept]] = counts.levels[n - 1].raw[follow][kept]
            total = self._totals[n - 1][row]
        return self._share(counts, count, np.full(counts.vocab_size, total))

    def _share(self, counts: NgramCounts, count: NDArray, total: NDArray) -> Floats:
        size = total + self.k * counts.vocab_size
        uniform = np.full(len(total), 1 / counts.vocab_size)
        return np.divide(count + self.k, size, out=uniform, where=size > 0)


class StupidBackoff(CountModel):
    """Score a word by its relative frequency after the longest context that knows it.

        S(w | h) = c(hw) / c(h) where hw occurred, else α S(w | h′)

    The scores of all words do not sum to 1, so they are no probabilities and have no perplexity.

    Paper: Brants et al. 2007, section 4 (α = 0.4).
    Differs from the paper: nothing.
    """

    def __init__(self, order: int, alpha: int | float = 0.4) -> None:
        """Choose the order and the factor for each step back.

        Raises: ValueError when order is below 1, or alpha is outside 0 .. 1.
        """
        super().__init__(order)
        if not 0 < alpha <= 1:
            raise ValueError(f"alpha must lie above 0 and be at most 1, received {alpha}")
        self.alpha = alpha

    def score(self, word: str, context: Sequence[str] = ()) -> float:
        """Return a word's score after a context; arguments as those of `prob`."""
        return super().prob(word, context)

    def scores(self, context: Sequence[str] = ()) -> Floats:
        """Return the score of each word of `vocabulary` after a context."""
        return super().distribution(context)

    def pseudo_perplexity(self, sentences: Iterable[Sequence[str]]) -> float:
        """Return exp of the mean negative log score.

        The scores sum to more than 1 or less, so this number says nothing next to a perplexity.
        """
        return perplexity(super().log_probs(sentences))

    def prob(self, word: str, context: Sequence[str] = ()) -> float:
        """Raise CourseError: a score is no probability."""
        raise _no_probability("prob", "score(word, context)")

    def logprob(self, word: str, context: Sequence[str] = ()) -> float:
        """Raise CourseError: a score is no probability."""
        raise _no_probability("logprob", "score(word, context)")

    def distribution(self, context: Sequence[str] = ()) -> Floats:
        """Raise CourseError: scores do not sum to 1."""
        raise _no_probability("distribution", "scores(context)")

    def log_probs(self, sentences: Iterable[Sequence[str]]) -> Floats:
        """Raise CourseError: a score is no probability."""
        raise _no_probability("log_probs", "pseudo_perplexity(sentences)")

    def perplexity(self, sentences: Iterable[Sequence[str]]) -> float:
        """Raise CourseError: without probabilities there is no perplexity."""
        raise _no_probability("perplexity", "pseudo_perplexity(sentences)")

    def _estimate(self, counts: NgramCounts) -> None:
        self._totals = context_totals(counts)
        self._frequency = [
            level.raw / np.maximum(total[level.parent], 1)
            for level, total in zip(counts.levels, self._totals, strict=True)
        ]

    def _probabilities(self, counts: NgramCounts, stream: Ints, depth: Ints) -> Floats:
        values = np.zeros(len(stream))
        for n, (_, _, rows) in enumerate(counts.walk(stream, depth), start=1):
            back = values * np.where(depth >= n - 1, self.alpha, 1.0)
            values = at(self._frequency[n - 1], rows, back)
        return values

    def _distribution(self, counts: NgramCounts, context: Ints) -> Floats:
        values = self._frequency[0][: counts.vocab_size].copy()
        for n in range(2, len(context) + 2):
            values *= self.alpha
            row = self._row(context[-(n - 1) :])
            if row >= 0:
                follow = counts.children(n, row)
                words = counts.levels[n - 1].keys[follow] % (counts.vocab_size + 1)
                values[words] = self._frequency[n - 1][follow]
        return values


def context_totals(counts: NgramCounts) -> list[Floats]:
    """Return, for each level, how often each context was followed by a word."""
    totals = []
    for n, level in enumerate(counts.levels, start=1):
        followed = np.where(level.begins, 0, level.raw) if n == 1 else level.raw  # <s> follows none
        contexts = len(counts.levels[n - 2]) if n > 1 else 1
        totals.append(np.bincount(level.parent, followed, contexts).astype(np.float64))
    return totals


def _no_probability(asked: str, instead: str) -> CourseError:
    return CourseError(
        f"a model whose probabilities sum to 1, for {asked}",
        "stupid backoff, whose scores do not",
        f"take {instead}, or fit KneserNey",
    )
