"""Are pieces learned that cut new text as well as sentencepiece's?"""

import io
import math
from collections import Counter
from itertools import chain
from pydoc_data.topics import topics

import numpy as np
import pytest
import sentencepiece

from course_lib.text.unigram import UnigramTokenizer
from course_lib.text.unigram_training import learn_pieces, words_of

LINES = [line for name in sorted(topics) for line in topics[name].splitlines() if line.strip()]
TRAIN, NEW = LINES[::3], LINES[1::3]


@pytest.fixture(scope="module")
def tokenizer():
    return UnigramTokenizer.train(TRAIN, 1000)


def test_new_text_is_cut_into_at_most_2_percent_more_pieces_than_by_sentencepiece(tokenizer):
    file = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TRAIN),
        model_writer=file,
        vocab_size=1000,
        minloglevel=2,
        num_threads=1,
    )
    theirs = sentencepiece.SentencePieceProcessor(model_proto=file.getvalue())
    n_theirs = sum(map(len, theirs.encode(NEW)))
    n_ours = sum(len(tokenizer.encode(line)) for line in NEW)
    print(f"pieces of new text: ours {n_ours}, sentencepiece's {n_theirs}")
    assert len(tokenizer) == len(theirs) == 1000
    assert n_ours <= 1.02 * n_theirs


def test_sentencepiece_reads_and_cuts_the_same(tokenizer, tmp_path):
    tokenizer.save(tmp_path)
    file = str(tmp_path / "spiece.model")
    theirs = sentencepiece.SentencePieceProcessor(model_file=file)
    for line in [*NEW[:300], "ﬁ ①\tnai\u0308ve 가\u1100\u1161 \x01 ▁▁ 日本"]:
        ids = theirs.encode(line)
        assert tokenizer.encode(line) == ids
        assert tokenizer.decode(ids) == theirs.decode(ids)
    assert UnigramTokenizer.from_sentencepiece(file).model == tokenizer.model


def test_the_vocabulary_is_t5s_in_shape(tokenizer):
    pieces = tokenizer.model.pieces
    assert [piece.text for piece in pieces[:3]] == ["<pad>", "</s>", "<unk>"]
    assert (tokenizer.pad_id, tokenizer.eos_id, tokenizer.unk_id) == (0, 1, 2)
    scores = [piece.score for piece in pieces[3:]]
    assert scores == sorted(scores, reverse=True)
    assert sum(map(math.exp, scores)) == pytest.approx(1, abs=1e-3)
    assert len(UnigramTokenizer.train(["ab ab"], 100, extra_ids=9)) < 20


def test_training_is_the_same_every_time():
    few = TRAIN[:200]
    assert UnigramTokenizer.train(few, 200).model == UnigramTokenizer.train(iter(few), 200).model


def test_letters_are_pieces_whatever_they_are_worth():
    """Golden: abc is in all words. Letters alone are hardly expected; they count as half a piece.

    So abc has 50 of 51.5, after a small share of what its other cut takes.
    """
    found = learn_pieces(Counter({"abc": 50}), 4)
    assert list(found) == ["abc", "a", "b", "c"]
    assert found["abc"] == pytest.approx(math.log(50 / 51.5), abs=1e-3)
    assert found["a"] == pytest.approx(math.log(0.5 / 51.5), abs=1e-2)


def test_without_frequent_substrings_letters_have_their_shares():
    """Golden: no substring occurs twice; a stands for 3 and b for 2 of 5 letters."""
    found = learn_pieces(Counter({"ab": 1, "b": 1, "a": 2}), 9)
    assert found == pytest.approx({"a": math.log(3 / 5), "b": math.log(2 / 5)})


def test_words_are_cut_at_spaces_scripts_and_rare_characters():
    lines = ["▁the▁T5는▁日本語で,▁x1.▁", "▁the"]
    assert words_of(lines, 1.0) == Counter(
        ["▁the", "▁the", "▁T", "5", "는", "▁日本語で", ",", "▁x", "1.", "▁"]
    )
    # of ten a and one z, a is enough for nine tenths
    assert words_of(["a" * 5 + "z" + "a" * 5], 0.9) == Counter({"aaaaa": 2})
    assert set(chain.from_iterable(words_of(["▁abc"] * 3, 0.5))) < set("▁abc")


def test_characters_left_out_are_unknown_or_bytes():
    lines = ["the lower the tower"] * 200 + ["日"]
    plain = UnigramTokenizer.train(lines, 40)
    assert plain.encode("the 日")[-1] == plain.unk_id
    in_bytes = UnigramTokenizer.train(lines, 300, byte_fallback=True)
    assert in_bytes.decode(in_bytes.encode("the 日")) == "the 日"
    assert in_bytes.tokenize("日")[-3:] == ["<0xE6>", "<0x97>", "<0xA5>"]
    assert "日" in UnigramTokenizer.train(lines, 40, character_coverage=1.0).tokenize("日")


def test_what_cannot_be_learned_from_is_refused():
    with pytest.raises(ValueError, match="there must be room for 4 characters, received 2"):
        UnigramTokenizer.train(["abc"], 5)
    for lines in ([], ["", " \t"]):
        with pytest.raises(ValueError, match="lines must hold text"):
            UnigramTokenizer.train(lines, 50)


def test_scores_are_float32(tokenizer):
    assert all(float(np.float32(piece.score)) == piece.score for piece in tokenizer.model.pieces)
