"""`course bench --grading`: plain nbgrader and our engine on the same submissions, in one run."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import click

from course_lib.bench.course import NAME, forget_grades, make_course

if TYPE_CHECKING:
    from course_lib.grading.course.course_dir import Course

BIN = Path(sys.executable).parent


def bench_grading(n: int, rounds: int, growth: list[int]) -> None:
    """Time plain nbgrader against `course autograde`, the engine alone, its growth, its memory."""
    with tempfile.TemporaryDirectory() as folder:
        course = make_course(Path(folder) / "course", n)
        pairs = [(_plain(course, n), _ours(course, n)) for _ in range(rounds)]
        plain, ours = (median(column) for column in zip(*pairs, strict=True))
        ratio = median(a / b for a, b in pairs)
        click.echo(
            f"grading {n} right submissions, start to end, 2 workers: plain nbgrader "
            f"{plain / n:.3f} s each, course autograde {ours / n:.3f} s each, {ratio:.1f}x"
        )
        _engine(course)
    for size in growth:
        with tempfile.TemporaryDirectory() as folder:
            course = make_course(Path(folder) / "course", size)
            seconds = _ours(course, size)
            click.echo(f"course autograde, {size} submissions: {seconds / size:.4f} s each")


def _plain(course: "Course", n: int) -> float:
    seconds = _timed([BIN / "nbgrader", "autograde", NAME], course)
    _require(course, n)
    forget_grades(course)
    return seconds


def _ours(course: "Course", n: int) -> float:
    command = [BIN / "course", "autograde", NAME, "--course-dir", course.root, "--workers", "2"]
    seconds = _timed(command, course)
    _require(course, n)
    forget_grades(course)
    return seconds


def _timed(command: list, course: "Course") -> float:
    started = time.perf_counter()
    subprocess.run(
        [str(part) for part in command],
        cwd=course.root,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PATH": f"{BIN}:{os.environ['PATH']}"},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def _require(course: "Course", n: int) -> None:
    with course.gradebook() as gradebook:
        scores = [s.score for s in gradebook.find_assignment(NAME).submissions]
    if scores != [10.0] * n:
        right = scores.count(10.0)
        raise click.ClickException(f"{len(scores)} of {n} graded, {right} of them right")


def _engine(course: "Course") -> None:
    """Time one worker without the gradebook, and weigh it."""
    from course_lib.grading.engine import open_engine
    from course_lib.grading.engine.pool import LocalPool
    from course_lib.grading.intake.bundle import make_bundle, make_job
    from course_lib.grading.sandbox import processes

    jobs = [make_job(course, NAME, student) for student in course.students(NAME)]
    with open_engine(make_bundle(course, NAME), 1) as engine:
        assert isinstance(engine, LocalPool)
        assert engine.notes == []
        process = engine.workers[0]._process
        assert process is not None
        root = process.pid
        idle = processes.memory_share(root)
        busiest, started, inside = idle, time.perf_counter(), []
        for result in engine.grade(jobs):
            inside.append(result.seconds)
            if len(inside) % 5 == 0:
                busiest = max(busiest, processes.memory_share(root))
        each = (time.perf_counter() - started) / len(jobs)
    click.echo(
        f"one worker, no gradebook: {each:.4f} s a submission, {median(inside):.4f} s inside; "
        f"memory {idle / 2**20:.0f} MiB, {(busiest - idle) / 2**20:.0f} MiB more at work"
    )
