"""HTML feedback by nbgrader's converter, with the hidden tests kept hidden."""

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseDirectoryError
from course_lib.grading.course_dir import Course
from course_lib.grading.regions import marker_of
from course_lib.grading.scoring import is_graded

if TYPE_CHECKING:
    from nbgrader.converters import GenerateFeedback


@dataclass(frozen=True)
class Feedback:
    """One student's pages, or the reason why there are none."""

    student: str
    pages: list[Path]
    reason: str = ""


def feedback(
    course: Course,
    assignment: str,
    students: Sequence[str] = (),
    *,
    show_hidden: bool = False,
    progress: bool = True,
) -> list[Feedback]:
    """Write feedback for everyone whose submission is graded; what was there is replaced.

    Raises: a CourseError before the first page is written, also when nothing is graded yet.
    """
    from tqdm import tqdm

    course.require_assignment(assignment)
    wanted = course.require_students(assignment, tuple(students))
    written = [
        _one(course, assignment, student, show_hidden)
        for student in tqdm(wanted, desc=assignment, unit="student", disable=not progress)
    ]
    if not any(one.pages for one in written):
        raise CourseDirectoryError(
            f"graded submissions of {assignment!r}",
            "none" + (f" ({written[0].reason})" if written else ""),
            f"run `course autograde {assignment}` first",
        )
    return written


def _one(course: Course, assignment: str, student: str, show_hidden: bool) -> Feedback:
    if not list(course.folder("autograded", assignment, student).glob("*.ipynb")):
        return Feedback(student, [], "not graded")
    converter = _converter(course, assignment, student, show_hidden)
    try:
        converter.start()
    except Exception as error:
        # one page that fails must not keep the others from being written
        reason = getattr(converter, "failure", None) or error
        return Feedback(student, [], f"{type(reason).__name__}: {reason}"[:200])
    return Feedback(student, sorted(course.folder("feedback", assignment, student).glob("*.html")))


def _converter(
    course: Course, assignment: str, student: str, show_hidden: bool
) -> "GenerateFeedback":
    from nbconvert.exporters import HTMLExporter
    from nbgrader.converters import GenerateFeedback
    from nbgrader.preprocessors import NbGraderPreprocessor

    class HideHiddenTests(NbGraderPreprocessor):
        """Leave of a hidden test its verdict and its message."""

        def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
            if cell.cell_type == "code" and is_graded(cell):
                hide(cell)
            return cell, resources

    class CourseFeedback(GenerateFeedback):
        """nbgrader's GenerateFeedback that remembers why a notebook failed."""

        failure: Exception | None = None

        def convert_single_notebook(self, notebook_filename: str) -> None:
            try:
                super().convert_single_notebook(notebook_filename)
            except Exception as error:
                self.failure = error
                raise

    converter = CourseFeedback(
        coursedir=course.directory(assignment, glob.escape(student)),
        config=course.config,
        exporter_class=HTMLExporter,
        force=True,  # nbgrader would keep the old page of a submission that was graded again
    )
    if not show_hidden:
        converter.preprocessors = [HideHiddenTests, *converter.preprocessors]
    return converter


def hide(cell: Any) -> None:
    """Take hidden tests out of a cell's source, and their source out of its traceback."""
    kept, inside, hidden = [], False, False
    for line in cell.source.splitlines():
        edge = marker_of(line)
        if edge and edge[1] != "SOLUTION":
            inside, hidden = edge[0] == "BEGIN", True
        elif not inside:
            kept.append(line)
    if not hidden:
        return
    cell.source = "\n".join(kept)
    for output in cell.outputs:
        if output.output_type == "error":
            message = output.evalue or "a test failed"
            output.traceback = [f"{output.ename}: {message}"]
