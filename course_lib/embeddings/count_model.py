"""What all count models share: fitting, the probability of a text, and writing one.

Convention, the same for every model of chapter 3: one `<s>` in front of each sentence whatever the
order; each word and each `</s>` is predicted once; the vocabulary is that of the training part,
with `</s>` and without `<s>`. A context at a sentence's start is shorter than the order allows.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings.ngram_counts import UNKNOWN, Ints, NgramCounts
from course_lib.errors import CourseError
from course_lib.metrics.perplexity import perplexity
from course_lib.text.ngrams import BEGIN, END

Floats = NDArray[np.float64]
Model = TypeVar("Model", bound="CountModel")


class CountModel(ABC):
    """A model that is a table of counts; subclasses say what becomes of them."""

    def __init__(self, order: int) -> None:
        """Take the length of the longest n-gram.

        Raises: ValueError when order is below 1.
        """
        if order < 1:
            raise ValueError(f"order must be 1 or more, received {order}")
        self.order = order
        self._counts: NgramCounts | None = None

    def fit(
        self: Model, sentences: Iterable[Sequence[str]], *, vocabulary: Iterable[str] | None = None
    ) -> Model:
        """Count the n-grams of tokenised sentences, and return the model.

        vocabulary: the words to predict, where they are not those of the sentences (curves over
        the training size need one vocabulary throughout); `</s>` is added.

        Raises: ValueError when there is no sentence, a sentence is a string or holds `<s>` or
        `</s>`, or a word is outside the vocabulary and `<unk>` is too.
        """
        return self.fit_counts(NgramCounts(sentences, self.order, vocabulary))

    def fit_counts(self: Model, counts: NgramCounts) -> Model:
        """Take counts that are there already, another model's for example; return the model.

        Raises: ValueError when they are of another order.
        """
        if counts.order != self.order:
            raise ValueError(f"counts must be of order {self.order}, received {counts.order}")
        self._counts = counts
        self._estimate(counts)
        return self

    @abstractmethod
    def _estimate(self, counts: NgramCounts) -> None:
        """Compute what is needed from the counts."""

    @abstractmethod
    def _probabilities(self, counts: NgramCounts, stream: Ints, depth: Ints) -> Floats:
        """Return the probability of each token of a stream, given those before it."""

    @abstractmethod
    def _distribution(self, counts: NgramCounts, context: Ints) -> Floats:
        """Return V numbers, one for each word, after at most order − 1 ids."""

    @property
    def counts(self) -> NgramCounts:
        """The counts.

        Raises: CourseError before `fit`.
        """
        if self._counts is None:
            raise CourseError("a fitted model", "one without counts", "call fit(sentences) first")
        return self._counts

    @property
    def vocabulary(self) -> list[str]:
        """The V words that can be predicted: alphabetical, `</s>` last."""
        return list(self.counts.words)

    @property
    def n_ngrams(self) -> dict[int, int]:
        """How many different n-grams of each length the model stores."""
        return {n: len(level) for n, level in enumerate(self.counts.levels, start=1)}

    @property
    def n_params(self) -> int:
        """How many numbers were estimated: one for each n-gram stored."""
        return sum(self.n_ngrams.values())

    def count(self, ngram: Sequence[str]) -> int:
        """Return how often an n-gram occurred in the training text; it may begin with `<s>`.

        Raises: ValueError when it is empty or longer than the order.
        """
        if not 1 <= len(ngram) <= self.order:
            raise ValueError(f"an n-gram has 1 to {self.order} tokens, received {list(ngram)!r}")
        row = self._row(self._ids(ngram))
        return int(self.counts.levels[len(ngram) - 1].raw[row]) if row >= 0 else 0

    def prob(self, word: str, context: Sequence[str] = ()) -> float:
        """Return the probability of a word after a context, of which order − 1 tokens are read.

        context: the tokens before it; begin it with `<s>` where a sentence begins.

        Raises: ValueError for `<s>` anywhere else, or a word outside a vocabulary without `<unk>`.
        """
        ids = self._ids([*self._shortened(context), word])
        if ids[-1] == self.counts.vocab_size:
            raise ValueError(f"{BEGIN} is read and never predicted")
        return float(self._probabilities(self.counts, ids, np.arange(len(ids)))[-1])

    def logprob(self, word: str, context: Sequence[str] = ()) -> float:
        """Return the natural logarithm of `prob`; minus infinity where that is 0."""
        with np.errstate(divide="ignore"):
            return float(np.log(self.prob(word, context)))

    def distribution(self, context: Sequence[str] = ()) -> Floats:
        """Return the probability of each word of `vocabulary` after a context (see `prob`)."""
        return self._distribution(self.counts, self._ids(self._shortened(context)))

    def log_probs(self, sentences: Iterable[Sequence[str]]) -> Floats:
        """Return the natural logarithm of each word's and each `</s>`'s probability, in order.

        A word outside the vocabulary counts as `<unk>`.

        Raises: ValueError where the vocabulary has no `<unk>` either.
        """
        stream = self.counts.encode(sentences)
        values = self._probabilities(self.counts, stream, self.counts.depth(stream))
        with np.errstate(divide="ignore"):
            return np.log(values[stream != self.counts.vocab_size])

    def perplexity(self, sentences: Iterable[Sequence[str]]) -> float:
        """Return the perplexity of tokenised sentences; each `</s>` counts as a token.

        Raises: ValueError as `log_probs`, and where there is no sentence.
        """
        return perplexity(self.log_probs(sentences))

    def generate(
        self, seed: int, *, context: Sequence[str] = (), max_tokens: int = 40
    ) -> list[str]:
        """Draw one word after the other until `</s>`, and return them.

        context: the words that the sentence begins with (they are returned too).
        max_tokens: stop after so many words, whatever comes.
        """
        draw = np.random.default_rng(seed)
        written = list(context)
        while len(written) < max_tokens:
            ids = self._ids(self._shortened([BEGIN, *written]))
            chances = self._distribution(self.counts, ids)
            word = self.counts.words[draw.choice(len(chances), p=chances / chances.sum())]
            if word == END:
                break
            written.append(word)
        return written

    def _shortened(self, context: Sequence[str]) -> list[str]:
        if isinstance(context, str):
            raise ValueError(f"a context must be a list of tokens, received {context!r}")
        if BEGIN in context[1:] or END in context:
            raise ValueError(
                f"a context lies in one sentence: {BEGIN} may stand first and {END} nowhere, "
                f"received {list(context)!r}"
            )
        return list(context[-(self.order - 1) :]) if self.order > 1 else []

    def _ids(self, tokens: Sequence[str]) -> Ints:
        ids = self.counts.ids
        found = [ids.get(token, ids.get(UNKNOWN, -1)) for token in tokens]
        if -1 in found:
            raise ValueError(
                f"{tokens[found.index(-1)]!r} is not in the vocabulary, and neither is {UNKNOWN}"
            )
        return np.asarray(found, dtype=np.int64)

    def _row(self, ids: Ints) -> int:
        """Return the row of an n-gram in its level, −1 where there is none."""
        row = int(ids[0])
        for level, word in zip(self.counts.levels[1:], ids[1:], strict=False):
            row = int(self.counts.find(level, np.array([row]), np.array([word]))[0])
        return row
