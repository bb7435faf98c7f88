"""Cells of a source that contradict themselves, and tests that a stray `# %%` has cut in two.

nbgrader finds the first kind too, later and without the cell's name; the second it cannot see.
"""

import ast
from collections.abc import Iterator, Sequence

from course_lib.grading.authoring.percent import Cell
from course_lib.grading.notebook.regions import marker_of

FLAGS = ("grade", "solution", "task", "locked")
KEYS = {*FLAGS, "grade_id", "points", "schema_version", "cell_type", "checksum"}
# what a test may consist of and check nothing
_PREPARING = (
    ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.FunctionDef | ast.ClassDef
)


def cell_faults(cells: Sequence[Cell]) -> list[str]:
    """Return one sentence for each fault, with the line and the name of its cell."""
    faults, seen = [], {}
    for at, cell in enumerate(cells):
        name = name_of(cell)
        found = [*_metadata_faults(cell)]
        if name and name in seen:
            found.append(f"the cell in line {seen[name]} has this grade_id too")
        elif name:
            seen[name] = cell.line
        if not found and at and _is_bare(cell):
            found += _cut_off(cells[at - 1], cell)
        called = f", cell {name!r}" if name else ""
        faults += [f"line {cell.line}{called}: {fault}" for fault in found]
    return faults


def name_of(cell: Cell) -> str:
    """Return a cell's grade_id; nothing where it has none."""
    meta = cell.metadata.get("nbgrader")
    name = meta.get("grade_id") if isinstance(meta, dict) else None
    return name if isinstance(name, str) else ""


def _metadata_faults(cell: Cell) -> Iterator[str]:
    tags = cell.metadata.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        yield f'tags are a list such as ["hide-input"], and here is {tags!r}'
    meta = cell.metadata.get("nbgrader", {})
    if not isinstance(meta, dict):
        yield f"nbgrader is an object such as {{...}}, and here is {meta!r}"
        return
    for key in sorted(set(meta) - KEYS):
        yield f"nbgrader knows no {key!r}: {', '.join(sorted(KEYS))}"
    wrong = [key for key in FLAGS if not isinstance(meta.get(key, False), bool)]
    for key in wrong:
        yield f"{key!r} is true or false, and here is {meta[key]!r}"
    if not wrong:
        yield from _contradictions(cell, meta)


def _contradictions(cell: Cell, meta: dict) -> Iterator[str]:
    grade, solution, task, _ = (meta.get(key, False) for key in FLAGS)
    points = meta.get("points")
    if any(meta.get(key) for key in FLAGS) and not name_of(cell):
        yield "a cell that nbgrader is to know needs a grade_id"
    if meta.get("schema_version", 3) != 3:
        yield f"'schema_version' is 3, and here is {meta['schema_version']!r}"
    if (grade or task) and "points" not in meta:
        yield "a graded cell needs 'points'"
    if "points" in meta and not (grade or task):
        yield f"'points' is {points!r}, and the cell is not graded: 'grade' is false"
    elif "points" in meta and (
        isinstance(points, bool) or not isinstance(points, int | float) or not points >= 0
    ):
        yield f"'points' is a number from 0, and here is {points!r}"
    if task and (grade or solution):
        yield "'task' is true, and so is 'grade' or 'solution': a task is neither"
    if task and cell.kind != "markdown":
        yield f"a task is a Markdown cell, and this is {cell.kind}"
    if cell.kind == "markdown" and not task and grade != solution:
        yield "a Markdown answer has 'grade' and 'solution' true: a person gives its points"


def _is_bare(cell: Cell) -> bool:
    return cell.kind == "code" and not cell.metadata


def _cut_off(graded: Cell, rest: Cell) -> Iterator[str]:
    """Say where a bare `# %%` has ended a graded cell too early."""
    meta = graded.metadata.get("nbgrader")
    if not name_of(graded) or not isinstance(meta, dict):
        return
    is_test = bool(meta.get("grade")) and not meta.get("solution")
    marker = next((line.strip() for line in rest.source.split("\n") if marker_of(line)), "")
    why = ""
    if marker:
        why = f"{marker!r} follows"
    elif is_test and any(isinstance(node, ast.Assert) for node in _nodes(rest.source)):
        why = "asserts follow"
    elif is_test and _checks_nothing(graded.source):
        why = "nothing in it checks anything"
    if why:
        yield (
            f"`# %%` ends the graded cell {name_of(graded)!r} of line {graded.line}, and {why}."
            " Take it or the empty line before it away; where a new cell is meant, write"
            " `# %% tags=[]`"
        )


def _checks_nothing(source: str) -> bool:
    return all(isinstance(statement, _PREPARING) for statement in _body(source))


def _nodes(source: str) -> list[ast.AST]:
    return [node for statement in _body(source) for node in ast.walk(statement)]


def _body(source: str) -> list[ast.stmt]:
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(source)).body
    except SyntaxError:
        return []  # said when the cell is checked
