"""Does a text fall into the sentences and tokens that a reader would expect?"""

from hypothesis import given
from hypothesis import strategies as st

from course_lib.text.sentences import sentences
from course_lib.text.tokenize import words


def test_a_hand_made_text():
    text = 'Set it, e.g. To 1. "Really?" Yes (now)!\nA line goes on.\n\nno capital here. nor here'
    assert [" ".join(s) for s in sentences(text)] == [
        "set it , e . g . to 1 .",
        '" really ?',
        "yes ( now ) !",
        "a line goes on .",
        "no capital here . nor here",
    ]


def test_without_punctuation_only_words_are_left():
    found = list(sentences("Don't stop. It's (almost) over!", punctuation=False, lower=False))
    assert found == [["Don't", "stop"], ["It's", "almost", "over"]]


def test_marks_alone_are_no_words():
    assert list(sentences("... !!", punctuation=False)) == []
    assert list(sentences("")) == []


@given(st.text())
def test_no_word_is_lost_or_made_up(text):
    found = sentences(text, punctuation=False, lower=False)
    assert [token for sentence in found for token in sentence] == words(text, lower=False)
    assert all(sentences(text))
