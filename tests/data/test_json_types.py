"""Does datasets still guess types as chapter 7 warns, and do the ways that it names keep them?"""

import datetime
import json
from pathlib import Path

import pytest
from datasets import Dataset, Features, Value, load_dataset

DATES = ["2018-06-01", "2019-10-24"]
TEXTS = Features({"id": Value("string"), "answer": Value("string")})


def rows_of(folder: Path, answers: list[object], **settings):
    path = folder / "rows.jsonl"
    path.write_text("\n".join(json.dumps({"id": "x", "answer": answer}) for answer in answers))
    return load_dataset(
        "json", data_files=str(path), split="train", cache_dir=str(folder / "cache"), **settings
    )


def test_texts_that_look_like_dates_become_dates(tmp_path: Path):
    assert rows_of(tmp_path, DATES)["answer"][0] == datetime.datetime(2018, 6, 1)


def test_named_features_come_too_late(tmp_path: Path):
    assert rows_of(tmp_path, DATES, features=TEXTS)["answer"][0] == "2018-06-01 00:00:00"


def test_rows_from_a_list_and_from_parquet_keep_their_texts(tmp_path: Path):
    rows = Dataset.from_list([{"id": "x", "answer": answer} for answer in DATES], features=TEXTS)
    assert rows["answer"][:] == DATES
    path = str(tmp_path / "rows.parquet")
    rows.to_parquet(path)
    again = load_dataset("parquet", data_files=path, split="train", cache_dir=str(tmp_path))
    assert again["answer"][:] == DATES


@pytest.mark.parametrize("answers", [["1066", 5], [5, "1066"]])
def test_texts_and_numbers_become_a_type_of_their_own(tmp_path: Path, answers: list[object]):
    assert type(rows_of(tmp_path, answers).features["answer"]).__name__ == "Json"
