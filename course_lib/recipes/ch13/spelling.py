"""What a word costs that a vocabulary lacks: its bytes, one after the other.

A model over words gives an unknown word the probability of `<unk>`, which is that of all unknown
words together. To give the text itself a probability, it must say which of them it was.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings.ngram_lm import KneserNey

ORDER = 5
BYTES = [f"{byte:02x}" for byte in range(256)]


class Spelling:
    """A model of five bytes at a time, learned from the training words outside the vocabulary.

    Each such word is learned from once, however often it occurs: the words to come are new ones.
    """

    def __init__(self, sentences: Iterable[Sequence[str]], known: Collection[str]) -> None:
        """Learn. Raises: ValueError when every word is known."""
        known = set(known)
        unknown = {word for sentence in sentences for word in sentence} - known
        if not unknown:
            raise ValueError("spelling is learned from unknown words, received none")
        self._model = KneserNey(ORDER).fit(map(_bytes, sorted(unknown)), vocabulary=BYTES)

    def log_probs(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the natural logarithm of each word's probability, the end of its bytes counted."""
        if not words:
            return np.zeros(0)
        spelled = [_bytes(word) for word in words]
        starts = np.cumsum([0, *(len(one) + 1 for one in spelled[:-1])])
        return np.add.reduceat(self._model.log_probs(spelled), starts)


def _bytes(word: str) -> list[str]:
    return [BYTES[byte] for byte in word.encode()]
