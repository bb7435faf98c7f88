"""Windows of N words: the examples that a language model learns from.

A sentence gets one mark in front and one at its end, whatever N is. Both marks are read; only the
words and the mark at the end are predicted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

BEGIN = "<s>"
END = "</s>"


def with_marks(sentence: Sequence[str]) -> list[str]:
    """Return the sentence between `<s>` and `</s>`.

    Raises: ValueError for a string (split it into tokens first), or a sentence that holds a mark.
    """
    if isinstance(sentence, str):
        raise ValueError(f"a sentence must be a list of tokens, received the string {sentence!r}")
    for mark in (BEGIN, END):
        if mark in sentence:
            raise ValueError(
                f"a sentence must not hold {mark}, it is put there for you; received {sentence!r}"
            )
    return [BEGIN, *sentence, END]


def windows(tokens: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    """Slide a window of n tokens over a text, one token at a time.

    A text of T tokens has T − n + 1 windows, and none where it is shorter than n.

    Raises: ValueError when n is below 1.
    """
    if n < 1:
        raise ValueError(f"n must be 1 or more, received {n}")
    return (tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def ngram_counts(sentences: Iterable[Sequence[str]], n: int) -> Counter[tuple[str, ...]]:
    """Count the windows of n tokens in marked sentences; no window crosses a sentence's end."""
    counts: Counter[tuple[str, ...]] = Counter()
    for sentence in sentences:
        counts.update(windows(with_marks(sentence), n))
    return counts


def examples(
    sentences: Iterable[Sequence[str]], ids: Mapping[str, int], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return contexts and targets for a network that reads n − 1 words and predicts the next.

    Each word and each `</s>` is predicted once. Where a sentence has just begun, the places in
    front of `<s>` are filled with `<s>`: a network's input has a fixed width.

    ids: the id of each token, of `<s>` and of `</s>`; other tokens get the id of `<unk>`.
    Shapes: contexts (N, n − 1), targets (N,).
    Raises: ValueError when n is below 2, or a token has no id and `<unk>` has none either.
    """
    if n < 2:
        raise ValueError(f"n must be 2 or more, received {n}")
    unknown = ids.get("<unk>")
    width, stream, starts = n - 1, [], []
    for sentence in sentences:
        starts += [len(stream) + width] + [-1] * len(sentence)
        stream += [ids[BEGIN]] * (width - 1)
        for token in with_marks(sentence):
            found = ids.get(token, unknown)
            if found is None:
                raise ValueError(f"{token!r} has no id, and neither has <unk>")
            stream.append(found)
    first = np.asarray(starts, dtype=np.int64)
    offset = np.maximum.accumulate(np.where(first >= 0, np.arange(len(first)), 0))
    places = first[offset] + np.arange(len(first)) - offset  # of the targets in the stream
    tokens = np.asarray(stream, dtype=np.int64)
    return tokens[places[:, None] + np.arange(-width, 0)], tokens[places]
