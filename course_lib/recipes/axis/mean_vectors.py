"""Texts as the mean of their words' vectors."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.embeddings.vectors import WordVectors
from course_lib.text.tokenize import words


def mean_vectors(
    texts: Sequence[str], vectors: WordVectors, weights: NDArray | None = None
) -> NDArray:
    """Return the mean of the unit vectors of each text's known words, (texts, D); zeros for none.

    weights: one for each word of the vocabulary; without, all words count the same.
    """
    if weights is None:
        weights = np.ones(len(vectors))
    rows = np.zeros((len(texts), vectors.d_model))
    for row, text in zip(rows, texts, strict=True):
        ids = [vectors.ids[word] for word in words(text) if word in vectors]
        if ids:
            row[:] = weights[ids] @ vectors.unit[ids] / weights[ids].sum()
    return rows
