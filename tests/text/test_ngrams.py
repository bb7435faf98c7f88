"""Do windows and examples hold what they should, and cross no sentence?"""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.text.ngrams import examples, ngram_counts, windows, with_marks

IDS = {"a": 0, "b": 1, "<unk>": 2, "</s>": 3, "<s>": 4}


def test_windows_of_three():
    assert list(windows("the cat is black".split(), 3)) == [
        ("the", "cat", "is"),
        ("cat", "is", "black"),
    ]
    assert list(windows(["the"], 2)) == []


@given(st.lists(st.sampled_from("abc"), max_size=13), st.integers(1, 7))
def test_windows_are_as_many_as_they_should_be(tokens, n):
    found = list(windows(tokens, n))
    assert len(found) == max(len(tokens) - n + 1, 0)
    assert all(window == tuple(tokens[i : i + n]) for i, window in enumerate(found))


def test_counts_do_not_cross_a_sentence():
    counts = ngram_counts([["a", "b"], ["a"]], 2)
    assert counts == Counter({("<s>", "a"): 2, ("a", "b"): 1, ("b", "</s>"): 1, ("a", "</s>"): 1})


def test_examples_by_hand():
    """Golden: "a b" and "b" with n = 3: <s> <s> → a, <s> a → b, a b → </s>, and so on."""
    contexts, targets = examples([["a", "b"], ["b"]], IDS, 3)
    assert contexts.tolist() == [[4, 4], [4, 0], [0, 1], [4, 4], [4, 1]]
    assert targets.tolist() == [0, 1, 3, 1, 3]


@given(st.lists(st.lists(st.sampled_from(["a", "b", "z"]), max_size=7), max_size=5))
def test_every_word_and_every_end_is_a_target_once(sentences):
    for n in (2, 3, 5):
        contexts, targets = examples(sentences, IDS, n)
        expected = [IDS.get(w, 2) for s in sentences for w in [*s, "</s>"]]
        assert targets.tolist() == expected
        assert contexts.shape == (len(expected), n - 1)
        padded = [[4] * (n - 1) + [IDS.get(w, 2) for w in s] for s in sentences]
        rows = [p[i : i + n - 1] for p in padded for i in range(len(p) - n + 2)]
        assert np.array_equal(contexts, np.reshape(rows, (len(rows), n - 1)))


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: windows(["a"], 0), "n must be 1 or more, received 0"),
        (lambda: with_marks("a b"), "received the string 'a b'"),
        (lambda: with_marks(["a", "</s>"]), "must not hold </s>"),
        (lambda: examples([["a"]], IDS, 1), "n must be 2 or more"),
        (lambda: examples([["z"]], {"<s>": 0, "</s>": 1}, 2), "'z' has no id"),
    ],
)
def test_what_is_wrong_is_said(act, message):
    with pytest.raises(ValueError, match=message):
        act()
