"""Grade a class: who is to be graded, what came out, and what an earlier run has done already."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from course_lib.errors import CourseError
from course_lib.grading.course.course_dir import Course
from course_lib.grading.course.gradebook_errors import explain_os
from course_lib.grading.course.nbgrader_settings import Settings
from course_lib.grading.ledger.journal import FOLDER, Journal
from course_lib.grading.ledger.ledger import Ledger
from course_lib.grading.ledger.outcome import Outcome
from course_lib.grading.run.one_run import Stop, alone
from course_lib.grading.run.runner import Desk, run_engine
from course_lib.grading.run.summary import summary, write_report

EngineFactory = Callable[[Any, int], Any]  # (bundle, workers) -> a context with .grade(jobs)


class StoppedError(KeyboardInterrupt):
    """A run that a signal ended: what was graded until then is kept and stands in `outcomes`."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes
        super().__init__("stopped")


def default_engine(bundle: Any, workers: int) -> Any:
    """Return the local pool in its default sandbox."""
    from course_lib.grading.engine import open_engine

    return open_engine(bundle, workers)


def autograde(
    course: Course,
    assignment: str,
    students: Sequence[str] = (),
    *,
    engine_factory: EngineFactory = default_engine,
    workers: int = 1,
    force: bool = False,
    timeout: float | None = None,
    progress: bool = True,
    sandbox: str = "bubblewrap",
) -> list[Outcome]:
    """Grade the submissions of `assignment` (of `students` only, if any are named).

    Graded again: what changed, what has no score in the gradebook, with `force` everything.
    sandbox: only for the report, which must say where nothing was isolated.
    Raises: a CourseError before the first submission is touched, or later when nothing more can be
        written; StoppedError after a signal. What was graded until then is kept.
    """
    from course_lib.grading.intake.bundle import make_bundle

    course.require_assignment(assignment)
    wanted = course.require_students(assignment, tuple(students))
    folder, started = course.root / FOLDER / assignment, datetime.now(UTC)
    with alone(folder, assignment), Stop() as stop:
        bundle = make_bundle(course, assignment)
        if timeout is not None:
            bundle = replace(bundle, limits=replace(bundle.limits, cell_seconds=float(timeout)))
        settings = Settings(course, assignment)
        finished, desk = False, None
        try:
            with Ledger(course, assignment, settings) as ledger:
                journal = Journal(course.root, assignment)
                desk = Desk(course, assignment, bundle, settings, ledger, journal, stop)
                todo = wanted if force else desk.resume(wanted)
                run_engine(desk, todo, len(wanted), engine_factory, workers, progress)
            finished = True
        except KeyboardInterrupt:
            raise StoppedError(_sorted(desk, wanted)) from None
        except OSError as error:
            raise explain_os(error, course.root) or error from None
        finally:
            _report(desk, wanted, finished, started, sandbox)
    return _sorted(desk, wanted)


def report(outcomes: Sequence[Outcome]) -> str:
    """Return the table for a terminal, and one line that sums it up."""
    return summary(outcomes)


def _sorted(desk: Desk | None, wanted: list[str]) -> list[Outcome]:
    done = {outcome.student: outcome for outcome in desk.outcomes} if desk else {}
    return [done[student] for student in wanted if student in done]


def _report(
    desk: Desk | None, wanted: list[str], finished: bool, started: datetime, sandbox: str
) -> None:
    """Write report.json; where the disk is full the run's own error is the one to be seen."""
    if desk is None:
        return
    try:
        write_report(
            desk.course.root / FOLDER / desk.assignment / "report.json",
            desk.assignment,
            _sorted(desk, wanted),
            finished=finished,
            started=started,
            sandbox=sandbox,
            bundle=desk.bundle_key,
            notes=desk.notes,
        )
    except OSError as error:
        if finished:
            raise explain_os(error, desk.course.root) or CourseError(
                "a report.json", str(error), "the grades are in the gradebook; mend the disk"
            ) from None
