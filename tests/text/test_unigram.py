"""Are texts cut, written as ids and read back as by the sentencepiece package?"""

import io
import random
from collections import Counter
from functools import lru_cache
from pathlib import Path
from pydoc_data.topics import topics
from tempfile import TemporaryDirectory

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st
from transformers import T5Tokenizer

from course_lib.text.sentencepiece_file import read_model
from course_lib.text.unigram import UnigramTokenizer

LINES = [
    "The lower the number, the newer the widest tower: it's 1999, isn't it?",
    "Models are trained once and tuned many times; layers are frozen and thawed.",
    "the tower lowers, the flower grows, the number is lower than the other number",
    "고양이가 잔다. 고양이는 방에서 잔다. naïve cafés, Ångström",
    "in text a sentinel is <extra_id_7>",
] * 5
LINES += topics["class"].splitlines() + topics["import"].splitlines()
T5 = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}  # as T5's spiece.model
OPTIONS = {
    "t5": {},
    "bytes": {"byte_fallback": True, "vocab_size": 550},
    "no prefix": {"add_dummy_prefix": False},
    "all spaces": {"remove_extra_whitespaces": False, "allow_whitespace_only_pieces": True},
    "as it is": {"normalization_rule_name": "identity", "unk_surface": "?"},
    "suffix": {"treat_whitespace_as_suffix": True, "split_by_whitespace": False},
    "own pieces": {"user_defined_symbols": ["<mask>", "[X]", "[X][X]", "wer t", "가"]},
    "lower": {"normalization_rule_name": "nmt_nfkc_cf", "control_symbols": ["<ctrl>"]},
}


@lru_cache
def theirs(name):
    """Return a small model of the sentencepiece package."""
    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES),
        model_writer=file,
        minloglevel=2,
        num_threads=1,
        hard_vocab_limit=False,  # fewer pieces where the lines give no more
        **{"vocab_size": 300, "character_coverage": 0.999} | T5 | OPTIONS[name],
    )
    return sentencepiece.SentencePieceProcessor(model_proto=file.getvalue())


@lru_cache
def ours(name, extra_ids=0):
    with TemporaryDirectory() as folder:
        file = Path(folder) / "spiece.model"
        file.write_bytes(theirs(name).serialized_model_proto())
        return UnigramTokenizer.from_sentencepiece(file, extra_ids)


# what the rules rewrite: ligatures, full width, jamo, accents, spaces of all kinds, control signs
TRICKY = (
    "ﬁ①ａ½Å\u3000\u00a0\u200b\u0300\u0301e\u1100\u1161\u11a8\x00\x01\t\n\r\x85▁ \ufffd😀\u200d日"
)
WORDS = ["the ", "lower", "number", " ", "  ", "▁", "고양이", "<mask>", "[X]", "<unk>", "</s>", "'"]
TEXTS = st.text() | st.text(TRICKY + "the owr") | st.lists(st.sampled_from(WORDS)).map("".join)
NAMES = st.sampled_from(list(OPTIONS))


@given(NAMES, TEXTS)
def test_pieces_ids_and_text_are_sentencepieces(name, text):
    ids = theirs(name).encode(text)
    assert ours(name).encode(text) == ids
    assert ours(name).tokenize(text) == theirs(name).encode(text, out_type=str)
    assert ours(name).decode(ids) == theirs(name).decode(ids)


@given(NAMES, st.data())
def test_any_ids_are_read_as_by_sentencepiece(name, data):
    ids = data.draw(st.lists(st.integers(0, len(ours(name)) - 1), max_size=9))
    assert ours(name).decode(ids) == theirs(name).decode(ids)


@given(NAMES, TEXTS)
def test_offsets_are_sentencepieces_but_for_parts_of_a_character(name, text):
    found = ours(name).offsets(text)
    expected = theirs(name).encode(text, out_type="offset_mapping")["offsets"]
    assert len(found) == len(expected)
    for i, (own, other) in enumerate(zip(found, expected, strict=True)):
        shared = i + 1 < len(found) and found[i + 1][0] < own[1]  # with the next piece
        assert own == tuple(other) or (shared and own[0] == other[0])


@pytest.mark.parametrize("name", ["t5", "bytes", "suffix"])
def test_a_long_text_is_cut_as_by_sentencepiece(name):
    """Scores beyond −100,000 are counted anew; before that, float32 leaves few digits of them."""
    draw = random.Random(3)
    parts = [*"theowrnumbls,.", "the ", " number", "lower", "고양이", "Å", "日", "①"]
    text = "".join(draw.choices(parts, k=30_000))
    ids = theirs(name).encode(text)
    assert sum(map(theirs(name).get_score, ids)) < -110_000 or name == "bytes"
    assert ours(name).encode(text) == ids


def test_a_model_of_t5s_shape():
    t5 = ours("t5")
    assert (t5.pad_id, t5.eos_id, t5.unk_id, t5.bos_id) == (0, 1, 2, None)
    assert len(t5) == len(theirs("t5")) > 50
    assert t5.decode([0, *t5.encode("the number"), 1, 0, 0]) == "the number"
    assert t5.encode("") == t5.encode("  ") == []
    assert t5.decode([]) == ""


def test_offsets_by_hand():
    """Golden: ﬁ becomes f and i, which both cover it; two spaces and ▁ in front are one piece."""
    t5 = ours("t5")
    text = " the  \ufb01 日本"
    assert t5.tokenize(text) == ["▁the", "▁", "f", "i", "▁", "日本"]
    assert t5.offsets(text) == [(1, 4), (4, 6), (6, 7), (6, 7), (7, 8), (8, 10)]
    in_bytes = ours("bytes")
    assert in_bytes.tokenize("é日")[-3:] == ["<0xE6>", "<0x97>", "<0xA5>"]
    assert in_bytes.offsets("é日")[-3:] == [(1, 2)] * 3


def test_half_a_surrogate_pair_becomes_a_mark():
    for name in ("t5", "bytes", "as it is"):
        text = "the \ud800 number"
        assert ours(name).encode(text) == theirs(name).encode("the \ufffd number")
        assert ours(name).offsets(text)[-1][1] == len(text)


SENTINELS = [f"<extra_id_{i}>" for i in (0, 1, 6, 7, "00", "-1")]


def t5_tokenizer():
    """Return transformers' with the pieces of ours; the sentinels count down, as in T5's files."""
    model = ours("t5").model
    pieces = [(piece.text, piece.score) for piece in model.pieces]
    pieces += [(f"<extra_id_{i}>", 0.0) for i in reversed(range(7))]
    return T5Tokenizer(vocab=pieces, extra_ids=7, _spm_precompiled_charsmap=model.charsmap)


REFERENCE = t5_tokenizer()


@given(st.lists(st.sampled_from([*SENTINELS, "the", " ", "number", "<extra_id_", "  low"])))
def test_sentinels_are_found_as_by_t5s_tokenizer(parts):
    text = "".join(parts)
    tokenizer = ours("t5", 7)
    ids = tokenizer.encode(text)
    assert ids == REFERENCE.encode(text, add_special_tokens=False)
    assert tokenizer.tokenize(text) == REFERENCE.convert_ids_to_tokens(ids)
    assert tokenizer.decode(ids) == REFERENCE.decode(ids)
    for piece, (start, end) in zip(tokenizer.tokenize(text), tokenizer.offsets(text), strict=True):
        assert piece.lstrip("▁") == text[start:end].lstrip()


def test_sentinels_count_down_from_the_highest_id():
    tokenizer = ours("t5", 100)
    highest = len(tokenizer) - 1
    assert highest == len(theirs("t5")) + 99
    text = "the<extra_id_0> number <extra_id_99>"
    assert tokenizer.tokenize(text) == ["▁the", "<extra_id_0>", "▁number", "<extra_id_99>"]
    the, number = tokenizer.encode("the number")
    assert tokenizer.encode(text) == [the, highest, number, highest - 99]
    assert tokenizer.offsets(text) == [(0, 3), (3, 15), (16, 22), (23, 36)]
    assert tokenizer.decode([highest, number, highest - 99]) == "<extra_id_0> number<extra_id_99>"


@pytest.mark.parametrize("name", OPTIONS)
def test_saved_models_are_cut_the_same_by_sentencepiece(tmp_path, name):
    ours(name).save(tmp_path)
    assert read_model(tmp_path / "spiece.model") == ours(name).model
    again = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "spiece.model"))
    text = " ".join(LINES) + TRICKY + "<mask>[X][X]"
    assert again.encode(text) == theirs(name).encode(text)
    assert again.decode(again.encode(text)) == theirs(name).decode(theirs(name).encode(text))
    for role in ("pad_id", "eos_id", "unk_id", "bos_id"):
        assert getattr(again, role)() == getattr(theirs(name), role)()


def test_draws_follow_their_probabilities_and_sentencepieces_draws():
    text, n, temperature = "the lower", 2_000, 4.0
    rng = random.Random(0)
    draws = Counter(tuple(ours("t5").sample(text, temperature, rng)) for _ in range(n))
    other = Counter(
        tuple(theirs("t5").encode(text, enable_sampling=True, nbest_size=-1, alpha=1 / temperature))
        for _ in range(n)
    )
    assert len(draws) > 5
    for ids in set(draws) | set(other):
        assert ours("t5").decode(ids) == text
        assert abs(draws[ids] - other[ids]) / n < 0.05


def test_a_temperature_near_0_gives_the_best_cut():
    text = "The lower number 日"
    assert ours("t5").sample(text, 1e-3) == ours("t5").encode(text)
    draws = {tuple(ours("t5").sample(text, 50.0, random.Random(seed))) for seed in range(20)}
    assert len(draws) > 10
    assert tuple(ours("t5").sample(text, 50.0, random.Random(7))) in draws
    for temperature in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="temperature must be above 0"):
            ours("t5").sample(text, temperature)


def test_ids_without_a_piece_are_refused():
    n = len(theirs("t5")) + 7
    for own in (-1, n):
        with pytest.raises(ValueError, match=f"ids must be those of {n} pieces, received {own}"):
            ours("t5", 7).decode([3, own])
