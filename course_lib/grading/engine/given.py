"""Given cells that a student may change: where one was changed, its values are the student's.

A cell that nbgrader knows nothing of is not locked: `radius = 3  # try other values`. What such a
cell binds comes from the student's process once the student has changed the cell, or binds the name
anywhere else. Locked cells, and functions and classes of any given cell, stay the instructor's.
"""

import ast
import re
from typing import Any

from course_lib.grading.engine.names import GIVEN, Source
from course_lib.grading.intake.dependencies import names_of, parsed

_WORD = re.compile(r"\w+")


def note_changes(source: Source, notebook: Any) -> list[str]:
    """Mark in `source` what a submission has changed; return the names whose values it changes.

    notebook: the submission after repair: what is locked in it is the instructor's.
    """
    values = {name: cells for name in source.binders if (cells := _loose(source, name))}
    if not values:
        return []
    own = [cell for cell in notebook.cells if cell.cell_type == "code" and _is_own(cell)]
    plain = [cell.source for cell in own if "nbgrader" not in cell.metadata]
    loose = sorted({cell for cells in values.values() for cell in cells})
    kept = [(source.as_given or source.texts)[cell] for cell in loose]
    source.changed = [
        cell for cell, text in zip(loose, kept, strict=True) if not _is_among(text, plain)
    ]
    word = re.compile(rf"\b({'|'.join(map(re.escape, values))})\b")
    texts = [text for cell in own if word.search(text := cell.source) and not _is_among(text, kept)]
    source.rebound_there = sorted(values.keys() & set().union(*map(_bound, texts)))
    given = {name for name, cells in values.items() if set(cells) & set(source.changed)}
    return sorted(given | set(source.rebound_there))


def _loose(source: Source, name: str) -> list[int]:
    """Return the cells that give a name its value and may be changed."""
    return [
        binder.cell
        for binder in source.binders[name]
        if source.roles[binder.cell] == GIVEN and not binder.tool and source.loose[binder.cell]
    ]


def _is_own(cell: Any) -> bool:
    meta = cell.metadata.get("nbgrader")
    return meta is None or bool(meta.get("solution"))


def _is_among(text: str, texts: list[str]) -> bool:
    """Whether one of the texts is this code, whatever its comments and its layout."""
    if any(text.strip() == one.strip() for one in texts):
        return True
    form = _form(text)
    return form is not None and any(form == _form(one) for one in texts)


def _form(text: str) -> str | None:
    try:
        body = parsed(text)
        return None if body is None else ast.dump(body)
    except (RecursionError, MemoryError):
        return None


def _bound(text: str) -> set[str]:
    """Return the names that a cell of the student's gives a value; all in it where none is sure."""
    try:
        names = names_of(text)
    except (RecursionError, MemoryError):
        return set(_WORD.findall(text))
    return names.binds - names.tools
