"""Grade one submission. `grade_one` is the seam: the batch around it knows no nbgrader converter.

First version: nbgrader's own process model. The learner's code and the asserts share a kernel that
has the instructor's rights (docs/decisions/0003-grading-first-version.md).
"""

import glob
import logging
import time
import warnings
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.grading.course_dir import Course
from course_lib.grading.intake import check_submission
from course_lib.grading.ledger import read_score
from course_lib.grading.outcome import Outcome
from course_lib.grading.repair import Report, SourceCell, repair

if TYPE_CHECKING:
    from nbgrader.converters import Autograde


def grade_one(
    course: Course,
    assignment: str,
    student: str,
    cells: dict[str, list[SourceCell]],
    *,
    timeout: int | None = None,
    log: logging.Logger | None = None,
) -> Outcome:
    """Grade one student's submission into the gradebook; only an interrupt comes out as exception.

    cells: what the gradebook knows of each notebook (`intake.expected_cells`).
    """
    started = time.monotonic()
    outcome = Outcome(student, "graded")
    report, incidents = Report(), []
    try:
        outcome.notes += check_submission(
            course.folder("submitted", assignment, student), list(cells)
        )
        converter = _converter(course, assignment, student, cells, report, incidents, timeout, log)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy about nbgrader's own queries
            converter.start()
        with course.gradebook() as gradebook:
            outcome.score, outcome.max_score = read_score(
                gradebook, assignment, student, outcome.notes
            )
    except CourseError as error:
        outcome.state, outcome.doubts = "ungraded", [f"{error.received} ({error.action})"]
    except Exception as error:
        # one bad submission never stops the batch: its reason stands in the table instead
        reason = getattr(locals().get("converter"), "failure", None) or error
        text = str(reason).strip().splitlines() or [""]
        outcome.state = "ungraded"
        outcome.doubts = [f"{type(reason).__name__}: {text[0][:160]}"]
    outcome.notes += [*report.notes, *_grouped(incidents)]
    outcome.doubts += report.doubts
    outcome.seconds = time.monotonic() - started
    return outcome


def _converter(
    course: Course,
    assignment: str,
    student: str,
    cells: dict[str, list[SourceCell]],
    report: Report,
    incidents: list[str],
    timeout: int | None,
    log: logging.Logger | None,
) -> "Autograde":
    """Return nbgrader's Autograde for one student, with our repair and our Execute in its chain."""
    from nbgrader.converters import Autograde
    from nbgrader.preprocessors import Execute, NbGraderPreprocessor
    from traitlets.config import Config

    from course_lib.grading.execute import TolerantExecute

    class Repair(NbGraderPreprocessor):
        """Mend the submission before the first preprocessor of nbgrader's sees it."""

        def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
            name = resources["nbgrader"]["notebook"]
            before = report.found
            repair(nb, cells[name], report)
            if cells[name] and report.found == before:
                raise CourseError(
                    f"the cells of {name!r}",
                    f"none of them in {name}.ipynb",
                    "ask for the notebook again",
                )
            return nb, resources

    class CourseAutograde(Autograde):
        """nbgrader's Autograde that remembers why a notebook failed."""

        failure: Exception | None = None

        def _init_preprocessors(self) -> None:
            super()._init_preprocessors()
            chain = self.exporter._preprocessors
            if self._sanitizing:
                chain.insert(0, Repair(parent=self.exporter))
            for at, step in enumerate(chain):
                if type(step) is Execute:
                    chain[at] = TolerantExecute(incidents, parent=self.exporter)

        def convert_single_notebook(self, notebook_filename: str) -> None:
            try:
                super().convert_single_notebook(notebook_filename)
            except Exception as error:
                self.failure = error
                raise

    config = Config(course.config)
    if timeout is not None:
        config.TolerantExecute.timeout = timeout
    directory = course.directory(assignment, glob.escape(student))
    # whether to grade was decided before: what an earlier, broken run left behind must not stop it
    return CourseAutograde(
        coursedir=directory, config=config, force=True, **({"log": log} if log else {})
    )


def _grouped(incidents: list[str]) -> list[str]:
    """Return incidents with the cells of one message gathered: three cells, one note."""
    where: dict[str, list[str]] = {}
    for incident in incidents:
        cell, _, message = incident.partition(": ")
        where.setdefault(message, []).append(cell)
    return [f"{', '.join(dict.fromkeys(cells))}: {message}" for message, cells in where.items()]
