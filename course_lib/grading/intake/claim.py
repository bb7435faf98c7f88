"""Which cell of a submission is which of the source's: by name, id, text, definitions, place."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from course_lib.grading.intake.source_cell import Outline, Report, SourceCell
from course_lib.grading.notebook.format import cell_id

if TYPE_CHECKING:
    from nbformat import NotebookNode

TEXTS = ("markdown", "raw")


def claim(notebook: "NotebookNode", outline: Outline, report: Report) -> dict[str, int]:
    """Return the position of each cell of the source; mark the copies of those that came twice."""
    expected = [cell for cell in outline if isinstance(cell, SourceCell)]
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
    texts = Counter(cell.visible.strip() for cell in lost)
    restored = set()
    for at in nameless:
        name = _recognise(notebook.cells[at], lost, texts)
        if name is not None:
            candidates.setdefault(name, []).append(at)
            restored.add(name)
    claims = {
        name: _choose(notebook, by_name[name], where, report) for name, where in candidates.items()
    }
    for at in {at for where in candidates.values() for at in where} - set(claims.values()):
        notebook.cells[at].metadata["course_copy"] = True
    for find in (_by_definitions, _by_place):
        found = dict(find(notebook, outline, claims))
        restored |= set(found)
        claims |= found
    if restored:
        report.notes.append(f"lost metadata restored in {len(restored)} cells")
    for wanted in expected:
        if wanted.name not in claims and wanted.solution and wanted.grade:
            report.doubts.append(f"the answer {wanted.name!r} was not found")
        elif wanted.name not in claims and wanted.solution:
            report.notes.append(f"the answer cell {wanted.name!r} is gone")
    return claims


def _recognise(cell: "NotebookNode", lost: Sequence[SourceCell], texts: Counter[str]) -> str | None:
    """Return the name of the source's cell with this id, or with this very text and alone in it."""
    text = cell.source.strip()
    for wanted in lost:
        if cell.get("id") in (wanted.cell_id or None, cell_id(wanted.name)):
            return wanted.name
    for wanted in lost:
        # several answers begin with one stub: of these, the place decides
        if text and text in (wanted.visible.strip(), wanted.source.strip()) and texts[text] < 2:
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


def _by_definitions(
    notebook: "NotebookNode", outline: Outline, claims: dict[str, int]
) -> Iterator[tuple[str, int]]:
    """Yield lost answers with the last free cell that defines what their stub defines."""
    taken = set(claims.values())
    free = {at: _defined(cell.source) for at, cell in enumerate(notebook.cells) if at not in taken}
    for wanted in outline:
        if not isinstance(wanted, SourceCell) or wanted.name in claims or not wanted.solution:
            continue
        names = _defined(wanted.source) if wanted.cell_type == "code" else set()
        found = [at for at, defined in free.items() if names and names <= defined]
        if found:
            # a cell that became Markdown comes second: another one may have taken its place
            at = max(found, key=lambda at: (notebook.cells[at].cell_type == "code", at))
            del free[at]
            yield wanted.name, at


def _defined(source: str) -> set[str]:
    """Return the functions and classes that a cell defines; nothing where it does not parse."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    definitions = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef
    return {node.name for node in tree.body if isinstance(node, definitions)}


def _by_place(
    notebook: "NotebookNode", outline: Outline, claims: dict[str, int]
) -> Iterator[tuple[str, int]]:
    """Yield lost answers that stand where the source has them: as many cells as were lost there."""
    if not claims:
        return  # another notebook: its cells are nobody's answers
    places = _places(notebook, outline, claims)
    placed = {at for at in places if at is not None}
    run: list[SourceCell | str] = []
    low = -1
    for one, at in [*zip(outline, places, strict=True), ("", len(notebook.cells))]:
        if at is None:
            run.append(one)
            continue
        free = [i for i in range(low + 1, at) if i not in placed and _is_text(notebook.cells[i])]
        answers = [lost for lost in run if isinstance(lost, SourceCell) and lost.solution]
        lost = next((group for group in (run, answers) if len(group) == len(free)), [])
        for wanted, there in zip(lost, free, strict=False):
            kind = notebook.cells[there].cell_type
            if isinstance(wanted, str) or not wanted.solution:
                continue
            if (kind in TEXTS) == (wanted.cell_type in TEXTS):
                yield wanted.name, there
        run, low = [], at


def _places(notebook: "NotebookNode", outline: Outline, claims: dict[str, int]) -> list[int | None]:
    """Return where each cell of the source stands, those without a name by their text."""
    texts = [cell.source.strip() for cell in notebook.cells]
    taken, places = set(claims.values()), []
    for one in outline:
        at = claims.get(one.name) if isinstance(one, SourceCell) else None
        if isinstance(one, str):
            free = (i for i, text in enumerate(texts) if text == one.strip() and i not in taken)
            at = next(free, None)
            taken |= {at} if at is not None else set()
        places.append(at)
    return places


def _is_text(cell: "NotebookNode") -> bool:
    """Whether something stands in a cell that is no copy of another."""
    return bool(cell.source.strip()) and "course_copy" not in cell.metadata
