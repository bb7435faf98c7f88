"""Does a vocabulary number words the same way each time, and give back what went in?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.errors import CorruptFileError
from course_lib.text.tokenize import words
from course_lib.text.vocabulary import PAD, UNKNOWN, Vocabulary

tokens = st.text(min_size=1, max_size=5)
texts = st.lists(st.lists(tokens, max_size=7), max_size=5)


def test_golden_order():
    """Cat twice, black and the and is once each: special tokens, cat, then the alphabet."""
    vocabulary = Vocabulary.build([["the", "cat", "is", "black"], ["cat"]])
    assert vocabulary.tokens == [PAD, UNKNOWN, "cat", "black", "is", "the"]
    assert vocabulary.encode(["the", "cat", "sat"]) == [5, 2, 1]
    assert vocabulary.decode([5, 2]) == ["the", "cat"]


@given(texts)
def test_encode_then_decode_is_the_identity(texts):
    vocabulary = Vocabulary.build(texts)
    for text in texts:
        assert vocabulary.decode(vocabulary.encode(text)) == text


@given(texts, st.randoms())
def test_order_of_texts_does_not_matter(texts, random):
    shuffled = [random.sample(text, len(text)) for text in random.sample(texts, len(texts))]
    assert Vocabulary.build(texts) == Vocabulary.build(shuffled)


@given(texts, st.integers(1, 4), st.integers(2, 9))
def test_min_count_and_max_size_hold(texts, min_count, max_size):
    vocabulary = Vocabulary.build(texts, min_count=min_count, max_size=max_size)
    flat = [token for text in texts for token in text]
    assert len(vocabulary) <= max_size
    assert all(flat.count(token) >= min_count for token in vocabulary.tokens[2:])
    unlimited = Vocabulary.build(texts, min_count=min_count)
    assert unlimited.tokens[: len(vocabulary)] == vocabulary.tokens


@given(texts)
def test_save_then_load_is_the_identity(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("v") / "vocabulary.json"
    vocabulary = Vocabulary.build(texts)
    vocabulary.save(path)
    assert Vocabulary.load(path) == vocabulary


def test_without_unknown_a_strange_word_is_refused():
    vocabulary = Vocabulary.build([["a"]], special=(PAD,))
    assert vocabulary.unknown is None
    with pytest.raises(ValueError, match="'b' is not among the 2 tokens"):
        vocabulary.encode(["a", "b"])


@pytest.mark.parametrize("bad", [-1, 3, 99])
def test_decode_refuses_ids_that_do_not_exist(bad):
    vocabulary = Vocabulary.build([["a"]])
    with pytest.raises(ValueError, match=r"0 \.\. 2"):
        vocabulary.decode([0, bad])


def test_user_errors_are_named():
    with pytest.raises(ValueError, match="occurs twice"):
        Vocabulary(["a", "b", "a"], unknown=None)
    with pytest.raises(ValueError, match="must be one of the tokens"):
        Vocabulary(["a"])
    with pytest.raises(ValueError, match="min_count must be 1"):
        Vocabulary.build([["a"]], min_count=0)
    with pytest.raises(ValueError, match="no room"):
        Vocabulary.build([["a"]], max_size=1)
    with pytest.raises(ValueError, match="received the string"):
        Vocabulary.build(["the cat"])
    with pytest.raises(ValueError, match="received the string"):
        Vocabulary.build([["a"]]).encode("the cat")


@pytest.mark.parametrize("content", ["", "{}", '{"tokens": ["a", "a"], "unknown": null}', "[1]"])
def test_load_refuses_what_is_no_vocabulary(tmp_path, content):
    path = tmp_path / "v.json"
    path.write_text(content)
    with pytest.raises(CorruptFileError):
        Vocabulary.load(path)


def test_words_keep_inner_apostrophes_and_hyphens():
    text = "The left-hand cat isn't_here: 한국어, 3.5 -x- Ünï!"
    expected = ["the", "left-hand", "cat", "isn't", "here", "한국어", "3", "5", "x", "ünï"]
    assert words(text) == expected
    assert words("The Cat", lower=False) == ["The", "Cat"]
    assert words("") == []
