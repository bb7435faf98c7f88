"""An assignment's single source: solutions/NAME/NAME.py, read as an nbgrader source notebook."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.errors import CourseDirectoryError, NotebookError, UnknownNameError
from course_lib.grading.authoring.cell_faults import cell_faults
from course_lib.grading.authoring.percent import read_cells
from course_lib.grading.authoring.setup_cell import MARKER, setup_code
from course_lib.grading.notebook.format import KERNELSPEC, cell_id

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[3]
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"


@dataclass(frozen=True)
class Assignment:
    """One folder of solutions/."""

    name: str
    folder: Path

    @property
    def source(self) -> Path:
        """The py:percent file with answers and hidden tests."""
        return self.folder / f"{self.name}.py"


def find_assignments(solutions: Path, names: tuple[str, ...] = ()) -> list[Assignment]:
    """Return the assignments called `names` (all, if none is named), in order of their names.

    Raises: CourseDirectoryError without such a folder, UnknownNameError for a name not in it.
    """
    if not solutions.is_dir():
        raise CourseDirectoryError(
            "a folder with one folder an assignment, each with its NAME.py",
            str(solutions),
            "run the command in a clone of the course, or pass --solutions DIR",
        )
    found = {
        folder.name: Assignment(folder.name, folder)
        for folder in sorted(solutions.iterdir())
        if (folder / f"{folder.name}.py").is_file()
    }
    for name in names:
        if name not in found:
            raise UnknownNameError("assignment", name, list(found))
    return [found[name] for name in names] if names else list(found.values())


def read_source(assignment: Assignment, url: str = "") -> "NotebookNode":
    """Return the nbgrader source notebook: same source, same bytes.

    Raises: NotebookError when the file cannot be read as py:percent.
    """
    notebook = read_percent(assignment.source)
    for cell in notebook.cells:
        if cell.cell_type == "code" and MARKER in cell.source.splitlines():
            cell.source = setup_code(url)
            break
    _name_cells(notebook)
    return notebook


def read_percent(path: Path) -> "NotebookNode":
    """Return a percent file as a notebook: nbgrader metadata complete, nothing else kept.

    Raises: NotebookError with the line that cannot be read.
    """
    from nbformat import v4

    made = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
    try:
        cells = read_cells(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotebookError("a notebook as percent text", f"{path}: {error}", "mend it") from None
    faults = cell_faults(cells)
    if faults:
        listed = "\n  ".join(faults)
        raise NotebookError("cells that say one thing", f"{path}:\n  {listed}", "mend them")
    notebook = v4.new_notebook(
        metadata={"kernelspec": dict(KERNELSPEC), "language_info": {"name": "python"}}
    )
    for cell in cells:
        metadata = {}
        if cell.metadata.get("tags"):
            metadata["tags"] = cell.metadata["tags"]
        if cell.metadata.get("nbgrader"):
            metadata["nbgrader"] = _complete(cell.metadata["nbgrader"])
        notebook.cells.append(made[cell.kind](cell.source, metadata=metadata))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _complete(given: dict) -> dict:
    """Fill in what nbgrader wants in every cell and what a hand-written header may leave out."""
    meta = {"grade": False, "solution": False, "task": False, "schema_version": 3} | dict(given)
    meta.setdefault("locked", meta["grade"] and not meta["solution"])
    return meta


def _name_cells(notebook: "NotebookNode") -> None:
    """Give graded cells their grade_id as id, and the others one that follows their content."""
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.id = cell_id(grade_id) if grade_id else _content_id(cell)
        seen[cell.id] += 1
        if seen[cell.id] > 1:
            cell.id = f"{cell.id[:58]}-{seen[cell.id]}"


def _content_id(cell: "NotebookNode") -> str:
    return f"{cell.cell_type}-{hashlib.sha256(cell.source.encode()).hexdigest()[:8]}"
