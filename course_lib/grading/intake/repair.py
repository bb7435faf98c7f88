"""Put a submitted notebook in order before nbgrader sees it.

Cells travel: they are copied twice, deleted, moved, and lose their metadata in other editors. What
the gradebook knows of the source decides: each of its cells is looked for by grade_id, by cell id,
by its text, and an answer by the names it defines. Test cells always come from the gradebook.
"""

import ast
import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from course_lib.grading.notebook.format import cell_id

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class SourceCell:
    """What the gradebook keeps of one cell of the source."""

    name: str
    cell_type: str
    source: str
    visible: str  # as released: without hidden tests
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float | None
    checksum: str | None

    def metadata(self) -> dict:
        """Return the cell's nbgrader metadata, as nbgrader would have released it."""
        meta = {
            "grade_id": self.name,
            "grade": self.grade,
            "solution": self.solution,
            "task": self.task,
            "locked": self.locked,
            "schema_version": 3,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        return meta | ({"points": self.points} if self.points is not None else {})


@dataclass
class Report:
    """What was mended, what a person should look at, and what looks like tampering."""

    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    found: int = 0


def repair(notebook: "NotebookNode", expected: list[SourceCell], report: Report) -> None:
    """Mend `notebook` in place: every expected cell once, in the order of the source."""
    claims = _claim(notebook, expected, report)
    report.found += len(claims)
    if not claims:
        return  # another notebook, or none of ours: the caller says so
    _clean(notebook, claims, {cell.source.strip() for cell in expected if cell.solution})
    _sort(notebook, expected, report)
    _restore(notebook, expected, report)


def _claim(notebook: "NotebookNode", expected: list[SourceCell], report: Report) -> dict[str, int]:
    """Return which cell of the submission (by position) is which of the source's; drop copies."""
    by_name = {cell.name: cell for cell in expected}
    candidates: dict[str, list[int]] = {}
    nameless = []
    for at, cell in enumerate(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in by_name:
            candidates.setdefault(name, []).append(at)
        else:
            nameless.append(at)
    lost = [cell for cell in expected if cell.name not in candidates]
    lost_metadata = []
    for at in nameless:
        name = _recognise(notebook.cells[at], lost)
        if name is not None:
            candidates.setdefault(name, []).append(at)
            lost_metadata.append(name)
    claims = {
        name: _choose(notebook, by_name[name], where, report) for name, where in candidates.items()
    }
    for wanted in expected:
        if wanted.name not in claims and wanted.solution:
            at = _find_answer(notebook, wanted, set(claims.values()))
            if at is not None:
                claims[wanted.name] = at
                lost_metadata.append(wanted.name)
            elif wanted.grade:
                report.doubts.append(f"the answer {wanted.name!r} was not found")
            else:
                report.notes.append(f"the answer cell {wanted.name!r} is gone")
    if lost_metadata:
        report.notes.append(f"lost metadata restored in {len(set(lost_metadata))} cells")
    copies = {at for where in candidates.values() for at in where} - set(claims.values())
    # a copy of a test or an untouched copy of an answer is dropped; a different answer stays as a
    # plain cell, since it may define what later cells need
    for at in copies:
        notebook.cells[at].metadata.pop("nbgrader", None)
        notebook.cells[at].metadata["course_copy"] = True
    return claims


def _recognise(cell: "NotebookNode", expected: list[SourceCell]) -> str | None:
    """Return the name of the source's cell with this id, or with this very text."""
    text = cell.source.strip()
    for wanted in expected:
        same_id = cell.get("id") == cell_id(wanted.name) and cell.cell_type == wanted.cell_type
        same_text = bool(text) and text in (wanted.visible.strip(), wanted.source.strip())
        if same_id or same_text:
            return wanted.name
    return None


def _choose(notebook: "NotebookNode", wanted: SourceCell, where: list[int], report: Report) -> int:
    """Return which of several cells with one name counts: the last that was worked on."""
    if len(where) == 1:
        return where[0]
    if not wanted.solution:
        report.notes.append(f"{len(where)} copies of the test {wanted.name!r}: one kept")
        return where[0]
    worked_on = [at for at in where if notebook.cells[at].source.strip() != wanted.source.strip()]
    texts = {notebook.cells[at].source.strip() for at in worked_on}
    if len(texts) > 1:
        report.doubts.append(f"{len(texts)} different answers {wanted.name!r}: the last one counts")
    else:
        report.notes.append(f"{len(where)} copies of the answer {wanted.name!r}: one kept")
    return (worked_on or where)[-1]


def _find_answer(notebook: "NotebookNode", wanted: SourceCell, taken: set[int]) -> int | None:
    """Return the last unclaimed code cell that defines what the answer's stub defines."""
    names = _defined(wanted.source) if wanted.cell_type == "code" else set()
    found = [
        at
        for at, cell in enumerate(notebook.cells)
        if names and at not in taken and cell.cell_type == "code" and names <= _defined(cell.source)
    ]
    return found[-1] if found else None


def _defined(source: str) -> set[str]:
    """Return the functions and classes that a cell defines; nothing where it does not parse."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    definitions = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef
    return {node.name for node in tree.body if isinstance(node, definitions)}


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
            fresh = (
                _fresh(wanted) if not wanted.solution and not wanted.task else copy.deepcopy(cell)
            )
            fresh.metadata["nbgrader"] = wanted.metadata()
            notebook.cells[at] = fresh
        elif wanted.grade or wanted.task or (wanted.locked and not wanted.solution):
            at += 1
            notebook.cells.insert(at, _fresh(wanted))
            if wanted.grade and not wanted.solution:
                report.notes.append(f"the test {wanted.name!r} was missing: put back")


def _look(cell: "NotebookNode", wanted: SourceCell, report: Report) -> None:
    """Say what is different from what was given out."""
    if wanted.grade and not wanted.solution and _edited(cell, wanted):
        report.flags.append(f"the test {wanted.name!r} was edited; the source's one ran")
    elif wanted.locked and not wanted.solution and _edited(cell, wanted):
        report.notes.append(f"the given cell {wanted.name!r} was edited; the source's one ran")
    points = cell.metadata.get("nbgrader", {}).get("points", wanted.points)
    if points != wanted.points:
        report.flags.append(f"the points of {wanted.name!r} were changed to {str(points)[:20]!r}")


def _edited(cell: "NotebookNode", wanted: SourceCell) -> bool:
    text = "".join(cell.source.split())
    return text not in ("".join(wanted.visible.split()), "".join(wanted.source.split()))


def _fresh(wanted: SourceCell) -> "NotebookNode":
    """Return the cell as the source has it."""
    from nbformat import NotebookNode, from_dict

    cell = {
        "cell_type": wanted.cell_type,
        "id": cell_id(wanted.name),
        "metadata": {"deletable": False, "nbgrader": wanted.metadata()},
        "source": wanted.source,
    }
    if wanted.cell_type == "code":
        cell |= {"outputs": [], "execution_count": None}
    made = from_dict(cell)
    assert isinstance(made, NotebookNode)
    return made
