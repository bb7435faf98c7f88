"""What word2vec draws from the counts: which words stay, and which false pairs are offered.

Axes: V vocabulary.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int32, Int64, UInt32

from course_lib.errors import CourseError


@dataclass(frozen=True)
class WordCounts:
    """The vocabulary: words by falling count, equals in alphabetical order.

    n_sentences: how many the text has, empty ones included.
    """

    words: list[str]
    counts: Int64[np.ndarray, " V"]
    n_sentences: int

    @property
    def total(self) -> int:
        """How many words the text has, those outside the vocabulary not counted."""
        return int(self.counts.sum())


def count_words(sentences: Iterable[Sequence[str]], min_count: int) -> WordCounts:
    """Count the words of all sentences; keep those that occur min_count times or more.

    Raises: ValueError when a sentence is a string, can be walked only once or holds what is no
    word; CourseError when fewer than two words are left.
    """
    counter: Counter[str] = Counter()
    n_sentences = 0
    for sentence in sentences:
        if isinstance(sentence, str):
            raise ValueError(
                f"a sentence must be a list of words, received the string {sentence[:40]!r}"
            )
        if iter(sentence) is sentence:
            raise ValueError(
                "a sentence is walked once to count and once an epoch; give a list of words, "
                f"received a {type(sentence).__name__}"
            )
        counter.update(sentence)
        n_sentences += 1
    strange = [word for word in counter if not isinstance(word, str)][:1]
    if strange:
        raise ValueError(
            f"words must be strings, received the {type(strange[0]).__name__} {strange[0]}"
        )
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    kept = [(word, n) for word, n in ranked if n >= min_count]
    if len(kept) < 2:
        raise CourseError(
            f"a text with 2 words or more that occur {min_count} times or more",
            f"{len(kept)} of {len(counter)} different words in {n_sentences} sentences",
            "lower min_count or give more text",
        )
    counts = np.array([n for _, n in kept], dtype=np.int64)
    return WordCounts([word for word, _ in kept], counts, n_sentences)


def keep_probability(
    counts: Int64[np.ndarray, " V"], sample: float | int
) -> Float64[np.ndarray, " V"]:
    """Return with which probability an occurrence of each word stays in the text.

    keep(w) = min(1, √(t / f(w)) + t / f(w)) with f(w) the word's share of the text, t = `sample`.

    Paper: Mikolov et al. 2013b, equation 5.
    Differs from the paper: it has √(t / f) alone; word2vec.c and gensim compute the above.
    """
    if sample == 0:
        return np.ones(len(counts))
    ratio = sample * counts.sum() / counts
    return np.minimum(1.0, np.sqrt(ratio) + ratio)


def noise_distribution(
    counts: Int64[np.ndarray, " V"], power: float = 0.75
) -> Float64[np.ndarray, " V"]:
    """Return the probability with which each word is drawn for a false pair.

    Paper: Mikolov et al. 2013b, section 2.2 (the unigram distribution to the power 3/4).
    """
    weights = counts.astype(np.float64) ** power
    return weights / weights.sum()


def alias_table(
    probabilities: Float[np.ndarray, " V"],
) -> tuple[UInt32[np.ndarray, " V"], Int32[np.ndarray, " V"]]:
    """Return a table from which a word is drawn with two look-ups, however many words there are.

    Draw a column i of V, and a fraction u: the word is i where u · 2³² < threshold[i], else
    alias[i]. Every column holds the probability 1/V, that of one word filled up with another's.

    Paper: Walker 1977, built as by Vose 1991. word2vec.c has a list of 10⁸ words instead.
    Raises: ValueError when the probabilities do not sum to 1.
    """
    size = len(probabilities)
    if size == 0 or abs(probabilities.sum() - 1) > 1e-6 or probabilities.min() < 0:
        raise ValueError(f"probabilities must sum to 1, received {probabilities.sum()}")
    level = probabilities.astype(np.float64) * size
    alias = np.arange(size, dtype=np.int32)
    short = [i for i in range(size) if level[i] < 1]
    long = [i for i in range(size) if level[i] >= 1]
    while short and long:
        low, high = short.pop(), long[-1]
        alias[low] = high
        level[high] -= 1 - level[low]
        if level[high] < 1:
            short.append(long.pop())
    level[short + long] = 1  # what rounding left over
    threshold = np.minimum(np.round(level * 2.0**32), 2.0**32 - 1).astype(np.uint32)
    return threshold, alias
