"""What was expected of a submission, what came, and whether it can be graded at all."""

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import NotebookError
from course_lib.grading.regions import marker_of
from course_lib.grading.repair import SourceCell

if TYPE_CHECKING:
    from course_lib.grading.course_dir import Course

SIZE_LIMIT = 20_000_000  # bytes: a notebook with its figures stays far below


def expected_cells(
    course: "Course", gradebook: Any, assignment: str
) -> dict[str, list[SourceCell]]:
    """Return what the gradebook knows of each notebook's cells, in the order of the source."""
    found = {}
    for notebook in gradebook.find_assignment(assignment).notebooks:
        points = {cell.name: cell.max_score for cell in notebook.grade_cells}
        tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
        answers = {cell.name for cell in notebook.solution_cells}
        cells = [
            SourceCell(
                name=cell.name,
                cell_type=cell.cell_type,
                source=cell.source or "",
                visible=_without_hidden(cell.source or ""),
                grade=cell.name in points,
                solution=cell.name in answers,
                task=cell.name in tasks,
                locked=bool(cell.locked),
                points=points.get(cell.name, tasks.get(cell.name)),
                checksum=cell.checksum,
            )
            for cell in notebook.source_cells
        ]
        # the gradebook promises no order; the source notebook has it
        path = course.folder("source", assignment) / f"{notebook.name}.ipynb"
        order = {name: i for i, name in enumerate(_grade_ids(path))}
        found[notebook.name] = sorted(cells, key=lambda cell: order.get(cell.name, len(order)))
    return found


def check_submission(folder: Path, expected: list[str]) -> list[str]:
    """Return notes on notebooks that are missing.

    Raises: NotebookError when nothing gradable was handed in: no notebook of the right name, a
    file that is no notebook, a link that leads out of the folder, a file beyond the limit.
    """
    there = sorted(path.stem for path in folder.glob("*.ipynb"))
    missing = [name for name in expected if name not in there]
    if len(missing) == len(expected):
        raise NotebookError(
            " and ".join(f"{name}.ipynb" for name in expected),
            ", ".join(f"{name}.ipynb" for name in there) or "no notebook",
            "if one of them is the answer, rename it and grade again",
        )
    for name in expected:
        if name not in missing:
            check_notebook(folder / f"{name}.ipynb")
    return [f"{name}.ipynb was not handed in: 0 points" for name in missing]


def check_notebook(path: Path) -> None:
    """Raise NotebookError unless the file is a notebook of a sane size inside its folder."""
    import nbformat

    again = "ask for the notebook again"
    if not path.resolve().is_relative_to(path.parent.resolve()):
        raise NotebookError(f"a notebook at {path.name}", "a link out of the submission", again)
    size = path.stat().st_size
    if size > SIZE_LIMIT:
        raise NotebookError(
            f"a notebook of at most {SIZE_LIMIT // 1_000_000} MB",
            f"{path.name} of {size // 1_000_000} MB",
            "clear its outputs and grade again",
        )
    try:
        content = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(content, as_version=4)
        nbformat.validate(notebook, relax_add_props=True)
    except Exception as error:
        # nbformat lets anything through: JSON errors, KeyError, AttributeError, its own
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise NotebookError(f"a Jupyter notebook in {path.name}", reason[0][:120], again) from None
    if not notebook.cells:
        raise NotebookError(f"cells in {path.name}", "none", again)


def submission_key(folder: Path, cells: dict[str, list[SourceCell]]) -> str:
    """Return a hash of what decides a score: every file handed in, and the source's cells."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for notebook in sorted(cells):
        for cell in cells[notebook]:
            digest.update(repr((notebook, cell)).encode())
    return digest.hexdigest()


def _without_hidden(source: str) -> str:
    kept, hidden = [], False
    for line in source.splitlines():
        edge = marker_of(line)
        if edge and edge[1] != "SOLUTION":
            hidden = edge[0] == "BEGIN"
        elif not hidden:
            kept.append(line)
    return "\n".join(kept)


def _grade_ids(path: Path) -> list[str]:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        ids = [cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") for cell in cells]
    except (OSError, ValueError, KeyError):
        return []
    return [name for name in ids if name]
