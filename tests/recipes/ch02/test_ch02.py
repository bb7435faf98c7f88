"""Do the measurements of chapter 2 measure what they say, on cases that are known?"""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from course_lib.recipes.ch02 import geometry as ch02_geometry
from course_lib.recipes.ch02 import onehot_cost as ch02_onehot_cost
from course_lib.recipes.ch02 import task_checks as ch02_task_checks


def test_rank_counts_nearer_words():
    """Golden: seen from word 0, word 2 is nearest, then 1, then 3."""
    vectors = np.array([[1.0, 0.0], [0.6, 0.8], [0.8, 0.6], [0.0, 1.0]])
    assert [ch02_geometry.rank(vectors, 0, target) for target in (2, 1, 3)] == [1, 2, 3]


def test_rank_of_a_one_hot_neighbour_is_the_middle():
    vectors = np.eye(7)
    assert ch02_geometry.rank(vectors, 0, 3) == 7 / 2


def test_one_hot_vectors_are_equally_far():
    geometry = ch02_geometry.one_hot_geometry(997, seed=0)
    assert geometry["cosine_min"] == geometry["cosine_max"] == 0
    assert geometry["distance_min"] == geometry["distance_max"] == pytest.approx(np.sqrt(2))


def test_ppmi_by_hand(monkeypatch):
    """Golden: the text `0 1` twice, without smoothing.

    Pairs (0, 1) and (1, 0) twice each: p(w, c) = 1/2, p(w) = p(c) = 1/2, log(0.5 / 0.25) = log 2.
    """
    monkeypatch.setattr(ch02_geometry, "SMOOTHING", 1.0)
    matrix = ch02_geometry.ppmi([[0, 1], [0, 1], []], 2)
    assert isinstance(matrix, csr_matrix)
    np.testing.assert_allclose(matrix.toarray(), np.log(2) * np.array([[0, 1], [1, 0]]), rtol=1e-6)


def test_words_of_one_context_end_up_near():
    """`cat` and `dog` stand among the same words; `sum` among others."""
    rng = np.random.default_rng(0)
    animals, numbers = [3, 4, 5, 6], [7, 8, 9, 10]
    texts = []
    for _ in range(300):
        texts.append([*rng.choice(animals, 3), rng.choice([0, 1]), *rng.choice(animals, 3)])
        texts.append([*rng.choice(numbers, 3), 2, *rng.choice(numbers, 3)])
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setattr(ch02_geometry, "D_MODEL", 4)
        vectors = ch02_geometry.svd_vectors(ch02_geometry.ppmi(texts, 11), seed=0)
    assert vectors[0] @ vectors[1] > 0.8 > 0.3 > vectors[0] @ vectors[2]


def test_cost_has_every_way():
    timed = ch02_onehot_cost.measure(101, 0)
    assert set(timed) == {"dense", "sparse", "lookup", "grad_dense", "grad_sparse"}
    assert all(value > 0 for value in timed.values())


def test_sparse_memory_does_not_grow_with_the_vocabulary():
    assert ch02_onehot_cost.sparse_bytes(1_000) == ch02_onehot_cost.sparse_bytes(100_000)


def test_format_features_do_not_see_words():
    one, two = ch02_task_checks.format_features(["a cat, _ of 0.", "a dog, _ of 0."])
    np.testing.assert_array_equal(one, two)
    assert one[:4].tolist() == [1, 1, 1, 1]
