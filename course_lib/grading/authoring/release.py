"""solutions/ -> exercises/: the student's notebook, by nbgrader's own preprocessors."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.errors import ReleaseLeakError
from course_lib.grading.authoring.leaks import check_release, check_source
from course_lib.grading.authoring.setup_cell import repository_url
from course_lib.grading.authoring.source import ROOT, Assignment, read_source
from course_lib.grading.course.files import write_whole
from course_lib.grading.notebook.scoring import is_graded, is_solution

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Released:
    """What became of one assignment: `state` is written, unchanged or stale."""

    name: str
    path: Path
    state: str
    tasks: int
    points: float


def student_notebook(source: "NotebookNode") -> "NotebookNode":
    """Return what a student gets; the order is that of nbgrader's GenerateAssignment.

    Raises: ReleaseLeakError when a preprocessor of nbgrader rejects the notebook.
    """
    from nbgrader import preprocessors

    steps = (
        "LockCells ClearSolutions ClearOutput CheckCellMetadata ComputeChecksums "
        "ClearHiddenTests ClearMarkScheme ComputeChecksums CheckCellMetadata"
    ).split()
    student, resources = copy.deepcopy(source), {}
    for step in steps:
        try:
            student, resources = getattr(preprocessors, step)().preprocess(student, resources)
        except Exception as error:
            raise ReleaseLeakError(
                f"a notebook that nbgrader's {step} accepts", str(error), "mend the source"
            ) from error
    return student


def released_bytes(assignment: Assignment, url: str) -> tuple["NotebookNode", bytes]:
    """Return the source notebook and the bytes of the student's; refuse to leak."""
    source = read_source(assignment, url)
    check_source(source, assignment.name)
    student = student_notebook(source)
    check_release(source, student, assignment.name)
    return source, to_bytes(student)


def to_bytes(notebook: "NotebookNode") -> bytes:
    """Return a notebook as JSON in one spelling: sorted keys, one space, a newline at the end."""
    import nbformat
    from nbformat.v4.rwbase import split_lines

    nbformat.validate(notebook)
    split = split_lines(copy.deepcopy(notebook))
    text = json.dumps(split, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def release(
    assignments: list[Assignment],
    exercises: Path,
    *,
    check: bool = False,
    config_file: Path = ROOT / "_config.yml",
) -> list[Released]:
    """Write the student's notebook of each assignment, or with `check` only compare.

    All are made before the first is written: one leak and nothing changes.
    """
    url = repository_url(config_file)
    made = [(assignment, *released_bytes(assignment, url)) for assignment in assignments]
    released = []
    for assignment, source, content in made:
        path = exercises / assignment.name / f"{assignment.name}.ipynb"
        same = path.is_file() and path.read_bytes() == content
        if not same and not check:
            write_whole(path, content)
        tasks = sum(is_solution(cell) for cell in source.cells)
        points = sum(float(c.metadata.nbgrader["points"]) for c in source.cells if is_graded(c))
        state = "unchanged" if same else "stale" if check else "written"
        released.append(Released(assignment.name, path, state, tasks, points))
    return released
