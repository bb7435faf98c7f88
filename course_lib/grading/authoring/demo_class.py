"""A course to try grading on: one assignment, and a dozen students who each go wrong in one way."""

import copy
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.errors import CourseDirectoryError
from course_lib.grading.authoring.leaks import check_source
from course_lib.grading.authoring.release import student_notebook, to_bytes
from course_lib.grading.authoring.source import Assignment, read_source
from course_lib.grading.course.files import write_whole
from course_lib.grading.notebook.regions import marker_of
from course_lib.grading.notebook.scoring import is_graded, is_solution

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from course_lib.grading.course.course_dir import Course

CONFIG = """\
# An nbgrader course, made by `course demo-class`.
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "demo"
c.ExecutePreprocessor.timeout = {timeout}  # seconds a cell may take
"""

# a loop that no interrupt ends, and a plain one
STUBBORN = (
    "while True:\n    try:\n        sum(range(10**6))\n    except BaseException:\n        pass"
)
LOOP = "while True: pass"


@dataclass(frozen=True)
class Submission:
    """One simulated student."""

    student: str
    what: str
    content: bytes


def make_demo_class(
    folder: Path, assignment: Assignment, *, timeout: int = 60, empty: bool = False
) -> list[Submission]:
    """Make the course in `folder`: configuration, source, release, gradebook, submissions.

    empty: without submissions and students, as the start of a real course.

    Raises: CourseDirectoryError when the folder is there and not empty.
    """
    from course_lib.grading.course.course_dir import open_course

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseDirectoryError("a new or an empty folder", str(folder), "name another one")
    source = read_source(assignment)
    check_source(source, assignment.name)
    folder.mkdir(parents=True, exist_ok=True)
    name = assignment.name
    (folder / "nbgrader_config.py").write_text(CONFIG.format(timeout=timeout))
    write_whole(folder / "source" / name / f"{name}.ipynb", to_bytes(source))
    course = open_course(folder)
    generate_assignment(course, name)
    made = [] if empty else submissions(source)
    for one in made:
        write_whole(folder / "submitted" / one.student / name / f"{name}.ipynb", one.content)
    with course.gradebook() as gradebook:
        for one in made:
            gradebook.update_or_create_student(one.student)
    return made


def generate_assignment(course: "Course", name: str) -> None:
    """Release an assignment and enter it into the gradebook, as `nbgrader generate_assignment`."""
    from nbgrader.converters import GenerateAssignment

    # nbgrader calls `alembic` by name to make a gradebook: it lies beside this Python
    path = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        GenerateAssignment(
            coursedir=course.directory(name), config=course.config, force=True
        ).start()
    except Exception as error:
        raise CourseDirectoryError(
            f"a source of {name!r} that nbgrader can release",
            f"{type(error).__name__}: {error}",
            f"run `nbgrader generate_assignment {name}` in {course.root} to see why",
        ) from error
    finally:
        os.environ["PATH"] = path


def submissions(source: "NotebookNode") -> list[Submission]:
    """Return the class; every notebook is made from the source alone, so any assignment will do."""
    solved, blank = _solved(source), student_notebook(source)
    tasks = [
        i for i, cell in enumerate(blank.cells) if is_solution(cell) and cell.cell_type == "code"
    ]
    tests = [i for i, cell in enumerate(blank.cells) if is_graded(cell) and not is_solution(cell)]
    first, last = tasks[0], tasks[-1]

    def change(base: "NotebookNode", edit: Callable[["NotebookNode"], object]) -> bytes:
        notebook = copy.deepcopy(base)
        edit(notebook)
        return to_bytes(notebook)

    def write(at: int, text: str) -> Callable[["NotebookNode"], object]:
        return lambda nb: nb.cells[at].update(source=text)

    def inside(at: int, code: str) -> Callable[["NotebookNode"], object]:
        return write(at, _with_code(source.cells[at].source, code))

    def solve(chosen: list[int]) -> bytes:
        return change(
            blank, lambda nb: [nb.cells[i].update(source=solved.cells[i].source) for i in chosen]
        )

    half = len(tasks) // 2
    broken = solved.cells[first].source + "\n(  # never closed"
    return [
        Submission("perfect", "everything right", to_bytes(solved)),
        Submission("first_task_only", "the first task, then nothing", solve([first])),
        Submission("first_half", "the first half of the tasks", solve(tasks[:half])),
        Submission("blank", "the notebook as it was given out", to_bytes(blank)),
        Submission(
            "wrong_answer",
            "the first answer returns None",
            change(solved, inside(first, "return None")),
        ),
        Submission(
            "broken_syntax", "the first answer does not parse", change(solved, write(first, broken))
        ),
        Submission(
            "runtime_error",
            "the last answer divides by zero",
            change(solved, inside(last, "1 / 0")),
        ),
        Submission(
            "noisy", "right, with a warning on stderr", change(solved, inside(first, _NOISE))
        ),
        Submission(
            "infinite_loop", "the last answer never returns", change(solved, inside(last, LOOP))
        ),
        Submission(
            "stubborn_loop",
            "the same, and deaf to interrupts",
            change(solved, inside(last, STUBBORN)),
        ),
        Submission(
            "kernel_killer", "the last answer ends the kernel", change(solved, inside(last, _KILL))
        ),
        Submission(
            "duplicated_cells",
            "first answer and first test twice",
            change(solved, _twice(first, tests[0])),
        ),
        Submission(
            "deleted_test",
            "the first test is gone",
            change(solved, lambda nb: nb.cells.pop(tests[0])),
        ),
        Submission("lost_metadata", "right, from an editor that drops it", change(solved, _strip)),
        Submission(
            "not_a_notebook", "a text file with a notebook's name", b"This is my homework.\n"
        ),
    ]


_NOISE = "import warnings\nwarnings.warn('noisy, and right')"
_KILL = "import os\nos._exit(1)"


def _solved(source: "NotebookNode") -> "NotebookNode":
    """Return the student's notebook with every answer filled in."""
    notebook = student_notebook(source)
    for mine, theirs in zip(notebook.cells, source.cells, strict=True):
        if is_solution(theirs):
            lines = [line for line in theirs.source.splitlines() if not marker_of(line)]
            mine.source = "\n".join(lines)
    return notebook


def _with_code(source: str, code: str) -> str:
    """Return an answer with `code` at its beginning, the markers taken out."""
    lines = []
    for line in source.splitlines():
        edge = marker_of(line)
        if edge is None:
            lines.append(line)
        elif edge[0] == "BEGIN":
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + part for part in code.splitlines()]
    return "\n".join(lines)


def _twice(*positions: int) -> Callable[["NotebookNode"], None]:
    def edit(notebook: "NotebookNode") -> None:
        for at in sorted(positions, reverse=True):
            twin = copy.deepcopy(notebook.cells[at])
            twin["id"] = f"{twin['id'][:58]}-copy"
            notebook.cells.insert(at + 1, twin)

    return edit


def _strip(notebook: "NotebookNode") -> None:
    """Do what a round trip through some editors does: no cell metadata, other ids."""
    from nbformat import NotebookNode

    for i, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode()
        cell["id"] = f"other-{i}"
