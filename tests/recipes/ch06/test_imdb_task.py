"""Are reviews dealt to parts and budgets as the records say? Here on invented reviews."""

import pandas as pd
import pytest

from course_lib.errors import CourseError
from course_lib.recipes.ch06 import imdb_task
from course_lib.recipes.ch06.imdb_task import load_imdb, running_reviews


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(imdb_task, "N_VALID", 7)
    for side, n in (("train", 47), ("test", 11)):
        texts = [f"Film {i} of {side}.<br /><br />It was film {i}." for i in range(n)]
        labels = [i % 2 for i in range(n)]
        pd.DataFrame({"text": texts, "label": labels}).to_parquet(tmp_path / f"{side}.parquet")
    return tmp_path


def test_parts_are_disjoint_and_breaks_are_paragraphs(folder):
    imdb = load_imdb(folder)
    assert [len(side.texts) for side in (imdb.train, imdb.valid, imdb.test)] == [40, 7, 11]
    assert not set(imdb.train.texts) & set(imdb.valid.texts)
    assert "<br" not in imdb.train.texts[0]
    train, valid = running_reviews(imdb)
    assert (len(train), len(valid)) == (80, 14)
    for text, label in zip(imdb.train.texts, imdb.train.labels, strict=True):
        assert int(text.split()[1]) % 2 == label


def test_budgets_are_balanced_nested_and_drawn_by_seed(folder):
    imdb = load_imdb(folder)
    four, ten = imdb.few(4, seed=1), imdb.few(10, seed=1)
    assert sorted(four.labels) == [0, 0, 1, 1]
    assert set(four.texts) <= set(ten.texts)
    assert set(imdb.few(10, seed=2).texts) != set(ten.texts)
    assert len(imdb.few(1000, seed=0).texts) == 40
    assert imdb.fingerprint == load_imdb(folder).fingerprint


def test_too_small_a_budget_and_a_missing_folder_are_refused(folder):
    with pytest.raises(ValueError, match="2 reviews or more, received 1"):
        load_imdb(folder).few(1, seed=0)
    with pytest.raises(CourseError):
        load_imdb(folder / "nowhere")
