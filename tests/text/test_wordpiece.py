"""Are words and pieces those of the published tokenizer, wherever they stand in a text?"""

import unicodedata

import pytest
from bert_texts import TEXTS, is_settled, words
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers.models import WordPiece
from transformers import BertTokenizer

from course_lib.errors import CorruptFileError
from course_lib.text.wordpiece import SPECIAL_TOKENS, WordPieceTokenizer

OURS = {lower: WordPieceTokenizer.train(TEXTS, 263, lowercase=lower) for lower in (True, False)}
THEIRS = {lower: BertTokenizer(ours.vocab, do_lower_case=lower) for lower, ours in OURS.items()}
SETTLED = st.text(st.characters(codec="utf-8").filter(is_settled), max_size=20)
MIXED = st.text("runesRUNİéΩ\u0301\u0323中가ー\t\u2028\x00\x0b\u200b,'[<≠ ", max_size=30)
PARTS = ["run", "RUNNING", "naïve", "[UNK", "##s", " ", "\n", "x" * 99, "İ\u0301"]
JOINED = st.lists(st.sampled_from(PARTS), max_size=9).map("".join)


def of_vocabulary(*pieces, lowercase=True):
    return WordPieceTokenizer([*SPECIAL_TOKENS, *pieces], lowercase)


def test_the_longest_piece_comes_first():
    """Golden: no word is cut behind "una" where "unaff" is known."""
    ours = of_vocabulary("un", "una", "unaff", "##aff", "##able", "##a", "##ble", "able")
    assert ours.tokenize("unaffable") == ["unaff", "##able"]
    assert ours.tokenize("unable able") == ["una", "##ble", "able"]
    assert ours.tokenize("unables") == ["[UNK]"]  # "una", "##ble" and a rest that nothing begins
    assert ours.encode("able un") == [2, 12, 5, 3]


@given(
    st.sets(st.from_regex(r"\A(##)?[ab]{1,4}\Z"), max_size=7), st.lists(st.text("ab", max_size=9))
)
def test_words_are_cut_as_tokenizers_does_with_any_vocabulary(pieces, texts):
    ours = of_vocabulary(*sorted(pieces))
    model = WordPiece(ours.vocab, unk_token="[UNK]")
    expected = [piece.value for text in texts for piece in model.tokenize(text)]
    assert ours.tokenize(" ".join(texts)) == expected


@given(SETTLED | MIXED | JOINED, st.booleans())
@example("e\u0301a\u0323\u0301", True)
@example("\u1100\u1161 각 ¨ Å ǆ ﬃ ẞ \u037e \u1fef", True)
def test_pieces_ids_and_offsets_are_those_of_transformers(text, lowercase):
    ours, theirs = OURS[lowercase], THEIRS[lowercase]
    found = theirs._tokenizer.encode(text)
    special = [token in SPECIAL_TOKENS and token != "[UNK]" for token in found.tokens[1:-1]]
    if any(special):  # they find "[MASK]" in text
        return
    assert ours.encode(text) == found.ids
    assert ours.tokenize(text) == found.tokens[1:-1]
    marks = [c for c in text if unicodedata.combining(c) and unicodedata.category(c) != "Mn"]
    if not marks:  # their places of marks that change their order are those of other marks
        assert ours.offsets(text) == found.offsets[1:-1]


def test_a_word_of_more_than_200_letters_is_unknown():
    ours = of_vocabulary("a", "##a", "é", lowercase=True)
    assert ours.tokenize("a" * 200) == ["a"] + ["##a"] * 199
    assert ours.tokenize("a" * 201 + " a") == ["[UNK]", "a"]
    assert ours.tokenize("a\u0301" * 200) == ["a"] + ["##a"] * 199  # counted without accents
    assert ours.offsets(" " + "a" * 201) == [(1, 202)]


def test_where_transformers_differs():
    """The footnote in the class's docstring, case by case."""
    letters = ["x", "##y", "##\ue000", "mask", "[", "]", "a", "##a", "ο", "##ς", "##σ"]
    ours = of_vocabulary(*letters, "\U0002b820")
    theirs = BertTokenizer(ours.vocab)
    for text, own, other in [
        ("x\ue000y", ["x", "##\ue000", "##y"], ["x", "##y"]),
        ("[MASK]", ["[", "mask", "]"], ["[MASK]"]),
        ("a" * 101, ["a"] + ["##a"] * 100, ["[UNK]"]),
        ("ΟΣ", ["ο", "##ς"], ["ο", "##σ"]),
        ("\U0002b820x", ["\U0002b820", "x"], ["[UNK]"]),
    ]:
        assert ours.tokenize(text) == own
        assert theirs.tokenize(text) == other


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" Café", [(1, 5)]),
        ("cafe\u0301s", [(0, 6)]),
        ("cafe\u0301 s", [(0, 4), (6, 7)]),
        ("\u0301c\x00a\u200bf\ufffd", [(1, 6)]),
        ("İs İ", [(0, 1), (1, 2), (3, 4)]),
        ("각s", [(0, 1), (0, 1), (0, 1), (1, 2)]),
        ("a中b", [(0, 1), (1, 2), (2, 3)]),
        ("xs", [(0, 2)]),
        ("s≠s", [(0, 1), (1, 2), (2, 3)]),
    ],
)
def test_offsets_by_hand(text, expected):
    """Golden: small letters, accents and dropped characters move nothing."""
    ours = of_vocabulary(
        *("cafe", "cafes", "caf", "i", "##s", "s", "a", "b", "中", "="),
        *("\u1100", "##\u1161", "##\u11a8"),
    )
    assert ours.offsets(text) == expected
    assert len(ours.tokenize(text)) == len(expected)


def test_a_piece_covers_marks_that_changed_their_order():
    """Golden: the letters come from the places 0, 2, 1 (see the test of words)."""
    text = "é\u302e\U0001d165"
    assert of_vocabulary("e", "##\U0001d165\u302e").offsets(text) == [(0, 1), (1, 3)]
    assert of_vocabulary("e\U0001d165\u302e").offsets(text) == [(0, 3)]


@given(st.text(max_size=30) | MIXED)
def test_a_piece_lies_in_its_place(text):
    for lowercase, ours in OURS.items():
        for piece, (start, end) in zip(ours.tokenize(text), ours.offsets(text), strict=True):
            inside = "".join(words(text[start:end], lowercase)).replace("σ", "ς")
            assert 0 <= start < end <= len(text)
            assert piece == "[UNK]" or piece.removeprefix("##").replace("σ", "ς") in inside


def test_a_pair_and_its_segments():
    ours = of_vocabulary("who", "ran", "##s", "?")
    ids = ours.encode("Who ran?", "rans")
    assert ids == [2, 5, 6, 8, 3, 6, 7, 3]
    assert ours.token_type_ids(ids) == [0, 0, 0, 0, 0, 1, 1, 1]
    assert ours.token_type_ids([*ids, 0, 0]) == [0, 0, 0, 0, 0, 1, 1, 1, 0, 0]
    assert ours.token_type_ids(ours.encode("who")) == [0, 0, 0]
    assert ours.encode("who", "") == [2, 5, 3, 3]
    theirs = BertTokenizer(ours.vocab)
    for pair in [("who ran?", "rans ran"), ("", "ran"), ("who", " ")]:
        found = theirs(*pair)
        assert ours.encode(*pair) == found["input_ids"]
        assert ours.token_type_ids(ours.encode(*pair)) == found["token_type_ids"]


def test_decoded():
    ours = of_vocabulary("the", "run", "##ner", "##s", ".")
    assert ours.decode(ours.encode("The runners run.")) == "the runners run ."
    assert ours.decode(ours.encode("the", "runs")) == "the runs"
    assert ours.decode([2, 5, 4, 1, 3, 0, 0]) == "the [MASK] [UNK]"
    assert ours.decode([8, 6]) == "##s run"
    for wrong in (-1, 10):
        with pytest.raises(ValueError, match=rf"ids must lie in 0 .. 9, received {wrong}"):
            ours.decode([wrong])


@given(st.lists(st.text("runaé", min_size=1, max_size=9), max_size=7))
def test_words_of_known_letters_come_back(chosen):
    text = " ".join(chosen)
    assert OURS[False].decode(OURS[False].encode(text)) == text


def test_trained():
    """Golden: (r, ##u) and (##u, ##n) occur 3 times each, r was found earlier; then (ru, ##n)."""
    ours = WordPieceTokenizer.train(iter(["Run, run", "runs"]), 16)
    letters = [",", "n", "r", "s", "u", "##n", "##r", "##s", "##u"]
    assert ours.pieces == [*SPECIAL_TOKENS, *letters, "ru", "run"]
    assert WordPieceTokenizer.train(["an xy xy"], 14).pieces[-1] == "xy"
    assert WordPieceTokenizer.train(["RUN"], 99, lowercase=False).pieces[-1] == "RUN"
    for ours in OURS.values():
        assert len(set(ours.pieces)) == len(ours) == 263
        assert "[UNK]" not in [piece for text in TEXTS for piece in ours.tokenize(text)]


def test_words_that_are_always_unknown_teach_nothing():
    assert len(WordPieceTokenizer.train(["q" * 201], 31)) == 5
    assert len(WordPieceTokenizer.train([], 31)) == 5


def test_saved_and_read_again(tmp_path):
    for lowercase, ours in OURS.items():
        ours.save(tmp_path / "new")
        read = WordPieceTokenizer.from_file(tmp_path / "new" / "vocab.txt", lowercase)
        assert (read.pieces, read.lowercase) == (ours.pieces, lowercase)
        assert len(read) == len(ours) == len(BertTokenizer.from_pretrained(tmp_path / "new"))
    assert (tmp_path / "new" / "vocab.txt").read_bytes().startswith(b"[PAD]\n[UNK]\n[CLS]\n")


def test_lines_are_read_as_published(tmp_path):
    """White space around a piece goes, a line feed alone ends a line, the last of equals counts."""
    file = tmp_path / "vocab.txt"
    file.write_bytes("[UNK]\r\n a\n\nb\u2028c\x0bd\nb\re\nb\r\nb\n\n".encode())
    read = WordPieceTokenizer.from_file(str(file))
    assert read.pieces == ["[UNK]", "a", "", "b\u2028c\x0bd", "b\re", "b", "b", ""]
    assert (read.vocab["b"], len(read)) == (6, 8)
    file.write_text("[UNK]\na")
    assert WordPieceTokenizer.from_file(file).pieces == ["[UNK]", "a"]


def test_a_vocabulary_without_padding_and_mask_is_read(tmp_path):
    file = tmp_path / "vocab.txt"
    file.write_text("a\n[SEP]\n[CLS]\n[UNK]\n")
    read = WordPieceTokenizer.from_file(file)
    assert read.encode("a b") == [2, 0, 3, 1]
    assert read.special_tokens == {"[UNK]": 3, "[CLS]": 2, "[SEP]": 1}


def test_what_a_vocabulary_must_have(tmp_path):
    file = tmp_path / "vocab.txt"
    for content in (b"a\nb\n", b"", b"[UNK]\n\xff\n"):
        file.write_bytes(content)
        with pytest.raises(CorruptFileError, match=r"a piece a line, \[UNK\] among them"):
            WordPieceTokenizer.from_file(file)
    with pytest.raises(ValueError, match=r"\[UNK\] must be among the pieces"):
        WordPieceTokenizer(["a"])
    bare = WordPieceTokenizer(["[UNK]", "a", "[SEP]"])
    assert bare.tokenize("A b") == ["a", "[UNK]"]
    with pytest.raises(ValueError, match=r"needs \[CLS\] and \[SEP\] .* has \[UNK\], \[SEP\]"):
        bare.encode("a")
