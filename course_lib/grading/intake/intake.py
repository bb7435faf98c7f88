"""Read a notebook that somebody else wrote: what it is, and whether it can be graded at all."""

import json
import re
from typing import TYPE_CHECKING

from course_lib.errors import NotebookError
from course_lib.grading.notebook.format import KERNELSPEC

if TYPE_CHECKING:
    from nbformat import NotebookNode

_REASONS = {
    "JSONDecodeError": "it is no JSON: ",
    "UnicodeDecodeError": "it is no text: ",
    "RecursionError": "it is nested too deep: ",
}
PICTURES = ("image/png", "image/jpeg", "image/gif")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read_notebook(name: str, data: bytes, notes: list[str] | None = None) -> "NotebookNode":
    """Return a submitted notebook with plain cells: whatever else stood in it is left out.

    Only the text, the type, the metadata and attached pictures of its cells count; outputs are made
    anew. Every cell
    has an id and no two the same one. Notebooks of formats 3 and older are brought up. `notes`
    takes what was mended.

    Raises: NotebookError for what is no notebook.
    """
    from nbformat import NotebookNode, from_dict

    said = notes if notes is not None else []
    try:
        raw = json.loads(_decoded(data, said))
        if not isinstance(raw, dict):
            raise ValueError("it is no notebook, but some other JSON")
        version = int(raw.get("nbformat", 4))
        if version > 4:
            raise ValueError(f"notebook format {version}, and 4 is the newest known here")
        if version < 4:
            import nbformat

            raw = nbformat.reads(json.dumps(raw), as_version=4)
            said.append(f"notebook format {version} brought up to 4")
        if not isinstance(raw.get("cells"), list) or not all(map(_is_dict, raw["cells"])):
            raise ValueError("it has no list of cells")
        cells = [_cell(cell) for cell in raw["cells"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, IndexError) as error:
        reason = _REASONS.get(type(error).__name__, "") + f"{error}".partition("\n")[0][:120]
        raise NotebookError(
            f"a Jupyter notebook in {name}.ipynb", reason, "ask for the notebook again"
        ) from None
    if not cells:
        raise NotebookError(f"cells in {name}.ipynb", "none", "ask for the notebook again")
    taken: set[str] = set()
    ids = [cell["id"] for cell in cells if cell["id"]]
    if len(set(ids)) < len(ids):
        said.append("cells with the same id: new ids given")
    for at, cell in enumerate(cells):
        if cell["id"] in taken or not _ID.fullmatch(cell["id"]):
            cell["id"] = f"no-id-{at}"  # of no source: cells are recognised by their ids
        taken.add(cell["id"])
    metadata = {"kernelspec": dict(KERNELSPEC), "language_info": {"name": "python"}}
    made = from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
    assert isinstance(made, NotebookNode)
    return made


def _is_dict(value: object) -> bool:
    return isinstance(value, dict)


def _decoded(data: bytes, notes: list[str]) -> str:
    """Return the text; Windows editors write a byte order mark, some write UTF-16."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        notes.append("UTF-16 read as text")
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _cell(raw: dict) -> dict:
    kind = raw["cell_type"]
    if kind == "heading":
        kind = "markdown"
    if kind not in ("code", "markdown", "raw"):
        raise ValueError(f"a cell of type {kind!r}")
    source = raw.get("source", "")
    source = source if isinstance(source, str) else "".join(str(line) for line in source)
    source = source.encode("utf-8", "replace").decode()
    given = raw.get("metadata")
    given = given if isinstance(given, dict) else {}
    kept = {key: given[key] for key in ("nbgrader", "tags") if key in given}
    graded = kept.get("nbgrader", {})
    if not isinstance(graded, dict) or not isinstance(graded.get("grade_id", ""), str):
        del kept["nbgrader"]
    cell = {"cell_type": kind, "id": str(raw.get("id") or ""), "metadata": kept, "source": source}
    if kind == "code":
        return cell | {"outputs": [], "execution_count": None}
    pictures = _pictures(raw.get("attachments")) if kind == "markdown" else {}
    return cell | ({"attachments": pictures} if pictures else {})


def _pictures(given: object) -> dict[str, dict[str, str]]:
    """Return the pictures that are attached to a text: a drawing is an answer, too."""
    found = {}
    for name, bundle in given.items() if isinstance(given, dict) else ():
        for kind, data in bundle.items() if isinstance(bundle, dict) else ():
            text = "".join(map(str, data)) if isinstance(data, list) else data
            # it ends in the address of an <img>: nothing but a picture's own letters
            if kind in PICTURES and isinstance(text, str) and _BASE64.fullmatch(text):
                found[str(name)] = {kind: text}
    return found
