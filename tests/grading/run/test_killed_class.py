"""A class with hostile submissions among the honest ones, and a grader that is killed three times.

60 submissions, or with COURSE_SUITES=all in the environment 500; one in ten is hostile.
"""

import itertools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from suites.honest import CASES as HONEST
from suites.honest import ON_PURPOSE
from suites.hostile import CASES
from suites.hostile.case import Place
from suites.plain import recorded
from suites.sources import make_course

from course_lib.grading.ledger.journal import FOLDER, Journal

ASSIGNMENT = "tensors"
EXHAUSTING = ("time_deaf_loop", "space_list", "output_lines")
SIZE = 500 if os.environ.get("COURSE_SUITES") == "all" else 60
KILLS = 3
COMMAND = [
    *(sys.executable, "-m", "course_lib.cli.main", "autograde", ASSIGNMENT),
    *("--workers", "2", "--timeout", "3"),
]
pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")


def hand_in_class(course):
    """Hand in the class; return what each student's score must be."""
    honest = [case for case in HONEST.values() if case.assignment == ASSIGNMENT]
    hostile = [
        case
        for case in CASES.values()
        if case.assignment == ASSIGNMENT and case.runs_code and case.honest
        if case.person is False and not case.either and not case.own_loss
        if case.kind != "exhausting" or case.name in EXHAUSTING
    ]
    hostile = itertools.cycle(hostile[:: max(1, len(hostile) * 10 // SIZE)])
    wanted = {}
    for number, case in zip(range(SIZE), itertools.cycle(honest), strict=False):
        student = f"student{number:03}"
        bad = next(hostile) if number % 10 == 3 else None
        files = bad.make(Place()) if bad else case.handed()
        files.write(course.folder("submitted", ASSIGNMENT, student))
        name = bad.honest if bad else case.name
        scores = recorded()[name]["scores"] | dict(ON_PURPOSE.get(name, ("", {}))[1])
        wanted[student] = sum(points or 0.0 for points in scores.values())
    return wanted


def entries(journal):
    """Return what stands in the gradebook already, and when each autograded file was written."""
    found = {}
    for path in journal.folder.glob("*.json"):
        entry = journal.read(path.stem)
        if entry is not None and entry.state == "recorded":
            file = journal.folder.parents[2] / "autograded" / path.stem / ASSIGNMENT
            found[path.stem] = (file / f"{ASSIGNMENT}.ipynb").stat().st_mtime_ns
    return found


def killed_run(course, journal, until):
    """Start the command, kill it when so many are done; return what was done then."""
    with subprocess.Popen(
        COMMAND,
        cwd=course.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while len(list(journal.folder.glob("*.json"))) < until:
            assert process.poll() is None, "it ended before it was killed"
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    return entries(journal)


def test_nothing_is_lost_and_nothing_graded_twice(tmp_path):
    course = make_course(tmp_path / "course", ASSIGNMENT)
    wanted = hand_in_class(course)
    journal = Journal(course.root, ASSIGNMENT)
    before = {}
    for number in range(1, KILLS + 1):
        done = killed_run(course, journal, SIZE * number // (KILLS + 1))
        assert before.items() <= done.items(), "graded again, or lost"
        assert len(before) < len(done) < SIZE
        before = done
    last = subprocess.run(COMMAND, cwd=course.root, capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stdout + last.stderr
    assert before.items() <= entries(journal).items()
    report = json.loads((course.root / FOLDER / ASSIGNMENT / "report.json").read_text())
    states = {one["student"]: one["state"] for one in report["students"]}
    assert {name for name in before if states[name] != "unchanged"} == set()
    assert set(states.values()) == {"graded", "unchanged"}
    assert set(states) == set(wanted)
    with course.gradebook() as gradebook:
        rows = gradebook.find_assignment(ASSIGNMENT).submissions
        assert {row.student.id: row.score for row in rows} == wanted
        assert len(rows) == SIZE
    assert not left_over(course.root)


def left_over(root):
    """Return files of unfinished writes, and a gradebook that is not whole."""
    with sqlite3.connect(root / "gradebook.db") as book:
        faults = [row for row in book.execute("PRAGMA integrity_check") if row != ("ok",)]
    grades = {f"{ASSIGNMENT}.ipynb"}
    folders = [Path(path) for path in (root / "autograded").glob(f"*/{ASSIGNMENT}")]
    return faults + [f for folder in folders for f in folder.iterdir() if f.name not in grades]
