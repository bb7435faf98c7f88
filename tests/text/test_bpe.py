"""Are merges learned, applied and undone as published?"""

import json
from collections import Counter
from itertools import pairwise

import pytest
import regex
import tiktoken
import tokenizers
from hypothesis import given
from hypothesis import strategies as st

from course_lib.errors import CorruptFileError
from course_lib.text.bpe import BytePairTokenizer
from course_lib.text.byte_pairs import (
    LETTER_OF,
    WORDS,
    cut,
    from_printable,
    learn_merges,
    printable,
)

TEXTS = [
    "the lower the newest the widest lower low",
    "It's 1999, isn't it?  They'll  say:\n\n'we've naïve cafés' … and 고양이가 잔다 고양이",
    "for i in range(10):\n    print(i ** 2)\t# squares\r\n",
    "العربية हिन्दी 日本語 e\u0301 👩‍👩‍👧 ½ Ⅷ ²",
]
OURS = BytePairTokenizer.train(TEXTS * 3, 400, ["<|end|>", "<|end|>s", "<pad>"])


def reference(tokenizer):
    """Return tiktoken with the same pieces."""
    return tiktoken.Encoding(
        "ours",
        pat_str=WORDS.pattern,
        mergeable_ranks=tokenizer.vocab,
        special_tokens=tokenizer.special_tokens,
    )


def slow_merges(words, n_merges):
    """Count everything anew for each merge: what `learn_merges` must find faster."""
    parts = {word: [bytes([b]) for b in word] for word in words}
    merges = []
    for _ in range(n_merges):
        pairs = Counter()
        for word, own in parts.items():
            for pair in pairwise(own):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        for word, own in parts.items():
            joined, i = [], 0
            while i < len(own):
                is_pair = tuple(own[i : i + 2]) == best
                joined.append(b"".join(own[i : i + 2]) if is_pair else own[i])
                i += 2 if is_pair else 1
            parts[word] = joined
    return merges


def test_by_hand():
    """Golden: (a, b) and (b, c) occur 4 times, (b, c) is the greater; then (a, bc) 3 times."""
    merges = learn_merges(Counter({b"abc": 3, b"ab": 1, b"bc": 1}), 5)
    assert merges == [(b"b", b"c"), (b"a", b"bc"), (b"a", b"b")]


def test_a_pair_that_overlaps_itself_is_joined_from_the_left():
    expected = [(b"a", b"a"), (b"aa", b"aa"), (b"aaaa", b"a")]
    assert learn_merges(Counter({b"aaaaa": 1}), 9) == expected


@given(st.dictionaries(st.text("abc", min_size=1, max_size=7), st.integers(1, 5), max_size=8))
def test_merges_are_those_of_counting_anew(words):
    words = Counter({word.encode(): n for word, n in words.items()})
    assert learn_merges(words, 12) == slow_merges(words, 12)


@given(st.text() | st.text("ab '1\n\t가é", max_size=30))
def test_text_comes_back(text):
    assert "".join(cut(text)) == text
    assert OURS.decode(OURS.encode(text)) == text


@given(st.text() | st.text("lowerst the'19 \n가é", max_size=40))
def test_ids_are_tiktokens(text):
    assert OURS.encode(text) == reference(OURS).encode(text, allowed_special="all")


@given(st.lists(st.sampled_from(["<|end|>", "<|end|>s", "<pad>", "<pa", "s", " low"]), max_size=6))
def test_special_tokens_are_tiktokens(parts):
    text = "".join(parts)
    assert OURS.decode(OURS.encode(text)) == text
    if "<|end|>s" not in text:  # tiktoken does not promise which of two comes first
        assert OURS.encode(text) == reference(OURS).encode(text, allowed_special="all")


def test_the_longer_special_token_is_found_first():
    assert OURS.encode("<|end|>s") == [OURS.special_tokens["<|end|>s"]]
    assert OURS.tokenize("a<|end|>ss") == ["a", "<|end|>s", "s"]


@given(st.lists(st.integers(0, 255), max_size=12))
def test_bytes_that_are_no_text_become_marks(values):
    ids = [OURS.vocab[bytes([value])] for value in values]
    assert OURS.decode(ids) == bytes(values).decode(errors="replace")
    assert OURS.decode(ids) == reference(OURS).decode(ids)


def test_half_a_surrogate_pair_becomes_a_mark():
    for text in ("a\ud800b", "\ud83d\ude00"):
        assert OURS.encode(text) == reference(OURS).encode(text)
        assert len(OURS.offsets(text)) == len(OURS.tokenize(text))


def test_words_may_be_cut_otherwise():
    """Golden: with single digits 1 and 9 never meet, and every space is a word of its own."""
    merges = [(b"1", b"9"), (b" ", b" "), (b"a", b"b")]
    vocab = BytePairTokenizer.from_merges(merges).vocab
    cut_otherwise = BytePairTokenizer(merges, vocab, pattern=regex.compile(r"\p{N}|\s|\w+"))
    assert BytePairTokenizer(merges, vocab).tokenize("19  ab") == ["19", "Ġ", "Ġ", "ab"]
    assert BytePairTokenizer(merges, vocab).tokenize("19  ") == ["19", "ĠĠ"]
    assert cut_otherwise.tokenize("19  ab") == ["1", "9", "Ġ", "Ġ", "ab"]
    assert cut_otherwise.offsets("19  ab") == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 6)]


def test_bytes_that_a_vocabulary_lacks_are_left_out():
    """As the tokenizers library does: what stood around them are neighbours."""
    vocab = {b"a": 0, b"b": 1, b"ab": 2, "é".encode()[1:]: 3}
    ours = BytePairTokenizer([(b"a", b"b")], vocab, ["<é>"])
    theirs = tokenizers.Tokenizer(
        tokenizers.models.BPE({printable(k): v for k, v in vocab.items()}, [("a", "b")])
    )
    theirs.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    for text, ids, places in [
        ("cañbé", [2, 3], [(1, 4), (4, 5)]),
        ("c", [], []),
        ("a<é>a", [0, 4, 0], [(0, 1), (1, 4), (4, 5)]),
    ]:
        assert ours.encode(text) == ids
        assert ours.offsets(text) == places
        if "<" not in text:
            assert theirs.encode(text).ids == ids


def test_the_vocabulary_has_the_size_asked_for():
    assert len(OURS) == 400
    assert len(OURS.merges) == 400 - 256 - 3
    assert sorted([*OURS.vocab.values(), *OURS.special_tokens.values()]) == list(range(400))
    assert [OURS.special_tokens[t] for t in ("<|end|>", "<|end|>s", "<pad>")] == [397, 398, 399]
    assert len(BytePairTokenizer.train(["ab"], 1000)) == 257
    with pytest.raises(ValueError, match="vocab_size must be at least 257"):
        BytePairTokenizer.train(TEXTS, 256, ["<pad>"])


def test_special_tokens_are_not_learned_from():
    assert BytePairTokenizer.train(["<x><x>"] * 9, 300, ["<x>"]).merges == []


def test_single_bytes_have_gpt2s_ids():
    """Golden: ! is 0, ~ is 93, ¡ 94, ÿ 187; then the bytes that cannot be seen, the space 220."""
    ids = [OURS.vocab[bytes([b])] for b in (33, 126, 161, 255, 0, 32, 127)]
    assert ids == [0, 93, 94, 187, 188, 220, 221]
    assert printable(b" the\n") == "ĠtheĊ"
    assert from_printable("ĠtheĊ") == b" the\n"
    assert len(set(LETTER_OF.values())) == 256


def test_offsets_cover_the_characters_of_each_piece():
    text = " low 고é"
    pieces, places = OURS.tokenize(text), OURS.offsets(text)
    for piece, (start, end) in zip(pieces, places, strict=True):
        own = from_printable(piece)
        assert own in text[start:end].encode()
    assert places[0][0] == 0
    assert places[-1][1] == len(text)
    single = BytePairTokenizer([], OURS.vocab)
    assert single.offsets("é") == [(0, 1), (0, 1)]
    assert OURS.offsets("a<pad>b") == [(0, 1), (1, 6), (6, 7)]


def test_saved_and_read_again(tmp_path):
    OURS.save(tmp_path)
    names = ["<|end|>", "<|end|>s", "<pad>"]
    read = BytePairTokenizer.from_files(tmp_path / "vocab.json", tmp_path / "merges.txt", names)
    assert (read.merges, read.vocab, read.special_tokens) == (
        OURS.merges,
        OURS.vocab,
        OURS.special_tokens,
    )
    saved = json.loads((tmp_path / "vocab.json").read_text(encoding="utf-8"))
    assert list(saved.values()) == list(range(400))
    lines = (tmp_path / "merges.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#version")
    assert len(lines) == 1 + len(OURS.merges)


def test_special_tokens_that_a_file_lacks_get_the_next_ids(tmp_path):
    OURS.save(tmp_path)
    files = tmp_path / "vocab.json", tmp_path / "merges.txt"
    read = BytePairTokenizer.from_files(*files, ["<new>", "<pad>", "<other>"])
    assert read.special_tokens == {"<new>": 400, "<pad>": 399, "<other>": 401}
    assert read.encode("<other><pad>") == [401, 399]


@pytest.mark.parametrize(
    ("vocab", "merges", "message"),
    [
        ("[1]", "", "a JSON object"),
        ("{", "", "a JSON object"),
        ('{"a": 0, "b": 1}', "#version: 0.2\na b\n", "merges of pieces that vocab.json has"),
        ('{"a": 0}', "a\n", "two pieces with one space"),
        ('{"a": 0}', "a b c\n", "two pieces with one space"),
    ],
)
def test_files_of_another_form_are_refused(tmp_path, vocab, merges, message):
    (tmp_path / "vocab.json").write_text(vocab)
    (tmp_path / "merges.txt").write_text(merges)
    with pytest.raises(CorruptFileError, match=message):
        BytePairTokenizer.from_files(tmp_path / "vocab.json", tmp_path / "merges.txt")


def test_ids_without_a_piece_are_refused():
    with pytest.raises(ValueError, match="ids must be those of 400 pieces, received 400"):
        OURS.decode([0, 400])
