"""An assignment's notebooks as they were given out: from gradebook, source and release."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_lib.errors import CourseDirectoryError
from course_lib.grading.course.markers import markers_of
from course_lib.grading.intake.source_cell import SourceCell
from course_lib.grading.intake.work import BundleCell, BundleNotebook
from course_lib.grading.notebook.format import cell_id
from course_lib.grading.notebook.regions import MARKERS, Markers, marker_of, without_hidden

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from course_lib.grading.course.course_dir import Course

SHARED_TAG = "shared-process"


def expected_notebooks(course: "Course", assignment: str) -> tuple[BundleNotebook, ...]:
    """Return the notebooks that the gradebook knows, in nbgrader's order.

    Test cells come from the gradebook, as nbgrader's OverwriteCells takes them; what the gradebook
    does not keep (given cells, answers, order) comes from the source notebook.

    Raises: CourseDirectoryError for a source that cannot be read.
    """
    markers = markers_of(course.config)
    with course.gradebook() as gradebook:
        known = {
            notebook.name: _known_cells(notebook, markers)
            for notebook in gradebook.find_assignment(assignment).notebooks
        }
    source, release = course.folder("source", assignment), course.folder("release", assignment)
    return tuple(
        _notebook(source / f"{name}.ipynb", _as_released(release / f"{name}.ipynb", cells), markers)
        for name, cells in in_order(known)
    )


def in_order(known: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return notebooks in nbgrader's order, which is that of their file names."""
    return sorted(known.items(), key=lambda one: f"{one[0]}.ipynb")


def notebook_of(name: str, source: "NotebookNode") -> BundleNotebook:
    """Return a source notebook that is in no course directory."""
    cells = tuple(_cell(cell, _as_gradebook(cell), MARKERS) for cell in source.cells)
    return BundleNotebook(name, cells, dict(source.metadata.get("kernelspec", {})))


def _known_cells(notebook: Any, markers: Markers) -> dict[str, SourceCell]:
    """Return what the gradebook has of a notebook's cells, by name."""
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    answers = {cell.name for cell in notebook.solution_cells}
    return {
        cell.name: SourceCell(
            name=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            visible=without_hidden(cell.source or "", markers),
            grade=cell.name in points,
            solution=cell.name in answers,
            task=cell.name in tasks,
            locked=bool(cell.locked),
            points=points.get(cell.name, tasks.get(cell.name)),
            checksum=cell.checksum,
        )
        for cell in notebook.source_cells
    }


def _as_released(path: Path, known: dict[str, SourceCell]) -> dict[str, SourceCell]:
    """Return the cells with the text that was handed out, where the release is there to ask.

    A course may have preprocessors of its own: what they leave of a test is nobody's edit.
    """
    import nbformat

    try:
        release = nbformat.read(path, as_version=4)
    except Exception:
        return known  # none, or none that can be read: the delimiters say what was left
    found = dict(known)
    for cell in release.cells:
        name = _meta(cell).get("grade_id")
        if name in found:
            found[name] = replace(found[name], visible=cell.source)
    return found


def _notebook(path: Path, known: dict[str, SourceCell], markers: Markers) -> BundleNotebook:
    import nbformat

    try:
        source = nbformat.read(path, as_version=4)
    except Exception as error:
        raise CourseDirectoryError(
            f"the source notebook {path}",
            f"{type(error).__name__}: {error}"[:200],
            "put it back, or remove the notebook from the gradebook",
        ) from None
    kernel = dict(source.metadata.get("kernelspec", {}))
    language = source.metadata.get("language_info", {}).get("name") or kernel.get("language")
    if str(language or "python").lower() not in ("python", "ipython"):
        raise CourseDirectoryError(
            "a notebook in Python", f"{path.name} in {language}", "grade it by `nbgrader autograde`"
        )
    left, cells = dict(known), []
    for cell in source.cells:
        cells.append(_cell(cell, left.pop(str(_meta(cell).get("grade_id")), None), markers))
    # in the gradebook only: the source was edited since it was released
    cells += [BundleCell(cell_id(c.name), c.cell_type, c.source, c) for c in left.values()]
    return BundleNotebook(path.stem, tuple(cells), kernel)


def _cell(cell: "NotebookNode", known: SourceCell | None, markers: Markers) -> BundleCell:
    own_id, source, asked = str(cell.get("id") or ""), cell.source, False
    if known is not None:
        known = replace(known, cell_id=own_id)
        if known.grade and not known.solution:
            asked = SHARED_TAG in cell.metadata.get("tags", [])
        source = source if known.solution else known.source
    edges = {marker_of(line, markers) for line in source.split("\n")}
    # a solution without a region is handed out as a stub, and a stub as it stands
    replaced = known is not None and known.solution and source.strip() != known.source.strip()
    return BundleCell(
        own_id or cell_id(known.name if known else "cell"),
        cell.cell_type,
        source,
        known,
        "its source asks for it" if asked else "",
        # a region in a cell that is marked as nothing, which ClearSolutions.enforce_metadata allows
        answer=("BEGIN", "SOLUTION") in edges or replaced,
    )


def _as_gradebook(cell: "NotebookNode") -> SourceCell | None:
    """Return what the gradebook would have of a cell."""
    meta = _meta(cell)
    if not meta.get("grade_id"):
        return None
    return SourceCell(
        name=meta["grade_id"],
        cell_type=cell.cell_type,
        source=cell.source,
        visible=without_hidden(cell.source),
        grade=bool(meta.get("grade")),
        solution=bool(meta.get("solution")),
        task=bool(meta.get("task")),
        locked=bool(meta.get("locked")),
        points=float(meta["points"]) if "points" in meta else None,
        checksum=None,
    )


def _meta(cell: "NotebookNode") -> dict:
    """Return a cell's nbgrader metadata: some have none, and some no name."""
    return cell.metadata.get("nbgrader") or {}
