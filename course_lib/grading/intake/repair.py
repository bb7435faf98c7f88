"""Put a submitted notebook in order before nbgrader sees it.

Cells travel: they are copied twice, deleted, moved, and lose their metadata in other editors. What
the gradebook knows of the source decides: each of its cells is looked for by grade_id, by cell id,
by its text, and an answer by the names it defines. Test cells always come from the gradebook.
"""

import copy
from typing import TYPE_CHECKING

from course_lib.grading.intake.claim import claim
from course_lib.grading.intake.source_cell import Outline, Report, SourceCell
from course_lib.grading.notebook.format import cell_id

if TYPE_CHECKING:
    from nbformat import NotebookNode

# before an answer for a person's eyes that was not found; the text is no longer the stub's
NOT_FOUND = "This answer was not found in what was handed in; the cell was put back."


def repair(notebook: "NotebookNode", outline: Outline, report: Report) -> None:
    """Mend `notebook` in place: every cell that the gradebook knows once, in the source's order."""
    expected = [cell for cell in outline if isinstance(cell, SourceCell)]
    claims = claim(notebook, outline, report)
    report.found += len(claims)
    _clean(notebook, claims, {cell.source.strip() for cell in expected if cell.solution})
    if claims:  # else another notebook, or none of ours: the caller says so
        _sort(notebook, expected, report)
        _restore(notebook, expected, report)


def _clean(notebook: "NotebookNode", claims: dict[str, int], stubs: set[str]) -> None:
    """Mark claimed cells with their name, take the name from the others, drop plain copies."""
    names = {at: name for name, at in claims.items()}
    kept, texts = [], stubs | {notebook.cells[at].source.strip() for at in names}
    for at, cell in enumerate(notebook.cells):
        cell.metadata.pop("nbgrader", None)
        is_copy = cell.metadata.pop("course_copy", False)
        if at in names:
            cell.metadata["course_name"] = names[at]
        elif is_copy and cell.source.strip() in texts:
            continue
        kept.append(cell)
    notebook.cells = kept


def _sort(notebook: "NotebookNode", expected: list[SourceCell], report: Report) -> None:
    """Put known cells in the source's order; each takes the plain cells behind it along."""
    order = {cell.name: i for i, cell in enumerate(expected)}
    blocks: list[tuple[int, list[NotebookNode]]] = [(-1, [])]
    for cell in notebook.cells:
        name = cell.metadata.get("course_name")
        if name is not None:
            blocks.append((order[name], []))
        blocks[-1][1].append(cell)
    ranks = [rank for rank, _ in blocks]
    if ranks != sorted(ranks):
        report.notes.append("cells put back in the order of the source")
        blocks.sort(key=lambda block: block[0])
        notebook.cells = [cell for _, block in blocks for cell in block]


def _restore(notebook: "NotebookNode", expected: list[SourceCell], report: Report) -> None:
    """Give known cells their metadata, tests their text, and put missing tests back."""
    present = {c.metadata["course_name"]: c for c in notebook.cells if "course_name" in c.metadata}
    at = -1
    for wanted in expected:
        cell = present.get(wanted.name)
        if cell is not None:
            at = next(i for i, known in enumerate(notebook.cells) if known is cell)
            del cell.metadata["course_name"]
            _look(cell, wanted, report)
            if wanted.solution or wanted.task:
                notebook.cells[at] = _own(cell, wanted, report)
            else:
                fresh = notebook.cells[at] = _fresh(wanted)
                if "attachments" in cell and wanted.cell_type == "markdown":
                    fresh["attachments"] = cell["attachments"]  # the gradebook has no pictures
        elif wanted.grade or wanted.task or (wanted.locked and not wanted.solution):
            at += 1
            notebook.cells.insert(at, _fresh(wanted))
            if wanted.solution:
                mark = "# " if wanted.cell_type == "code" else ""
                notebook.cells[at].source = f"{mark}{NOT_FOUND}\n\n{wanted.source}"
            elif wanted.grade:
                report.notes.append(f"the test {wanted.name!r} was missing: put back")


def _look(cell: "NotebookNode", wanted: SourceCell, report: Report) -> None:
    """Say what is different from what was given out."""
    if wanted.grade and not wanted.solution and _edited(cell, wanted):
        report.flags.append(f"the test {wanted.name!r} was edited; the source's one ran")
    elif wanted.locked and not wanted.solution and _edited(cell, wanted):
        report.notes.append(f"the given cell {wanted.name!r} was edited; the source's one ran")


def _own(cell: "NotebookNode", wanted: SourceCell, report: Report) -> "NotebookNode":
    """Return a cell in which the student writes, as the kind of cell that it was given out as."""
    own = copy.deepcopy(cell)
    if own.cell_type != wanted.cell_type:
        report.notes.append(
            f"the answer {wanted.name!r} had become a {own.cell_type} cell: turned back into"
            f" {wanted.cell_type}"
        )
        own = _cell(wanted, own.source)
        own["id"] = cell["id"]
    own.metadata["nbgrader"] = wanted.metadata()
    return own


def _edited(cell: "NotebookNode", wanted: SourceCell) -> bool:
    text = "".join(cell.source.split())
    return text not in ("".join(wanted.visible.split()), "".join(wanted.source.split()))


def _fresh(wanted: SourceCell) -> "NotebookNode":
    """Return the cell as the source has it."""
    return _cell(wanted, wanted.source)


def _cell(wanted: SourceCell, source: str) -> "NotebookNode":
    from nbformat import NotebookNode, from_dict

    cell = {
        "cell_type": wanted.cell_type,
        "id": cell_id(wanted.name),
        "metadata": {"deletable": False, "nbgrader": wanted.metadata()},
        "source": source,
    }
    if wanted.cell_type == "code":
        cell |= {"outputs": [], "execution_count": None}
    made = from_dict(cell)
    assert isinstance(made, NotebookNode)
    return made
