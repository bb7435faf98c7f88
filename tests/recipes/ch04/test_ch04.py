"""Do the measurements of chapter 4 measure what they say, on cases that are known?"""

from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from gensim.test.utils import datapath

from course_lib.data import docs_analogies, kingdom
from course_lib.data.library_task import LibraryTask, Passages
from course_lib.embeddings.analogies import evaluate
from course_lib.embeddings.vectors import WordVectors
from course_lib.recipes.axis import word2vec as axis_word2vec
from course_lib.recipes.ch04 import books as ch04_books
from course_lib.recipes.ch04 import kingdom as ch04_kingdom
from course_lib.recipes.ch04 import vectors as ch04_vectors
from course_lib.recipes.ch04.word_pairs import FILES, judged
from course_lib.recipes.columns import columns


def vectors(rows: dict[str, list[float]]) -> WordVectors:
    return WordVectors(list(rows), np.array(list(rows.values()), dtype=np.float32))


def test_lean_is_the_cosine_with_he_minus_she(monkeypatch):
    """Golden: he (1, 0), she (0, 1): the axis is (1, −1)/√2; nurse (0, 2) leans by −0.7071."""
    monkeypatch.setattr(ch04_books, "JOBS", ["nurse", "clerk"])
    monkeypatch.setattr(ch04_books, "BY_MEANING", ["king"])
    found = ch04_books.lean(
        vectors({"he": [1, 0], "she": [0, 1], "nurse": [0, 2], "clerk": [1, 1], "king": [3, 0]})
    )
    assert found == pytest.approx({"nurse": -(0.5**0.5), "clerk": 0, "king": 0.5**0.5}, abs=1e-6)


def test_counted_lean_compares_with_the_whole_text(monkeypatch):
    """Golden, each count plus one: nurse he 1, she 3; everywhere he 2, she 4: log 1/3 − log 1/2."""
    monkeypatch.setattr(ch04_books, "JOBS", ["nurse"])
    monkeypatch.setattr(ch04_books, "BY_MEANING", [])
    text = [["she", "nurse"], ["nurse", "she", "she"], ["he"], ["she"], []]
    found = ch04_books.counted_lean(text)
    assert found["nurse"] == pytest.approx(np.log(1 / 3) - np.log(2 / 4))


def test_rank_of_the_nearest_is_one():
    found = vectors({"good": [1, 0], "bad": [1, 0.1], "far": [0, 1]})
    assert ch04_books.rank(found, "good", "bad") == 1
    assert ch04_books.rank(found, "good", "far") == 2


def test_the_difference_of_two_ways_is_read_from_their_sections():
    def way(*right):
        scores = {str(i): {"correct": n, "total": 10, "skipped": 1} for i, n in enumerate(right)}
        return {"sections": scores}

    found = ch04_vectors.beside(way(5, 8, 6), way(2, 5, 3))
    assert found == pytest.approx({"low": 0.3, "high": 0.3})


def test_judged_pairs_are_correlated_as_gensim_does_it():
    def pairs(file):
        lines = Path(datapath(file)).read_text(encoding="utf-8").splitlines()
        return [line.split("\t")[:2] for line in lines if not line.startswith("#")]

    words = sorted({word for file in FILES.values() for pair in pairs(file) for word in pair})[::2]
    theirs = KeyedVectors(7)
    theirs.add_vectors(words, np.random.default_rng(0).normal(size=(len(words), 7)))
    found = judged(WordVectors(words, theirs.vectors))
    assert {name: own["total"] for name, own in found.items()} == {
        "wordsim353": 353,
        "simlex999": 999,
    }
    for name, file in FILES.items():
        expected = theirs.evaluate_word_pairs(datapath(file))[1].statistic
        assert found[name]["spearman"] == pytest.approx(expected)
        assert 0 < found[name]["covered"] < found[name]["total"]


def test_columns_hold_one_number_a_seed():
    pieces = [{"a": 1, "b": {"c": 2}, "text": "x"}, {"a": 3, "b": {"c": 4}, "text": "y"}]
    wanted = {"a": [1, 3], "b": {"c": [2, 4]}, "text": "x"}
    assert columns(pieces) == wanted


def test_docs_analogies_ask_every_pair_against_every_other(tmp_path):
    asked = docs_analogies.questions()
    for section, pairs in docs_analogies.PAIRS.items():
        assert len(asked[section]) == len(pairs) * (len(pairs) - 1)
        assert len({word for pair in pairs for word in pair}) == 2 * len(pairs), section
    path = docs_analogies.write(tmp_path / "q.txt")
    words = sorted({word for pairs in docs_analogies.PAIRS.values() for p in pairs for word in p})
    random = WordVectors(
        words, np.random.default_rng(0).normal(size=(len(words), 5)).astype(np.float32)
    )
    result = evaluate(random, path)
    assert result.total == sum(map(len, asked.values()))
    assert result.skipped == 0


def test_the_axis_offers_both_means_at_every_strength(monkeypatch):
    known = vectors({"cat": [1, 0.1], "dog": [0.9, 0], "sum": [0, 1], "mean": [0.1, 0.8]})
    shares = np.array([0.25, 0.25, 0.25, 0.25])
    monkeypatch.setattr(axis_word2vec, "pretrained", lambda seed: (known, shares))
    side = Passages(texts=["cat dog", "sum mean", "dog", "mean"], labels=[0, 1, 0, 1])
    task = LibraryTask(train=side, valid=side, test=side, classes=("animals", "numbers"))
    trials = axis_word2vec.method(task, side, seed=0)
    assert len(trials) == 2 * len(axis_word2vec.STRENGTHS)
    assert all(trial.predictions == [0, 1, 0, 1] for trial in trials)


def test_kingdom_is_measured_from_0_to_1():
    found = ch04_kingdom.measure(100, seed=0)
    assert 0 <= found["accuracy"] <= 1
    assert found["accuracy"] * len(kingdom.analogies()) % 1 == pytest.approx(0, abs=1e-9)
    assert found["queen_first"] in (0.0, 1.0)
