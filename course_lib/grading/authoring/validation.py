"""Run what instructors and learners have: the solution must get every point, the stub none."""

import contextlib
import logging
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.grading.authoring.leaks import check_source
from course_lib.grading.authoring.misconceptions import checks_by_task
from course_lib.grading.authoring.mutation import most_points
from course_lib.grading.authoring.source import Assignment, read_source
from course_lib.grading.notebook.scoring import graded_points

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL_SECONDS = 300
INTENDED = "raises-exception"  # the tag by which a notebook says that a cell is to fail


@dataclass
class Validation:
    """What came out of an assignment: points a test, seconds, and every fault in words."""

    name: str
    most: dict[str, float]
    solution: dict[str, float | None] = field(default_factory=dict)
    stub: dict[str, float | None] = field(default_factory=dict)
    seconds: tuple[float, float] = (0.0, 0.0)
    faults: list[str] = field(default_factory=list)


def validate(assignment: Assignment) -> Iterator[tuple[str, Validation]]:
    """Run solution and stub; yield after each, so that a caller can show progress."""
    source = read_source(assignment)
    check_source(source, assignment.name)
    result = Validation(assignment.name, most_points(source))
    started = time.monotonic()
    solved = run(source)
    result.solution = graded_points(solved)
    result.faults += _faults_of_solution(solved, result)
    middle = time.monotonic()
    result.seconds = (middle - started, 0.0)
    yield "solution", result
    stub = run(cleared(source))
    result.stub = graded_points(stub)
    result.faults += _faults_of_stub(stub, result)
    result.seconds = (middle - started, time.monotonic() - middle)
    yield "stub", result


def cleared(source: "NotebookNode") -> "NotebookNode":
    """Return the stub with all tests, as it would be graded if a learner handed it in untouched."""
    import copy

    from nbconvert.exporters.exporter import ResourcesDict
    from nbgrader.preprocessors import ClearSolutions

    return ClearSolutions().preprocess(copy.deepcopy(source), ResourcesDict())[0]


def run(notebook: "NotebookNode") -> "NotebookNode":
    """Execute a notebook with papermill, errors and all, in an empty folder; return the outcome."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.ipynb", Path(folder) / "after.ipynb"
        nbformat.write(notebook, before)
        # papermill raises at its end for the first error; by then the notebook is written
        with contextlib.suppress(PapermillExecutionError):
            papermill.execute_notebook(
                before,
                after,
                kernel_name=notebook.metadata.kernelspec.name,
                progress_bar=False,
                cwd=folder,
                allow_errors=True,
                execution_timeout=CELL_SECONDS,
                extra_arguments=["--IPKernelApp.log_level=40"],
            )
        return nbformat.read(after, as_version=4)


def _faults_of_solution(solved: "NotebookNode", result: Validation) -> list[str]:
    faults = [
        f"solution: {test} gives {result.solution.get(test)} of {most} points"
        for test, most in result.most.items()
        if result.solution.get(test) != most
    ]
    for cell in solved.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id
        error, intended = _error(cell), INTENDED in cell.metadata.get("tags", [])
        if intended and error is None:
            faults.append(f"solution: cell {name!r} is tagged {INTENDED!r} and raises nothing")
        elif error and not intended:
            faults.append(f"solution: cell {name!r} raises {error.ename}: {error.evalue[:100]}")
    return faults


def _faults_of_stub(stub: "NotebookNode", result: Validation) -> list[str]:
    faults = [
        f"stub: {test} gives {points} points for no work"
        for test, points in result.stub.items()
        if points
    ]
    for task, checks in checks_by_task(stub).items():
        # the first check of a task is where a learner who did nothing must be told so
        guarded = [cell for cell in checks if cell.metadata.get("nbgrader", {}).get("locked")]
        error = _error(guarded[0]) if guarded else None
        if not guarded:
            faults.append(f"stub: no check follows {task!r}")
        elif error is None or error.ename != "NotImplementedError":
            got = "no error" if error is None else f"{error.ename}: {error.evalue[:60]}"
            faults.append(f"stub: the check of {task!r} gives {got}, not NotImplementedError")
    return faults


def _error(cell: "NotebookNode") -> "NotebookNode | None":
    return next((o for o in cell.get("outputs", []) if o.output_type == "error"), None)
