"""Are co-occurrences and mutual information counted by the formulas, and does SGNS find them?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from course_lib.data import kingdom
from course_lib.embeddings.cooccurrence import cooccurrences, weights
from course_lib.embeddings.pmi import best_scores, pmi, shifted_positive, svd_vectors
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.embeddings.word2vec_counts import noise_distribution


def test_counts_by_hand():
    """Golden: "a b c" and "c a", a window of 2: a–b 1, b–c 1, a–c 1 and (at distance 2) ½."""
    counts = cooccurrences([["a", "b", "c"], ["c", "a"]], ["a", "b", "c"], 2, "harmonic")
    assert counts.toarray().tolist() == [[0, 1, 1.5], [1, 0, 1], [1.5, 1, 0]]


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=9), max_size=8), st.integers(1, 4))
def test_counts_are_those_of_a_plain_loop(sentences, window):
    words = ["a", "c", "d"]
    wanted = np.zeros((3, 3))
    by_distance = weights(window, "window")
    for sentence in sentences:
        known = [words.index(word) for word in sentence if word in words]
        for i, w in enumerate(known):
            for distance in range(1, window + 1):
                if i + distance < len(known):
                    wanted[w, known[i + distance]] += by_distance[distance - 1]
                    wanted[known[i + distance], w] += by_distance[distance - 1]
    found = cooccurrences(sentences, words, window, "window")
    np.testing.assert_allclose(found.toarray(), wanted)


def test_weights():
    assert weights(3, "equal").tolist() == [1, 1, 1]
    assert weights(4, "window").tolist() == [1, 0.75, 0.5, 0.25]
    with pytest.raises(ValueError, match="'equal', 'window' or 'harmonic'"):
        weights(3, "linear")
    with pytest.raises(ValueError, match="window must be 1"):
        weights(0, "equal")


def test_pmi_by_hand():
    """Golden: X = [[0, 2], [2, 4]], 8 pairs; P(1, 1) = 4/8, P(1) = 6/8: log(0.5 / 0.5625)."""
    scores = pmi(csr_matrix([[0.0, 2.0], [2.0, 4.0]]), smoothing=1).toarray()
    np.testing.assert_allclose(scores[1, 1], np.log(0.5 / 0.5625))
    np.testing.assert_allclose(scores[0, 1], np.log(0.25 / (0.25 * 0.75)))
    assert scores[0, 0] == 0
    smoothed = pmi(csr_matrix([[0.0, 2.0], [2.0, 4.0]]), smoothing=0.75).toarray()
    share = 6**0.75 / (2**0.75 + 6**0.75)
    np.testing.assert_allclose(smoothed[1, 1], np.log(0.5 / (0.75 * share)))


def test_shift_and_cut():
    scores = csr_matrix([[0.0, 2.0], [-1.0, 0.5]])
    shifted = shifted_positive(scores, k=2)
    np.testing.assert_allclose(shifted.toarray(), [[0, 2 - np.log(2)], [0, 0]])
    assert shifted.nnz == 1
    assert scores.nnz == 3, "the argument stays as it was"
    with pytest.raises(ValueError, match="k must be 1 or more"):
        shifted_positive(scores, 0.5)


def test_all_singular_vectors_give_the_matrix_back():
    """U √Σ (V √Σ)ᵀ = M; for a symmetric M with positive eigenvalues the rows' products are M."""
    draw = np.random.default_rng(0).normal(size=(7, 6))
    matrix = draw @ draw.T
    vectors = svd_vectors([f"w{i}" for i in range(7)], csr_matrix(matrix), 6)
    np.testing.assert_allclose(vectors.matrix @ vectors.matrix.T, matrix, atol=1e-4)
    with pytest.raises(ValueError, match=r"1 \.\. 6"):
        svd_vectors([f"w{i}" for i in range(7)], csr_matrix(matrix), 7)


def test_nothing_counted_is_refused():
    with pytest.raises(ValueError, match="at least one pair"):
        pmi(csr_matrix((3, 3)))


def test_skip_gram_with_long_vectors_finds_shifted_mutual_information():
    """Levy & Goldberg 2014: with as many dimensions as words, w · c comes near log #/#false."""
    text = kingdom.sentences(4000, seed=5)
    config = Word2VecConfig(
        d_model=64, window=3, shrink_window=False, negative=5, sample=0, min_count=1, epochs=40
    )
    trainer = Word2Vec(config)
    vectors = trainer.fit(text, progress=False)
    counts = cooccurrences(text, vectors.words, 3)
    wanted = best_scores(counts, noise_distribution(trainer.counts.counts), 5)
    scores = vectors.matrix @ trainer.context_vectors.matrix.T
    often = counts.toarray() >= 50
    assert often.sum() > 300
    assert np.corrcoef(scores[often], wanted[often])[0, 1] > 0.95
    assert np.abs(scores[often] - wanted[often]).mean() < 0.35
