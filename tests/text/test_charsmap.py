"""Are rules of normalisation compiled and applied as by sentencepiece?"""

import unicodedata

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from course_lib.errors import CorruptFileError
from course_lib.text.charsmap import Charsmap, compile_rules, unicode_charsmap, unicode_rules
from course_lib.text.sentencepiece_file import Piece, PieceKind, SentencePieceModel
from course_lib.text.sentencepiece_normalizer import Normalizer

PIECES = [Piece("<unk>", kind=PieceKind.UNKNOWN)]


def theirs(charsmap, **options):
    """Return sentencepiece's normaliser with the rules of a block that we made."""
    n = len(charsmap)
    head = [0x12]  # field 2, bytes; then their number, seven bits a byte
    while n > 127:
        head, n = [*head, n & 127 | 128], n >> 7
    spec = bytes([*head, n]) + charsmap
    return sentencepiece.SentencePieceNormalizer(normalizer_spec=spec, **options)


def rewrite(charsmap, text):
    """Apply rules and nothing else."""
    model = SentencePieceModel(
        pieces=PIECES,
        charsmap=charsmap,
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        escape_whitespaces=False,
    )
    return Normalizer(model)(text).text


# letters of one to four bytes
LETTERS = st.text("abé가😀 ", min_size=1, max_size=4)
RULES = st.dictionaries(LETTERS, st.text("xab ü", max_size=3), min_size=1, max_size=30)


@given(RULES, st.text("abé가😀x ", max_size=12))
def test_rules_are_read_by_sentencepiece(rules, text):
    charsmap = compile_rules(rules)
    reference = theirs(
        charsmap, add_dummy_prefix=False, remove_extra_whitespaces=False, escape_whitespaces=False
    )
    assert dict(reference.Decompile()) == rules
    assert rewrite(charsmap, text) == reference.normalize(text)
    for old, new in rules.items():
        assert Charsmap(charsmap).longest(old, 0) == (len(old), new)


def test_the_longest_rule_wins_and_its_result_stays():
    """Golden: aab becomes b by the longer rule; that b is not looked at again, the last one is."""
    charsmap = compile_rules({"a": "x", "aab": "b", "b": "a"})
    assert Charsmap(charsmap).longest("aab", 0) == (3, "b")
    assert Charsmap(charsmap).longest("caab", 0) is None
    assert rewrite(charsmap, "aabb aac") == "ba xxc"


def test_all_of_unicodes_rules_are_read_by_sentencepiece():
    assert dict(theirs(unicode_charsmap()).Decompile()) == unicode_rules()


@given(st.text("éÅỗǖが각힣ab1", max_size=8) | st.text("ﬁ①½ａＡㄱℌ²ﷺ豈ǆ", max_size=8))
def test_text_comes_to_nfkc_from_any_form(text):
    expected = unicodedata.normalize("NFKC", text)
    for form in ("NFC", "NFD"):
        assert rewrite(unicode_charsmap(), unicodedata.normalize(form, text)) == expected


def test_spaces_become_one_kind_and_control_characters_vanish():
    text = "a\tb\u3000c\u00a0d▁e\x01f\x7fg\x85h"
    assert rewrite(unicode_charsmap(), text) == "a b c d efg h"


@given(st.text() | st.text("a \t\u3000é가\x00\x01"))
def test_ascii_that_no_rule_touches_is_copied_and_the_rest_looked_up(text):
    rules = unicode_rules()
    by_letters, at = "", 0
    while at < len(text):
        n = next((n for n in (4, 3, 2, 1) if text[at : at + n] in rules), 0)
        by_letters += rules[text[at : at + n]] if n else text[at]
        at += n or 1
    assert rewrite(unicode_charsmap(), text) == by_letters


def test_rules_for_nothing_are_refused():
    assert compile_rules({}) == b""
    for rules in ({"": "a"}, {"a\0": "b"}, {"a": "\0"}):
        with pytest.raises(ValueError, match="a rule must replace one character or more"):
            compile_rules(rules)


@pytest.mark.parametrize("charsmap", [b"abc", b"\0\4\0\0", bytes(1100), b"\1\4\0\0" + bytes(1030)])
def test_bytes_of_another_form_are_refused(charsmap):
    with pytest.raises(CorruptFileError, match="double-array trie"):
        Charsmap(charsmap)
