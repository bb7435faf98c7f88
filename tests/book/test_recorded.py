"""Do numbers in sentences come from their record, and does a wrong name fail the build?"""

import json
import time
from pathlib import Path

import pytest
from course_book import recorded
from small_book import build

from course_lib.training import results

EXTENSIONS = ["myst_parser", "course_book.recorded"]
RECORD = {
    "name": "toy",
    "command": "course record toy",
    "seeds": [0, 1],
    "versions": {},
    "machine": {},
    "data": {},
    "wall_seconds": 1.0,
    "metrics": {"full": {"16": [0.25, 0.75]}, "parameters": 25557032, "fell": -0.5, "id": "a-b"},
}


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recorded run with known numbers, in place of the book's own."""
    folder = tmp_path / "results"
    folder.mkdir()
    monkeypatch.setattr(results, "RESULTS_DIR", folder)
    monkeypatch.setattr(recorded, "RESULTS_DIR", folder)
    path = folder / "toy.json"
    path.write_text(json.dumps(RECORD))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty project."""
    path = tmp_path / "project"
    path.mkdir()
    return path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("toy:full.16:mean:.2f", "0.50"),
        ("toy:full.16:max:.0%", "75%"),
        ("toy:full.16:n", "2"),
        ("toy:full.16:0:.2f", "0.25"),
        ("toy:parameters", "25557032"),
        ("toy:parameters::,", "25,557,032"),
        ("toy:parameters:value:,", "25,557,032"),
        ("toy:fell::+.2f", "\N{MINUS SIGN}0.50"),
        ("toy:id", "a-b"),
    ],
)
def test_role_shows_what_the_record_says(record: Path, text: str, shown: str) -> None:
    assert recorded.read(text)[0] == shown


def test_number_names_its_record(record: Path, folder: Path) -> None:
    built = build(folder, EXTENSIONS, "# T\n\nIt is {rec}`toy:full.16:mean:.2f` high.\n")
    span = built.html.select_one("span.rec")
    assert span.text == "0.50"
    assert span["title"] == "recorded run toy: full.16, mean"
    assert not built.warnings


@pytest.mark.parametrize(
    "text", ["nothing:full", "toy:empty", "toy:full.16:mode", "toy:full.16:mean:.2q", "toy"]
)
def test_wrong_name_is_a_warning_with_its_place(record: Path, folder: Path, text: str) -> None:
    built = build(folder, EXTENSIONS, f"# T\n\nIt is {{rec}}`{text}`.\n")
    assert "index.md:3: WARNING: rec" in built.warnings
    assert built.html.select_one("span.rec").text == "??"


def test_changed_record_rebuilds_the_page(record: Path, folder: Path) -> None:
    build(folder, EXTENSIONS, "# T\n\nIt is {rec}`toy:full.16:mean:.2f` high.\n")
    record.write_text(json.dumps({**RECORD, "metrics": {"full": {"16": [0.5, 1.0]}}}))
    later = time.time() + 5
    import os

    os.utime(record, (later, later))
    assert build(folder, EXTENSIONS).html.select_one("span.rec").text == "0.75"


def test_other_numbers_say_what_they_are(folder: Path) -> None:
    page = "# T\n\nIt is {derived}`0.85`, they say {seed}`10,000`.\n"
    built = build(folder, EXTENSIONS, page)
    assert built.html.select_one("span.derived").text == "0.85"
    assert built.html.select_one("span.seed").text == "10,000"
