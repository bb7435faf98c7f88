"""Grade a class: who is to be graded, one after the other, and what came out."""

import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence

from course_lib.grading.course_dir import Course
from course_lib.grading.grade import Outcome, grade_one, read_score, ungraded_cells
from course_lib.grading.intake import expected_cells, submission_key
from course_lib.grading.journal import FOLDER, Journal
from course_lib.grading.table import table


def autograde(
    course: Course,
    assignment: str,
    students: Sequence[str] = (),
    *,
    force: bool = False,
    timeout: int | None = None,
    progress: bool = True,
    grade: Callable[..., Outcome] = grade_one,
) -> list[Outcome]:
    """Grade the submissions of `assignment` (of `students` only, if any are named).

    Graded again: what changed, what has no score in the gradebook, with `force` everything.
    Raises: a CourseError before the first submission is touched; later, only an interrupt.
    """
    from tqdm import tqdm

    course.require_assignment(assignment)
    wanted = course.require_students(assignment, tuple(students))
    with course.gradebook() as gradebook:
        cells = expected_cells(course, gradebook, assignment)
    journal, log = Journal(course.root, assignment), _log_file(course, assignment)
    outcomes, counts = [], Counter()
    bar = tqdm(wanted, desc=assignment, unit="student", disable=not progress)
    for student in bar:
        bar.set_postfix_str(f"{student}; {_counted(counts)}")
        key = submission_key(course.folder("submitted", assignment, student), cells)
        outcome = (
            None if force else _finished(course, assignment, student, journal.done(student, key))
        )
        if outcome is None:
            log.info("---- %s", student)
            outcome = grade(course, assignment, student, cells, timeout=timeout, log=log)
            journal.write(outcome, key)
        outcomes.append(outcome)
        counts[outcome.state] += 1
        bar.set_postfix_str(_counted(counts))
    return outcomes


def report(outcomes: Sequence[Outcome]) -> str:
    """Return the table for a terminal, and one line that sums it up."""
    rows = [
        (
            outcome.student,
            outcome.score,
            outcome.max_score,
            outcome.state,
            "look" if outcome.needs_person else "",
            "; ".join([*outcome.doubts, *outcome.notes]),
        )
        for outcome in outcomes
    ]
    counts = Counter(outcome.state for outcome in outcomes)
    people = sum(outcome.needs_person for outcome in outcomes)
    last = f"{_counted(counts)}; {people} to be looked at" if outcomes else "no submissions"
    return table(["student", "score", "of", "result", "", "why"], rows) + f"\n\n{last}"


def _finished(
    course: Course, assignment: str, student: str, entry: Outcome | None
) -> Outcome | None:
    """Return the outcome of an earlier run if it still stands in the gradebook with all scores.

    The gradebook decides the score: a grader may have changed it since.
    """
    from nbgrader.api import MissingEntry

    if entry is None or not course.folder("autograded", assignment, student).is_dir():
        return None
    with contextlib.suppress(MissingEntry), course.gradebook() as gradebook:
        if ungraded_cells(gradebook.find_submission(assignment, student)):
            return None
        entry.score, entry.max_score = read_score(gradebook, assignment, student, [])
        entry.state, entry.seconds = "unchanged", 0.0
        return entry
    return None


def _log_file(course: Course, assignment: str) -> logging.Logger:
    """Return a logger for nbgrader's own messages: a file, so that the terminal keeps the table."""
    path = course.root / FOLDER / f"{assignment}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    log = logging.getLogger(f"course_lib.grading.log.{path}")
    log.setLevel(logging.INFO)
    log.propagate = False
    if not log.handlers:
        handler = logging.FileHandler(path, delay=True, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
        log.addHandler(handler)
    return log


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "none yet"
