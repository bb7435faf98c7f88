"""Would a student's notebook show an answer or a hidden test? Asked before anything is written."""

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING

from course_lib.errors import ReleaseLeakError
from course_lib.grading.notebook.regions import (
    SecretLine,
    label,
    marker_faults,
    marker_of,
    secret_lines,
)

if TYPE_CHECKING:
    from nbformat import NotebookNode

# ends a line of an answer or a hidden test that the learner is meant to see elsewhere as well
SHOWN = "# shown"


def check_source(source: "NotebookNode", name: str) -> None:
    """Raise ReleaseLeakError for faulty markers and for code that does not parse."""
    faults = marker_faults(source)
    for cell in source.cells:
        if cell.cell_type == "code":
            fault = syntax_fault(cell.source)
            faults += [f"cell {label(cell)!r} does not parse: {fault}"] if fault else []
    _refuse(name, "balanced markers and cells that parse", faults)


def check_release(source: "NotebookNode", student: "NotebookNode", name: str) -> None:
    """Raise ReleaseLeakError where the student's notebook shows what it must not."""
    faults: list[str] = []
    shown = [(label(cell), line) for cell in student.cells for line in cell.source.splitlines()]
    faults += [
        f"cell {where!r} still holds the marker {line.strip()!r}"
        for where, line in shown
        if marker_of(line)
    ]
    for cell in student.cells:
        if cell.cell_type == "code":
            if cell.outputs or cell.execution_count is not None:
                faults.append(f"cell {label(cell)!r} has outputs")
            fault = syntax_fault(cell.source)
            if fault:
                faults.append(f"cell {label(cell)!r} does not parse once cleared: {fault}")
    faults += _stubs_without_error(student)
    faults += _leaks(source, shown)
    _refuse(name, "a student's notebook without answers and hidden tests", faults)


def _leaks(source: "NotebookNode", shown: list[tuple[str, str]]) -> list[str]:
    """Return one fault for each line of a region that the student could read.

    Two ways to leak. Clearing failed: a line stands in its own cell more often than the source
    has it outside the regions. Or the author repeated a telling line in another cell.
    """
    outside = Counter((cell, _squeeze(line)) for cell, line in _outside(source))
    faults = []
    in_student = Counter((cell, _squeeze(line)) for cell, line in shown)
    everywhere = [(cell, _squeeze(line)) for cell, line in shown]
    for secret in secret_lines(source):
        text = _squeeze(secret.text)
        if in_student[secret.cell, text] > outside[secret.cell, text]:
            faults.append(
                f"cell {secret.cell!r} was not cleared of the {secret.kind} {secret.text!r}"
            )
        elif is_telling(secret):
            faults += [
                f"the {secret.kind} {secret.text!r} of cell {secret.cell!r} also stands in cell "
                f"{cell!r}; change one of them, or, where it is meant, end the line in the region "
                f"with {SHOWN!r}"
                for cell, line in everywhere
                if text in line
            ]
    return list(dict.fromkeys(faults))


def is_telling(secret: SecretLine) -> bool:
    """Whether a line gives something away: not an import, a bracket or a line that any code has."""
    text = secret.text
    if text.endswith(SHOWN) or re.match(r"(import|from|def|class|@|#|\"\"\")", text):
        return False
    words = len(re.findall(r"\w+", text))
    if secret.kind == "hidden test" and not text.startswith("assert"):
        # drawing inputs is no secret; comparing them with the answer is
        return words >= 8 and " = " not in text
    return words >= 4 and len(text) >= 20


def syntax_fault(source: str) -> str | None:
    """Return the syntax error of a cell as IPython would run it (magics included), or None."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    return None


def _stubs_without_error(student: "NotebookNode") -> list[str]:
    return [
        f"cell {label(cell)!r} is to be solved and does not raise NotImplementedError"
        for cell in student.cells
        if cell.cell_type == "code"
        and cell.metadata.get("nbgrader", {}).get("solution")
        and "raise NotImplementedError" not in cell.source
    ]


def _outside(source: "NotebookNode") -> list[tuple[str, str]]:
    lines = []
    for cell in source.cells:
        inside = False
        for line in cell.source.splitlines():
            edge = marker_of(line)
            inside = edge[0] == "BEGIN" if edge else inside
            if not edge and not inside:
                lines.append((label(cell), line))
    return lines


def _squeeze(line: str) -> str:
    return re.sub(r"\s+", "", line)


def _refuse(name: str, expected: str, faults: list[str]) -> None:
    if faults:
        listed = "\n  ".join(faults)
        raise ReleaseLeakError(
            expected,
            f"{name}:\n  {listed}",
            f"mend solutions/{name}/{name}.py; nothing was written",
        )
