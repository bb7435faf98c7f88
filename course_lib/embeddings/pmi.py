"""Vectors by counting: pointwise mutual information, and what word2vec has to do with it.

Axes: V vocabulary, D numbers a word, E pairs that occur.
"""

import numpy as np
from jaxtyping import Float, Float64
from scipy.sparse import csr_matrix

from course_lib.embeddings.vectors import WordVectors


def pmi(counts: csr_matrix, *, smoothing: float | int = 0.75) -> csr_matrix:
    """Return log P(w, c) / (P(w) P(c)) for every pair that occurs, in nats; others stay empty.

    smoothing: contexts count with this power, as word2vec's noise does (1: not at all).

    Paper: Church & Hanks 1990; Levy, Goldberg & Dagan 2015, section 3.1, for the smoothing.
    Raises: ValueError when nothing was counted.
    """
    total = counts.sum()
    if total == 0:
        raise ValueError("PMI needs at least one pair, the counts are all zero")
    word = np.asarray(counts.sum(axis=1)).ravel()
    context = np.asarray(counts.sum(axis=0)).ravel() ** smoothing
    context /= context.sum()
    entries = counts.tocoo()
    score = np.log(entries.data / (word[entries.row] * context[entries.col]))
    return csr_matrix((score, (entries.row, entries.col)), shape=counts.shape)


def shifted_positive(scores: csr_matrix, k: float | int = 1) -> csr_matrix:
    """Return max(0, PMI − log k): what skip-gram with k false pairs would factor.

    Paper: Levy & Goldberg 2014, section 3 (the optimum is PMI − log k) and 4 (negative ones to 0).
    Raises: ValueError when k is below 1.
    """
    if k < 1:
        raise ValueError(f"k must be 1 or more, received {k}")
    shifted = scores.copy()
    shifted.data = np.maximum(shifted.data - np.log(k), 0)
    shifted.eliminate_zeros()
    return shifted


def svd_vectors(
    words: list[str], matrix: csr_matrix, d_model: int, *, seed: int = 0
) -> WordVectors:
    """Return the words' rows of U √Σ, from the D largest singular values of the matrix.

    Paper: Levy & Goldberg 2014, section 4.2 (the symmetric variant).
    Raises: ValueError when d_model lies outside 1 .. V − 1.
    """
    from sklearn.utils.extmath import randomized_svd

    if not 1 <= d_model < len(words):
        raise ValueError(f"d_model must lie in 1 .. {len(words) - 1}, received {d_model}")
    left, values, _ = randomized_svd(matrix, d_model, random_state=seed)
    return WordVectors(words, (left * np.sqrt(values)).astype(np.float32))


def best_scores(
    counts: csr_matrix, noise: Float64[np.ndarray, " V"], negative: int
) -> Float[np.ndarray, "V V"]:
    """Return the scores w · c that minimise skip-gram's loss where vectors are long enough.

    For each pair alone the loss is −n₊ log σ(s) − n₋ log σ(−s) with n₊ = #(w, c) true pairs and
    n₋ = negative · #(w) · noise(c) expected false ones, and its minimum lies at s = log n₊ / n₋.
    That is PMI − log(negative), with the noise in the place of P(c); −inf for pairs that never
    occur.

    Paper: Levy & Goldberg 2014, equations 5 to 9.
    Differs from the paper: nothing, and so from word2vec.c, which skips draws of the true word.
    """
    true = counts.toarray()
    false = negative * true.sum(axis=1, keepdims=True) * noise[None, :]
    with np.errstate(divide="ignore"):
        return np.log(true) - np.log(false)
