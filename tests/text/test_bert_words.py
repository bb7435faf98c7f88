"""Are words those of the published tokenizer, for any character?"""

import sys
import unicodedata

import pytest
from bert_texts import is_settled, words
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from course_lib.text.bert_words import CHUNK, words_of

# of the many letters without case (ideographs, Hangul) one in seven is enough
LETTERS = [
    letter
    for letter in map(chr, range(sys.maxunicode + 1))
    if is_settled(letter) and (unicodedata.category(letter) != "Lo" or ord(letter) % 7 == 0)
]


@pytest.mark.parametrize("lowercase", [True, False])
def test_words_are_those_of_tokenizers_for_every_settled_character(lowercase):
    text = " ".join(f"x{letter}y" for letter in LETTERS)
    clean = BertNormalizer(lowercase=lowercase).normalize_str(text)
    expected = [word for word, _ in BertPreTokenizer().pre_tokenize_str(clean)]
    assert words(text, lowercase) == expected
    assert len(LETTERS) > 15_000


@pytest.mark.parametrize(
    ("text", "lowercase", "expected"),
    [
        ("Cafe\u0301 Café", True, ["cafe", "cafe"]),
        ("Cafe\u0301 Café", False, ["Cafe\u0301", "Café"]),
        ("İI ıi ẞß Ǆ ﬁ", True, ["ii", "ıi", "ßß", "ǆ", "ﬁ"]),
        ("ΟΔΟΣ ΟΔΟΣ. ΣΟ ΟΣ'Ο", True, ["οδος", "οδος", ".", "σο", "οσ", "'", "ο"]),
        ("각", True, ["\u1100\u1161\u11a8"]),
        ("a中文b", True, ["a", "中", "文", "b"]),
        ("\U0002b820x\U0002ceb0y", True, ["\U0002b820", "x\U0002ceb0y"]),
        ("ひら 한글", False, ["ひら", "한글"]),
        ("a\x00b\ufffdc\u200bd\x0be\x85f\x1cg", True, ["abcdefg"]),
        ("a\u2028b\u2029c\u3000d\xa0e\r\nf", True, ["a", "b", "c", "d", "e", "f"]),
        ("a\ue000b \U0010fffd \u0378 \ud800", True, ["a\ue000b", "\U0010fffd", "\u0378", "\ud800"]),
        ("$1+x^y`~ a-b…«c»", True, list("$1+x^y`~a-b…«c»")),
        ("a≠b ×÷€", True, ["a", "=", "b", "×÷€"]),
        ("[MASK] ##s", False, ["[", "MASK", "]", "#", "#", "s"]),
        ("\u0301 \u200b", True, []),
        ("", True, []),
    ],
)
def test_words_by_hand(text, lowercase, expected):
    """Golden: each line is one rule of the published `BasicTokenizer`, on the cases that differ."""
    assert words(text, lowercase) == expected


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0xF900, 0xFAFF),
        (0x20000, 0x2A6DF),
        (0x2A700, 0x2CEAF),
        (0x2F800, 0x2FA1F),
    ],
)
def test_an_ideograph_is_a_word(first, last):
    """Golden: the published ranges, three of which follow one another from 2A700 on."""
    for code in (first, last):
        assert words(f"x{chr(code)}y", lowercase=False) == ["x", chr(code), "y"]
    for code in (first - 1, last + 1):
        assert len(words(f"x{chr(code)}y", lowercase=False)) == 1


def test_marks_that_stay_are_put_in_order():
    """Golden: U+302E is of class 224, U+1D165 of 216: the second goes first, and both are Mc."""
    text = "é\u302e\U0001d165"
    assert words_of(text, lowercase=True) == [("e\U0001d165\u302e", [0, 2, 1])]


@given(st.text("aÉ\u0301\u0323\u0f71\u302e\U0001d165\u034f각Σ", max_size=12))
def test_letters_are_those_of_the_whole_text_in_small_and_decomposed(text):
    whole = unicodedata.normalize("NFD", text.lower())
    expected = "".join(letter for letter in whole if unicodedata.category(letter) != "Mn")
    assert "".join(words(text)) == expected


@given(st.text(max_size=20), st.booleans())
def test_places_are_those_of_letters_that_left_something(text, lowercase):
    for chunk in CHUNK.findall(text):
        for letters, places in words_of(chunk, lowercase):
            for letter, place in zip(letters, places, strict=True):
                assert letter in "".join(words(chunk[place], lowercase)).replace("σ", "σς")
