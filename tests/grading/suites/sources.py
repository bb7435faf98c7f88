"""Three small courses: `tensors` (torch, 10 points), `basics` (two notebooks), and `wild`."""

import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from course_lib.grading.authoring.demo_class import generate_assignment
from course_lib.grading.authoring.release import student_notebook, to_bytes
from course_lib.grading.authoring.source import read_percent
from course_lib.grading.course.course_dir import Course, open_course
from course_lib.grading.course.files import write_whole
from course_lib.grading.notebook.regions import marker_of

HERE = Path(__file__).parent / "courses"
NOTEBOOKS = {
    "tensors": ("tensors",),
    "basics": ("first", "second"),
    "wild": ("language", "libraries"),
}
FILES = {"tensors": (), "basics": ("days.csv",), "wild": ()}
CONFIG = """\
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "suites"
c.ExecutePreprocessor.timeout = {timeout}
"""


@dataclass(frozen=True)
class Source:
    """An assignment: its notebooks with answers and hidden tests, and the files beside them."""

    assignment: str
    notebooks: dict[str, NotebookNode]
    files: dict[str, bytes]

    def graded(self) -> list[tuple[str, str]]:
        """Return (notebook, grade_id) of every cell with points, in order."""
        return [
            (name, cell.metadata.nbgrader.grade_id)
            for name, notebook in self.notebooks.items()
            for cell in notebook.cells
            if "points" in cell.metadata.get("nbgrader", {})
        ]


@cache
def read(assignment: str) -> Source:
    """Return an assignment; do not change its notebooks."""
    notebooks = {name: _read(name) for name in NOTEBOOKS[assignment]}
    files = {name: (HERE / name).read_bytes() for name in FILES[assignment]}
    return Source(assignment, notebooks, files)


def _read(name: str) -> NotebookNode:
    notebook = read_percent(HERE / f"{name}.py")
    for at, cell in enumerate(notebook.cells):
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id") or f"plain-{at}"
    return notebook


def released(assignment: str) -> dict[str, NotebookNode]:
    """Return the notebooks as students get them."""
    return {name: student_notebook(nb) for name, nb in read(assignment).notebooks.items()}


def solved(assignment: str) -> dict[str, NotebookNode]:
    """Return the notebooks as a student with every answer right hands them in."""
    notebooks = copy.deepcopy(_released_once(assignment))
    for name, source in read(assignment).notebooks.items():
        for mine, theirs in zip(notebooks[name].cells, source.cells, strict=True):
            meta = theirs.metadata.get("nbgrader", {})
            if meta.get("solution") and theirs.cell_type == "code":
                kept = [line for line in theirs.source.splitlines() if not marker_of(line)]
                mine.source = "\n".join(kept).rstrip()
    return notebooks


@cache
def _released_once(assignment: str) -> dict[str, NotebookNode]:
    return released(assignment)


def make_course(folder: Path, assignment: str, *, timeout: int = 60) -> Course:
    """Make a course directory with the assignment released and nothing handed in."""
    source = read(assignment)
    write_whole(folder / "nbgrader_config.py", CONFIG.format(timeout=timeout).encode())
    for name, notebook in source.notebooks.items():
        write_whole(folder / "source" / assignment / f"{name}.ipynb", to_bytes(notebook))
    for name, content in source.files.items():
        write_whole(folder / "source" / assignment / name, content)
    course = open_course(folder)
    generate_assignment(course, assignment)
    return course


def cell(notebook: NotebookNode, cell_id: str) -> NotebookNode:
    """Return the cell with this id."""
    return notebook.cells[position(notebook, cell_id)]


def position(notebook: NotebookNode, cell_id: str) -> int:
    """Return where the cell with this id stands."""
    return next(at for at, one in enumerate(notebook.cells) if one.get("id") == cell_id)


def code_cell(text: str, cell_id: str) -> NotebookNode:
    """Return a plain code cell."""
    new = nbformat.v4.new_code_cell(text)
    new["id"] = cell_id
    return new
