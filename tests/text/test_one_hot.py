"""Are one-hot vectors what they claim: a single 1, at the right place, dense or sparse?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import OneHotEncoder

from course_lib.text.one_hot import bag_of_words, indices, one_hot, sparse_one_hot

V = 7
ids = st.lists(st.integers(0, V - 1), max_size=11)


def test_golden():
    """`the cat is black` with the ids 3, 0, 2, 1."""
    expected = [[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    assert one_hot([3, 0, 2, 1], 4).tolist() == expected


@given(ids)
def test_indices_undo_one_hot(ids):
    assert indices(one_hot(ids, V)).tolist() == ids


@given(ids)
def test_sparse_is_dense(ids):
    sparse = sparse_one_hot(ids, V)
    assert sparse.nnz == len(ids)
    np.testing.assert_array_equal(sparse.toarray(), one_hot(ids, V))


@given(st.lists(ids, max_size=5))
def test_bag_is_the_sum_of_one_hot_vectors(texts):
    bags = bag_of_words(texts, V)
    assert bags.shape == (len(texts), V)
    assert bags.nnz == sum(len(set(text)) for text in texts)  # a word twice is one count of 2
    for row, text in zip(bags.toarray(), texts, strict=True):
        np.testing.assert_array_equal(row, one_hot(text, V).sum(axis=0))


@given(ids.filter(len), st.randoms())
def test_bag_forgets_the_order(text, random):
    shuffled = random.sample(text, len(text))
    np.testing.assert_array_equal(
        bag_of_words([text], V).toarray(), bag_of_words([shuffled], V).toarray()
    )


def test_parity_with_scikit_learn():
    rng = np.random.default_rng(0)
    ours_ids = rng.integers(0, V, size=13)
    theirs = OneHotEncoder(categories=[np.arange(V)]).fit_transform(ours_ids[:, None])
    np.testing.assert_array_equal(sparse_one_hot(ours_ids, V).toarray(), theirs.toarray())


def test_more_axes_stay_where_they_are():
    array = np.arange(6).reshape(2, 3)
    assert one_hot(array, V).shape == (2, 3, V)
    np.testing.assert_array_equal(indices(one_hot(array, V)), array)


@pytest.mark.parametrize("bad", [[7], [-1], [0, 1, 12]])
@pytest.mark.parametrize("make", [one_hot, sparse_one_hot, lambda x, v: bag_of_words([x], v)])
def test_ids_outside_the_vocabulary_are_refused(make, bad):
    with pytest.raises(ValueError, match=r"0 \.\. 6"):
        make(bad, V)


@pytest.mark.parametrize("make", [one_hot, sparse_one_hot, lambda x, v: bag_of_words([x], v)])
def test_fractions_are_refused(make):
    with pytest.raises(ValueError, match="whole numbers"):
        make([0.5], V)


def test_two_axes_have_no_sparse_matrix():
    with pytest.raises(ValueError, match="one axis"):
        sparse_one_hot([[0, 1]], V)


@pytest.mark.parametrize("vector", [[0, 0, 0], [1, 1, 0], [0, 2, -1], [0.5, 0.5, 0]])
def test_indices_refuse_what_is_not_one_hot(vector):
    with pytest.raises(ValueError, match="single 1"):
        indices(np.array([vector]))
