"""Under nbgrader's own command: time stamps are read as they are meant, other names are named."""

import os
import shutil
import subprocess
import sys
from datetime import datetime

import nbformat
import pytest
from ledger_course import answer, check
from nbformat.v4 import new_notebook

from course_lib.grading.authoring.demo_class import generate_assignment
from course_lib.grading.course.course_dir import open_course

CONFIG = """\
from course_lib.grading.plugin import use_sandbox
c = get_config()
c.LateSubmissionPlugin.penalty_method = "zero"
use_sandbox(c)
"""
DUE = datetime(2026, 11, 30, 2, 0)  # UTC
STAMPS = {
    "punctual": "2026-11-30 10:00:00 +0900",
    "korean": "2026-11-30 10:00:00 KST",
    "iso": "2026-11-30T10:00:00+09:00",
    "late": "2026-11-30 12:00:00 +0900",
    "unclear": "2026-11-30 10:00:00 IST",
    "none": None,
}
pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Return (course, what the command said)."""
    root = tmp_path_factory.mktemp("intake") / "course"
    (root / "source" / "ps").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    cells = [answer("add", "def add(a, b):", "return a + b"), check("t_add", "add(1, 2) / 3", 1)]
    nbformat.write(new_notebook(cells=cells), root / "source" / "ps" / "main.ipynb")
    course = open_course(root)
    generate_assignment(course, "ps")
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment("ps", duedate=DUE)
    for student, stamp in (STAMPS | {"renamed": None}).items():
        folder = course.folder("submitted", "ps", student)
        folder.mkdir(parents=True)
        own = folder / ("main (1).ipynb" if student == "renamed" else "main.ipynb")
        shutil.copyfile(root / "source" / "ps" / "main.ipynb", own)
        if stamp:
            (folder / "timestamp.txt").write_text(stamp)
    command = [sys.executable, "-m", "nbgrader", "autograde", "ps"]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False,
        env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip
    return course, done.stderr


def said_of(graded, student):
    """Return the warnings that name a file or folder of a student's."""
    lines = [line for line in graded[1].splitlines() if f"submitted/{student}/ps" in line]
    return [line for line in lines if "WARNING" in line and "course autograde" in line] + [
        line for line in lines if "nbgrader read" in line
    ]


@pytest.mark.parametrize("student", STAMPS)
def test_a_penalty_follows_what_the_stamp_says(graded, student):
    with graded[0].gradebook() as gradebook:
        handed = gradebook.find_submission("ps", student)
        off = handed.notebooks[0].late_submission_penalty
        assert (handed.score, off) == (1.0, 1.0 if student == "late" else None)


def test_what_nbgrader_read_otherwise_is_said(graded):
    assert {student for student in STAMPS if said_of(graded, student)} == {
        "punctual", "korean", "late", "unclear",
    }  # fmt: skip
    (line,) = said_of(graded, "punctual")
    assert line.endswith("nbgrader read 2026-11-30 09:45:00, it says 2026-11-30 01:00:00 UTC")
    assert "needs a person: timestamp.txt: IST is the name of" in said_of(graded, "unclear")[0]


def test_a_notebook_under_another_name_is_named(graded):
    (line,) = said_of(graded, "renamed")
    assert "main (1).ipynb taken for main.ipynb" in line
    assert not said_of(graded, "none")
