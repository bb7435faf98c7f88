"""HTML feedback: answers, points, and of a failed hidden test its message alone."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseDirectoryError
from course_lib.grading.course.course_dir import Course
from course_lib.grading.course.files import write_whole
from course_lib.grading.course.gradesheet import Sheets, read_sheets
from course_lib.grading.course.markers import markers_of
from course_lib.grading.course.nbgrader_settings import penalty_now
from course_lib.grading.notebook.regions import MARKERS, Markers, without_hidden
from course_lib.grading.notebook.scoring import is_solution

if TYPE_CHECKING:
    from course_lib.grading.reports.feedback_page import PageMaker

TELLING = 8  # characters of a hidden line that are enough to give it away


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

    from course_lib.grading.reports.feedback_page import PageMaker

    course.require_assignment(assignment)
    wanted = course.require_students(assignment, tuple(students))
    with course.gradebook() as gradebook:
        sheets = read_sheets(gradebook, assignment, penalty_now(course, assignment))
    maker = PageMaker(_nbgrader_config(course, assignment))
    hidden = None if show_hidden else markers_of(course.config)
    written = [
        _one(course, assignment, student, sheets, maker, hidden)
        for student in tqdm(wanted, desc=assignment, unit="student", disable=not progress)
    ]
    if not any(one.pages for one in written):
        raise CourseDirectoryError(
            f"graded submissions of {assignment!r}",
            "none" + (f" ({written[0].reason})" if written else ""),
            f"run `course autograde {assignment}` first",
        )
    return written


def _nbgrader_config(course: Course, assignment: str) -> Any:
    """Return the course's configuration with what nbgrader's converter adds: its template."""
    from nbgrader.converters import GenerateFeedback

    return GenerateFeedback(coursedir=course.directory(assignment), config=course.config).config


def _one(
    course: Course,
    assignment: str,
    student: str,
    sheets: Sheets,
    maker: "PageMaker",
    hidden: Markers | None,
) -> Feedback:
    graded = course.folder("autograded", assignment, student)
    names = sorted(path.stem for path in graded.glob("*.ipynb") if (student, path.stem) in sheets)
    if not names:
        return Feedback(student, [], "not graded")
    folder, pages = course.folder("feedback", assignment, student), []
    try:
        for name in names:
            notebook = _read(graded / f"{name}.ipynb")
            if hidden is not None:
                hide_tests(notebook, hidden)
            page = maker.page(notebook, sheets[student, name])
            pages.append(folder / f"{name}.html")
            write_whole(pages[-1], page.encode("utf-8", "replace"))
    except Exception as error:
        # one page that fails must not keep the others from being written
        return Feedback(student, pages, f"{type(error).__name__}: {error}"[:200])
    if (graded / "timestamp.txt").is_file():  # `nbgrader release_feedback` wants it there
        shutil.copyfile(graded / "timestamp.txt", folder / "timestamp.txt")
    for stale in set(folder.glob("*.html")) - set(pages):
        stale.unlink()
    return Feedback(student, pages)


def _read(path: Path) -> Any:
    """Return an autograded notebook; nbformat's check of the schema takes longer than the page."""
    from nbformat import convert, reader

    return convert(reader.reads(path.read_text(encoding="utf-8")), 4)


def hide_tests(notebook: Any, markers: Markers = MARKERS) -> None:
    """Take hidden tests out of the sources, and their lines out of everything printed."""
    hidden = set()
    for cell in notebook.cells:
        if not is_solution(cell):
            hidden |= hide(cell, markers)
    telling = [line for line in hidden if len(line) >= TELLING and set("=(") & set(line)]
    telling.sort(key=len, reverse=True)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            _scrub(output, telling)


def hide(cell: Any, markers: Markers = MARKERS) -> set[str]:
    """Take hidden tests and marking schemes out of a source; return their lines.

    Of an error in such a test its message stays.
    """
    lines = cell.source.split("\n")
    kept = without_hidden(cell.source, markers)
    if kept == cell.source:
        return set()
    cell.source = kept.rstrip()
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            if output.ename == "NotImplementedError" and not output.evalue:
                said = "Not answered: a cell still says raise NotImplementedError."
            else:
                said = f"{output.ename}: {output.evalue or 'a test failed'}"
            output.traceback = [said]
    return {line.strip() for line in lines} - {line.strip() for line in kept.split("\n")}


def _scrub(output: Any, lines: list[str]) -> None:
    """Replace whole lines of hidden tests: a warning quotes the line that raised it."""
    for holder, key in _texts(output):
        text = holder[key]
        for line in lines:
            if line in text:
                text = text.replace(line, "(a line of a hidden test)")
        holder[key] = text


def _texts(output: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (holder, key) of every text in an output; a text in pieces is joined first."""
    if output.output_type == "error":
        yield output, "evalue"
        for at in range(len(output.traceback)):
            yield output.traceback, at
        return
    holder = output if output.output_type == "stream" else output.data
    for key in ["text"] if output.output_type == "stream" else list(holder):
        value = holder[key]
        if isinstance(value, list):
            holder[key] = value = "".join(map(str, value))
        if isinstance(value, str) and not key.startswith(("image/p", "image/j", "image/g")):
            yield holder, key
