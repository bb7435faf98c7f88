"""Which modules a source imports: the warm process has them loaded before a submission comes."""

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.grading.intake.work import Bundle


def modules_of(bundle: "Bundle") -> list[str]:
    """Return the modules that the notebooks import, those beside them left out."""
    found: list[str] = []
    own = {part.partition(".")[0] for path in bundle.files for part in path.split("/")}
    own |= {notebook.name for notebook in bundle.notebooks}
    for notebook in bundle.notebooks:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                found += [name for name in imported(cell.source) if name.split(".")[0] not in own]
    return list(dict.fromkeys(found))


def imported(source: str) -> list[str]:
    """Return the modules that a cell imports; none where it is no Python."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return found + [
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module
    ]
