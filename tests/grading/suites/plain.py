"""Scores of plain `nbgrader autograde`: recorded once in plain_scores.json, derived again by tests.

`python -m suites.plain [NAME ...]` (in tests/grading) records the named cases, or those that are
missing or stale; with --all every one.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from course_lib.grading.course.course_dir import Course
from suites.handed import Handed, Honest
from suites.hostile.case import Hostile, Place
from suites.sources import make_course, read

RECORD = Path(__file__).with_name("plain_scores.json")
Scores = dict[str, float | None]  # "notebook/cell" -> automatic points; None: a person grades it


def recorded() -> dict[str, dict]:
    """Return the record: case -> {"key": what was graded, "scores": Scores}."""
    return json.loads(RECORD.read_text()) if RECORD.is_file() else {}


def key(case: Honest) -> str:
    """Return a hash of the source's and the case's cells: the record is stale under another one."""
    source = [nb for _, nb in sorted(read(case.assignment).notebooks.items())]
    mine = [nb for _, nb in sorted(case.notebooks().items())]
    texts = [[cell.source for cell in nb.cells] for nb in source + mine]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]


def autograde(course: Course, assignment: str) -> None:
    """Run `nbgrader autograde` on everybody, in a process of its own."""
    beside = str(Path(sys.executable).parent)
    env = dict(os.environ) | {
        "PATH": os.pathsep.join([beside, os.environ["PATH"]]),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "nbgrader", "autograde", assignment, "--create"]
    subprocess.run(command, cwd=course.root, env=env, capture_output=True, check=False)


def read_scores(course: Course, assignment: str, student: str) -> Scores:
    """Return what the gradebook has for a student."""
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(assignment, student)
        return {
            f"{notebook.name}/{grade.name}": grade.auto_score
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def derive(cases: Iterable[Honest | Hostile], folder: Path) -> dict[str, Scores]:
    """Grade cases with plain nbgrader, all of one assignment in one command.

    It runs their code here, without a sandbox: of the hostile ones accidents only.
    """
    by_assignment: dict[str, list[Honest | Hostile]] = {}
    for case in cases:
        by_assignment.setdefault(case.assignment, []).append(case)
    scores = {}
    for assignment, some in by_assignment.items():
        course = make_course(folder / assignment, assignment)
        for case in some:
            _files(case).write(course.folder("submitted", assignment, case.name))
        autograde(course, assignment)
        for case in some:
            scores[case.name] = read_scores(course, assignment, case.name)
    return scores


def _files(case: Honest | Hostile) -> Handed:
    if isinstance(case, Honest):
        return case.handed()
    assert not case.runs_code, f"{case.name} must not run outside a sandbox"
    return case.make(Place())


def record(names: list[str], *, everything: bool = False) -> None:
    """Derive cases and write them into the record."""
    from suites.honest import CASES

    known = {name: entry for name, entry in recorded().items() if name in CASES}
    stale = [n for n, case in CASES.items() if known.get(n, {}).get("key") != key(case)]
    chosen = list(CASES) if everything else names or stale
    with tempfile.TemporaryDirectory() as folder:
        found = derive([CASES[name] for name in chosen], Path(folder))
    for name, scores in found.items():
        known[name] = {"key": key(CASES[name]), "scores": scores}
    text = json.dumps(known, indent=1, sort_keys=True)
    RECORD.write_text(text + "\n")
    print(f"{len(found)} recorded, {len(known)} in all")


if __name__ == "__main__":
    record([a for a in sys.argv[1:] if a != "--all"], everything="--all" in sys.argv)
