"""Small classes of each assignment: plain nbgrader and ours, timed one after the other.

A small class pays the fixed start: the imports, the trial of the source's own answers.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from course_lib.grading.authoring.source import SOLUTIONS, find_assignments

if TYPE_CHECKING:
    from course_lib.grading.course.course_dir import Course

BIN = Path(sys.executable).parent
ENVIRONMENT = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}"}


def bench_small_classes(n: int, courses: Path | None) -> None:
    """Time a class of n on each exercise, and on each course below `courses`.

    A course there is an nbgrader course of one assignment with a submission or more; its first
    submission is handed in n times.
    """
    click.echo(f"{'a class of ' + str(n):34}{'plain':>9}{'ours':>9}{'ratio':>8}   graded by each")
    for name, make in _assignments(n, courses):
        with tempfile.TemporaryDirectory() as folder:
            (plain, theirs), (ours, own) = _pair(make(Path(folder) / "course"))
        times = f"{plain:>8.1f}s{ours:>8.1f}s{plain / ours:>7.1f}x"
        click.echo(f"{name:34}{times}   {theirs} and {own} of {n}")


def _assignments(
    n: int, courses: Path | None
) -> Iterator[tuple[str, Callable[[Path], tuple["Course", str]]]]:
    for assignment in find_assignments(SOLUTIONS):
        yield assignment.name, lambda folder, one=assignment: _exercise(folder, one, n)
    found = sorted(p.parent for p in courses.glob("*/nbgrader_config.py")) if courses else []
    for course in found:
        yield course.name, lambda folder, one=course: _copied(folder, one, n)


def _exercise(folder: Path, assignment, n: int) -> tuple["Course", str]:
    from course_lib.grading.authoring.demo_class import make_demo_class, submissions
    from course_lib.grading.authoring.source import read_source
    from course_lib.grading.course.course_dir import open_course

    make_demo_class(folder, assignment, timeout=600, empty=True)
    perfect = submissions(read_source(assignment))[0].content
    for number in range(n):
        path = folder / "submitted" / f"s{number}" / assignment.name / f"{assignment.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(perfect)
    return open_course(folder), assignment.name


def _copied(folder: Path, course: Path, n: int) -> tuple["Course", str]:
    from course_lib.grading.authoring.demo_class import generate_assignment
    from course_lib.grading.course.course_dir import open_course

    shutil.copytree(course, folder, ignore=shutil.ignore_patterns("submitted", "gradebook.db"))
    first = sorted(filter(Path.is_dir, (course / "submitted").iterdir()))[0]
    for number in range(n):
        shutil.copytree(first, folder / "submitted" / f"s{number}")
    copied = open_course(folder)
    (name,) = (one.name for one in (folder / "source").iterdir() if one.is_dir())
    generate_assignment(copied, name)
    return copied, name


def _pair(course_and_name: tuple["Course", str]) -> list[tuple[float, int]]:
    """Return for both ways the seconds of one run, and how many submissions it graded."""
    course, name = course_and_name
    start = course.root / "gradebook.db"
    kept = shutil.copy(start, start.with_suffix(".start"))
    found = []
    for command in (
        [BIN / "nbgrader", "autograde", name, "--create"],
        [BIN / "course", "autograde", name, "--course-dir", course.root],
    ):
        shutil.rmtree(course.root / "autograded", ignore_errors=True)
        shutil.copy(kept, start)
        seconds = _seconds(command, course.root)
        found.append((seconds, len(list((course.root / "autograded").glob("*")))))
    return found


def _seconds(command: list, folder: Path) -> float:
    """Run a command; plain nbgrader ends with an error where it leaves one submission out."""
    started = time.perf_counter()
    subprocess.run(list(map(str, command)), cwd=folder, env=ENVIRONMENT, capture_output=True)
    return time.perf_counter() - started
