"""Do published sets load from a folder of the same shape, and fail clearly where they cannot?"""

import pandas as pd
import pytest
from datasets import Dataset, DatasetDict

from course_lib.data import hub
from course_lib.errors import CorruptFileError, CourseError, OfflineError, UnknownNameError

ROWS = pd.DataFrame(
    {
        "hypothesis": ["A dog runs.", "Nobody moves."],
        "premise": ["A dog runs in a field.", "A dog runs in a field."],
        "label": [0, 2],
        "extra": ["x", "y"],
    }
)


@pytest.fixture
def folder(tmp_path):
    ROWS.to_parquet(tmp_path / "train-00000-of-00002.parquet")
    ROWS.to_parquet(tmp_path / "train-00001-of-00002.parquet")
    ROWS[:1].to_parquet(tmp_path / "validation.parquet")
    return tmp_path


def test_a_folder_gives_the_published_columns(folder):
    splits = hub.load_published("snli", source=folder)
    assert {split: len(rows) for split, rows in splits.items()} == {"train": 4, "validation": 1}
    assert splits["train"].column_names == ["premise", "hypothesis", "label"]
    assert splits["train"][1]["hypothesis"] == "Nobody moves."


def test_the_hub_gives_the_same_shape(monkeypatch, folder):
    asked = {}

    def load_dataset(repository, config, revision):
        asked.update(repository=repository, config=config, revision=revision)
        return DatasetDict(train=Dataset.from_pandas(ROWS))

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    monkeypatch.setattr(hub, "_hub_answers", lambda: True)
    from_hub = hub.load_published("snli")
    from_folder = hub.load_published("snli", source=folder)
    assert from_hub["train"].column_names == from_folder["train"].column_names
    assert asked["repository"] == "stanfordnlp/snli"


def test_every_revision_is_a_commit():
    for published in hub.PUBLISHED.values():
        assert len(published.revision) == 40
        assert set(published.revision) <= set("0123456789abcdef")


def test_offline_is_one_error_that_names_the_way_out(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(OfflineError) as caught:
        hub.load_published("squad")
    assert "source=FOLDER" in caught.value.report()
    assert "rajpurkar/squad" in caught.value.report()


def test_a_connection_lost_on_the_way_is_the_same_error(monkeypatch):
    def load_dataset(*_, **__):
        raise ConnectionError("reset by peer")

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    monkeypatch.setattr(hub, "_hub_answers", lambda: True)
    with pytest.raises(OfflineError, match="ConnectionError"):
        hub.load_published("imdb")


def test_no_network_is_noticed_without_retries(monkeypatch):
    def refuse(*_, **__):
        raise OSError("no route to host")

    for name in ("HTTPS_PROXY", "https_proxy", "HF_ENDPOINT", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(hub.socket, "create_connection", refuse)
    assert not hub._hub_answers()
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    assert hub._hub_answers(), "behind a proxy only the client knows"


def test_unknown_name():
    with pytest.raises(UnknownNameError, match="did you mean 'squad'"):
        hub.load_published("sqad")


def test_a_folder_without_parquet_is_explained(tmp_path):
    with pytest.raises(CourseError, match=r"train\.parquet"):
        hub.load_published("snli", source=tmp_path)
    with pytest.raises(CourseError, match="no such folder"):
        hub.load_published("snli", source=tmp_path / "nowhere")


def test_a_missing_column_is_named(folder):
    with pytest.raises(CourseError, match="without sentence, idx"):
        hub.load_published("glue/sst2", source=folder)


def test_one_split_does_not_need_the_others(folder):
    """A published test part without labels must not stand in the way of the validation part."""
    rows = pd.DataFrame({"premise": ["p"], "hypothesis": ["h"], "label": [0]})
    rows.to_parquet(folder / "validation.parquet")
    rows[["premise"]].to_parquet(folder / "test.parquet")
    assert list(hub.load_published("snli", source=folder, only="validation")) == ["validation"]
    with pytest.raises(CourseError, match="split test"):
        hub.load_published("snli", source=folder, only="test")


def test_a_damaged_file_is_one_error(tmp_path):
    (tmp_path / "train.parquet").write_bytes(b"half a file")
    with pytest.raises(CorruptFileError, match=r"Parquet in train\.parquet"):
        hub.load_published("snli", source=tmp_path)
