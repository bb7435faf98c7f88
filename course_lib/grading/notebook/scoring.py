"""nbgrader's scoring rule, asked of nbgrader itself."""

import contextlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

_QUIET = logging.getLogger("course_lib.grading.notebook.scoring")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


def score(cell: "NotebookNode") -> tuple[float | None, float]:
    """Return (points, most points) of an executed graded cell; None where a person must grade.

    An error or anything on stderr gives 0, a number as result gives that many points, everything
    else full marks (`nbgrader.utils.determine_grade`).
    """
    from nbgrader.utils import determine_grade

    with contextlib.suppress(ValueError, KeyError):
        points, most = determine_grade(cell, _QUIET)
        return (None if points is None else float(points)), float(most)
    # a number above the cell's points: nbgrader stops the whole batch there
    return None, float(cell.metadata.nbgrader["points"])


def is_graded(cell: "NotebookNode") -> bool:
    """Whether the cell carries points."""
    return bool(cell.metadata.get("nbgrader", {}).get("grade"))


def is_solution(cell: "NotebookNode") -> bool:
    """Whether the learner writes in this cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_autograded(cell: "NotebookNode") -> bool:
    """Whether running the cell decides its points."""
    return is_graded(cell) and not is_solution(cell) and cell.cell_type == "code"


def graded_points(notebook: "NotebookNode") -> dict[str, float | None]:
    """Return the points of each autograded cell of an executed notebook, by grade_id."""
    return {
        cell.metadata.nbgrader["grade_id"]: score(cell)[0]
        for cell in notebook.cells
        if is_autograded(cell)
    }
