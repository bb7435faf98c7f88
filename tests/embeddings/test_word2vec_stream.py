"""Is a text read in pieces, however long its lines, and are all its words there?"""

import numpy as np
import pytest

from course_lib.embeddings import word2vec_stream
from course_lib.embeddings.word2vec import LineSentences, Word2Vec, Word2VecConfig
from course_lib.embeddings.word2vec_stream import encode


@pytest.mark.parametrize("block", [1, 2, 7, 16, 17, 1000])
@pytest.mark.parametrize(
    "text",
    ["one two three four five six", "one two\nthree four\n", "a\n\nverylongwordindeed b", ""],
)
def test_no_block_cuts_a_word(tmp_path, monkeypatch, block, text):
    monkeypatch.setattr(word2vec_stream, "BLOCK", block)
    path = tmp_path / "text.txt"
    path.write_text(text)
    found = list(LineSentences(path))
    assert [word for sentence in found for word in sentence] == text.split()
    if block == 1000:
        assert found == [line.split() for line in text.splitlines()]


def test_a_corpus_on_one_line_is_as_many_jobs_as_the_same_words_in_lines(monkeypatch):
    monkeypatch.setattr(word2vec_stream, "LONGEST_SENTENCE", 40)
    names = ["owl", "sea", "fog"]
    words = [names[i % 3] for i in range(205)]
    (chunk,) = encode([words], names, chunk_words=1000)
    assert np.diff(chunk.offsets).tolist() == [40, 40, 40, 40, 40, 5]
    assert [names[i] for i in chunk.ids] == words
    assert list(chunk.jobs(80)) == [(0, 2), (2, 4), (4, 6)]
    assert [len(part.ids) for part in encode([words], names, chunk_words=80)] == [80, 80, 45]


def test_the_rate_falls_within_one_long_line(tmp_path, monkeypatch):
    monkeypatch.setattr(word2vec_stream, "LONGEST_SENTENCE", 50)
    monkeypatch.setattr(word2vec_stream, "JOB_WORDS", 50)
    path = tmp_path / "text.txt"
    path.write_text("the king met the queen " * 60)
    rates = []
    trainer = Word2Vec(Word2VecConfig(d_model=3, min_count=1, epochs=1))
    plain = trainer._rate
    monkeypatch.setattr(trainer, "_rate", lambda share: rates.append(plain(share)) or rates[-1])
    trainer.fit(LineSentences(path), progress=False)
    assert len(rates) == 6
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < rates[0] / 3
