"""Grade one submission. `grade_one` is the seam: the batch around it knows no nbgrader converter.

First version: nbgrader's own process model. The learner's code and the asserts share a kernel that
has the instructor's rights (docs/decisions/0003-grading-first-version.md).
"""

import glob
import logging
import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseError
from course_lib.grading.course_dir import Course
from course_lib.grading.intake import check_submission
from course_lib.grading.repair import Report, SourceCell, repair

if TYPE_CHECKING:
    from nbgrader.converters import Autograde


@dataclass
class Outcome:
    """What became of one submission: a score, or the reason why there is none.

    state: `graded`, `unchanged` (graded earlier, same submission, same tests) or `ungraded`.
    """

    student: str
    state: str
    score: float | None = None
    max_score: float | None = None
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def needs_person(self) -> bool:
        """Whether somebody must look at it before the score counts."""
        return self.state == "ungraded" or bool(self.doubts)


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


def read_score(
    gradebook: Any, assignment: str, student: str, notes: list[str]
) -> tuple[float, float]:
    """Return (score, most points) from the gradebook; note what waits for a grader.

    Raises: CourseError while an autograded cell has no score.
    """
    submission = gradebook.find_submission(assignment, student)
    if ungraded_cells(submission):
        raise CourseError(
            "a score for every test",
            f"none for {', '.join(ungraded_cells(submission))}",
            "grade again; if it stays, look at the notebook",
        )
    waiting = sum(g.needs_manual_grade for nb in submission.notebooks for g in nb.grades)
    if waiting:
        notes.append(f"{waiting} answers to grade by hand")
    penalty = sum(nb.late_submission_penalty or 0.0 for nb in submission.notebooks)
    if penalty:
        notes.append(f"late: {penalty:g} points off")
    return max(0.0, float(submission.score) - penalty), float(submission.max_score)


def ungraded_cells(submission: Any) -> list[str]:
    """Return the autograded cells of a submission without a score: it was cut off, or never run."""
    names = []
    for notebook in submission.notebooks:
        answers = {cell.name for cell in notebook.notebook.solution_cells}
        tests = {c.name for c in notebook.notebook.grade_cells if c.cell_type == "code"} - answers
        names += [g.name for g in notebook.grades if g.name in tests and g.auto_score is None]
    return names


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
