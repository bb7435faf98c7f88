"""Are SQuAD-shaped rows what the published set's users know, and do their answers stand there?"""

import json

import pandas as pd
import pytest

from course_lib.data import squad
from course_lib.errors import CourseError, OfflineError

COLUMNS = ["id", "title", "context", "question", "answers"]


@pytest.mark.parametrize("split", ["train", "validation"])
def test_sample_has_the_published_columns_and_true_answers(split):
    rows = squad.load(split, unanswerable=True)
    assert rows.column_names == COLUMNS
    assert len(set(rows["id"])) == len(rows)
    for row in rows:
        squad.check_answers(row)
    answered = squad.load(split)
    assert 0 < len(answered) < len(rows)
    assert all(row["answers"]["text"] for row in answered)


def test_no_title_stands_in_two_splits():
    sides = [set(squad.load(split)["title"]) for split in ("train", "validation")]
    assert not sides[0] & sides[1]


def test_official_json_and_rows_are_two_forms_of_one_thing():
    rows = squad.load("validation", unanswerable=True)
    official = squad.to_official(rows)
    assert list(squad.from_official(official)) == list(rows)
    json.dumps(official)  # whole numbers and texts only
    flags = [q["is_impossible"] for _, q in questions(squad.to_official(rows, version="2.0"))]
    assert any(flags)
    assert not all(flags)
    assert "is_impossible" not in next(questions(official))[1]


def questions(official):
    for article in official["data"]:
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                yield paragraph["context"], qa


def test_a_folder_gives_the_same_columns(tmp_path):
    rows = squad.load("validation", unanswerable=True)
    rows.to_parquet(tmp_path / "validation.parquet")
    again = squad.load("validation", tmp_path, unanswerable=True)
    assert list(again) == list(rows)
    with pytest.warns(UserWarning, match="questions have no answer and are left out"):
        assert len(squad.load("validation", tmp_path)) < len(rows)
    path = tmp_path / "validation.parquet"
    assert list(squad.load("validation", path, unanswerable=True)) == list(rows)
    with pytest.raises(CourseError, match="validation; received 'train'"):
        squad.load("train", tmp_path)


def test_an_official_file_is_a_source(tmp_path):
    rows = squad.load("validation")
    path = tmp_path / "dev-v1.1.json"
    path.write_text(json.dumps(squad.to_official(rows)))
    assert list(squad.load("validation", path)) == list(rows)
    path.write_text('{"questions": []}')
    with pytest.raises(CourseError, match=r"dev-v1\.1\.json \(KeyError"):
        squad.load("validation", path)
    broken = squad.to_official(rows)
    del broken["data"][-1]["paragraphs"][-1]["qas"][-1]["question"]
    path.write_text(json.dumps(broken))
    with pytest.raises(CourseError, match=r"dev-v1\.1\.json \(KeyError: 'question'"):
        squad.load("validation", path)
    named = squad.to_official(rows, version="v2.0")["data"][0]["paragraphs"][0]["qas"][0]
    assert named["is_impossible"] is False
    with pytest.raises(CourseError, match=r"no file none\.json"):
        squad.load("validation", tmp_path / "none.json")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(CourseError, match=r"received a file notes\.txt"):
        squad.load("validation", tmp_path / "notes.txt")


def test_unknown_split_missing_column_and_no_network(tmp_path, monkeypatch):
    with pytest.raises(CourseError, match="train, validation; received 'test'"):
        squad.load("test")
    pd.DataFrame({"id": ["x"]}).to_parquet(tmp_path / "train.parquet")
    with pytest.raises(CourseError, match="without title, context, question, answers"):
        squad.load("train", tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(OfflineError, match=r"rajpurkar/squad; .*source=FOLDER"):
        squad.load("train", "hub")
    with pytest.raises(OfflineError, match=r"rajpurkar/squad_v2; .*source=FOLDER"):
        squad.load("train", "hub", unanswerable=True)


@pytest.mark.parametrize("start", [1, -3])
def test_a_wrong_start_is_told(start):
    row = {"id": "7", "context": "an owl", "answers": {"text": ["owl"], "answer_start": [start]}}
    with pytest.raises(CourseError, match="'owl' at character"):
        squad.check_answers(row)
