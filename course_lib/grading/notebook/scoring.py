"""nbgrader's scoring rule on plain data, and three differences on purpose.

An error or anything on stderr gives 0, a number as the last value gives that many points, all else
everything (`nbgrader.utils.determine_grade`). There, a number below 0, nan and numpy's numbers give
everything, and one above the cell's points ends the batch. Here, below 0 is 0; nan and what is
above the points go to a person; the numbers of numpy and torch are numbers.
"""

import numbers
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

ON_STDERR = "the test wrote on stderr, which counts as a failure"
# np.float64(1.5), array(1.5, dtype=float32), tensor(0.7500, grad_fn=<MeanBackward0>)
_SCALAR = re.compile(r"(?:np\.(?:float|int|uint)\w*|array|tensor)\(([^,()\[\]]+)(?:,[^\[\]]*)?\)")


def points(outputs: list[Any], most: float) -> float | None:
    """Return the points of an executed test; None where a person must decide."""
    number = _result(outputs, most)
    return max(0.0, number) if number <= most else None  # nan is not below anything


def remark(outputs: list[Any], most: float) -> str:
    """Return what to say of a test whose own number is none of its points; else nothing."""
    number = _result(outputs, most)
    if 0 <= number <= most:
        return ""
    return f"the test gave {number:g}, and its points are 0 to {most:g}"


def _result(outputs: list[Any], most: float) -> float:
    """Return what the first output says that decides."""
    for output in outputs:
        kind = output["output_type"]
        if kind == "error" or (kind == "stream" and output["name"] == "stderr"):
            return 0.0
        if kind == "execute_result":
            number = number_in(output["data"].get("text/plain", ""))
            return most if number is None else number
    return most


def number_in(text: str) -> float | None:
    """Return the number that a value's text shows, if it shows one."""
    match = _SCALAR.fullmatch(text.strip())
    try:
        return float(match[1] if match else text)
    except ValueError:
        return None


def as_number(value: Any) -> int | float | None:
    """Return a scalar as Python's own number: of Python, numpy or torch; None for all else."""
    if isinstance(value, bool):
        return None
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy is not None and isinstance(value, numpy.ndarray | numpy.generic):
        if value.ndim or value.dtype.kind not in "iuf":
            return None
        return value.item()
    if torch is not None and isinstance(value, torch.Tensor):
        if value.ndim or value.dtype == torch.bool or value.is_complex():
            return None
        return value.item()
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else None


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
        cell.metadata.nbgrader["grade_id"]: points(
            cell.outputs, float(cell.metadata.nbgrader["points"])
        )
        for cell in notebook.cells
        if is_autograded(cell)
    }
