"""How often words stand near each other. Axes: V vocabulary, N words of the text."""

from collections.abc import Iterable, Sequence

import numpy as np
from jaxtyping import Float64
from scipy.sparse import csr_matrix

from course_lib.embeddings.word2vec_stream import CHUNK_WORDS, encode


def weights(window: int, weighting: str) -> Float64[np.ndarray, " window"]:
    """Return how much a pair at distance 1, 2, …, window counts.

    equal: 1. window: (window − distance + 1) / window, what word2vec's drawn window gives on
    average. harmonic: 1 / distance, as GloVe counts.

    Raises: ValueError for another name or a window below 1.
    """
    if window < 1:
        raise ValueError(f"window must be 1 or more, received {window}")
    distance = np.arange(1, window + 1)
    if weighting == "equal":
        return np.ones(window)
    if weighting == "window":
        return (window - distance + 1) / window
    if weighting == "harmonic":
        return 1.0 / distance
    raise ValueError(f"weighting is 'equal', 'window' or 'harmonic', received {weighting!r}")


def cooccurrences(
    sentences: Iterable[Sequence[str]],
    words: list[str],
    window: int,
    weighting: str = "equal",
) -> csr_matrix:
    """Return X, (V, V) and symmetric: X[w, c] is the weighted number of times c stood near w.

    Words outside the list leave no gap. Only pairs that occur are stored.

    Raises: ValueError as `weights`.
    """
    size = len(words)
    found = csr_matrix((size, size), dtype=np.float64)
    for chunk in encode(sentences, words, CHUNK_WORDS):
        sentence = np.repeat(np.arange(len(chunk.offsets) - 1), np.diff(chunk.offsets))
        for distance, weight in enumerate(weights(window, weighting), start=1):
            same = sentence[:-distance] == sentence[distance:]
            left, right = chunk.ids[:-distance][same], chunk.ids[distance:][same]
            one_way = csr_matrix((np.full(len(left), weight), (left, right)), shape=(size, size))
            found = found + one_way + one_way.T
    found = csr_matrix(found)
    found.sort_indices()
    return found
