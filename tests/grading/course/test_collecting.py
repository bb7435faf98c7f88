"""Do the patterns of the instructor's guide sort the archives that learning platforms make?"""

import csv
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook

from course_lib.grading.authoring.demo_class import generate_assignment
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.reports.export import export
from tests.grading.ledger_course import answer, check

GUIDE = Path(__file__).parents[3] / "book" / "instructors_collect.md"
BLOCKS = re.findall(r"```python\n# ([^\n]+)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
CODE = {name: f"# {name}\n{code}" for name, code in BLOCKS}
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'lms'\n"


@pytest.fixture
def root(tmp_path):
    """Return a course with the assignment a1, as it is when its submissions come."""
    cells = [
        answer("add", "def add(a, b):", "return a + b"),
        check("t", "assert add(1, 2) == 3", 1),
    ]
    source = new_notebook(cells=cells)
    source.metadata["kernelspec"] = {"name": "python3", "display_name": "P", "language": "python"}
    (tmp_path / "source" / "a1").mkdir(parents=True)
    nbformat.write(source, tmp_path / "source" / "a1" / "a1.ipynb")
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    generate_assignment(open_course(tmp_path), "a1")
    return tmp_path


def nbgrader(root, *args):
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *args],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stderr


def collected(root, config, files):
    """Return path -> text of what zip_collect makes of an archive with these files."""
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(config)
    archive = root / "downloaded" / "a1" / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "submissions.zip", "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    nbgrader(root, "zip_collect", "a1")
    found = sorted((root / "submitted").rglob("*.*"))
    return {str(path.relative_to(root / "submitted")): path.read_text() for path in found}


def test_canvas(root):
    files = {
        "doejane_4711_98765_a1.ipynb": "jane",
        "roe_li_anne_LATE_4712_98766_a1-1.ipynb": "anne",
        "poejim_4713_98767_a1 (1).ipynb": "jim",
        "doejane_4711_98768_notes.txt": "no notebook",
    }
    assert collected(root, CODE["Canvas"], files) == {
        "4711/a1/a1.ipynb": "jane",
        "4712/a1/a1-1.ipynb": "anne",
        "4713/a1/a1 (1).ipynb": "jim",
    }


@pytest.mark.parametrize("shape", ["_assignsubmission_file/", "_assignsubmission_file_/",
                                   "_assignsubmission_file_"])  # fmt: skip
def test_moodle(root, shape):
    files = {f"Jane Doe_123456{shape}a1.ipynb": "jane", f"Zoë O'Hara_77{shape}a1.ipynb": "zoe"}
    assert collected(root, CODE["Moodle"], files) == {
        "123456/a1/a1.ipynb": "jane",
        "77/a1/a1.ipynb": "zoe",
    }


def test_the_way_back_to_moodle_is_the_address(root):
    collected(root, CODE["Moodle"], {"Jane Doe_123456_assignsubmission_file/a1.ipynb": "jane"})
    (root / "students.csv").write_text("id,email\n123456,jane@example.org\n")
    nbgrader(root, "db", "student", "import", "students.csv")
    export(open_course(root), root / "grades.csv", "moodle")
    with (root / "grades.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["Email address"], row["Submission folder"]) == ("jane@example.org", "123456")


def test_the_way_back_to_canvas_is_the_number(root):
    collected(root, CODE["Canvas"], {"doejane_4711_98765_a1.ipynb": "jane"})
    (root / "students.csv").write_text("id,lms_user_id\n4711,4711\n")
    nbgrader(root, "db", "student", "import", "students.csv")
    export(open_course(root), root / "grades.csv", "canvas")
    with (root / "grades.csv").open(newline="") as file:
        (_, row) = csv.DictReader(file)
    assert (row["ID"], row["SIS Login ID"]) == ("4711", "")


def test_of_two_attempts_the_newer_one_is_kept(root):
    (root / "attempts.py").write_text(CODE["attempts.py"])
    files = {
        "ps1_jane_attempt_2016-02-10-17-30-10_a1.ipynb": "older",
        "ps1_jane_attempt_2016-02-10-23-15-00_a1.ipynb": "newer",
    }
    found = collected(root, CODE["with a time"], files)
    assert found["jane/a1/a1.ipynb"] == "newer"
    assert found["jane/a1/timestamp.txt"] == "2016-02-10 23:15:00"
