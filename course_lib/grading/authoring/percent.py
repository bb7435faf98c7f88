"""Cells in a Python file, told apart by `# %%` lines: the form of exercise sources.

    # %% [markdown]
    # Text, each line a comment.

    # %% nbgrader={"grade_id": "f", "solution": true}
    def f(): ...

A header stands behind an empty line and holds nothing but a kind and metadata; code can end before
it, and goes on at the margin. A bare one is no header between the marks of an answer or a hidden
test. Any other `# %%` is a comment, and comments stay comments, whatever
they say: no line of a cell is taken for a magic command or changed in another way.
"""

import json
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from course_lib.grading.notebook.regions import marker_of

_HEADER = re.compile(r"# %%(?: \[(markdown|md|raw)\])?((?: +[\w.-]+=.*)?)\s*")
_KEY = re.compile(r"\s*([\w.-]+)=\s*")
_NAME = re.compile(r"""grade_id["']?\s*[:=]\s*["']([^"']+)""")
_BLOCK = re.compile(r"r?(\"\"\"|''')(.*)\1", re.DOTALL)
_KINDS = {None: "code", "md": "markdown"}


@dataclass
class Cell:
    """One cell: `kind` is code, markdown or raw; `line` is where it begins, for messages."""

    kind: str
    line: int
    metadata: dict[str, Any] = field(default_factory=dict)
    source: str = ""


def read_cells(text: str) -> list[Cell]:
    """Return the cells of a percent file; its YAML header is left out.

    Raises: ValueError with the line of what is no metadata or no text.
    """
    lines = text.splitlines()
    begin = _below_yaml(lines)
    cells, start = [Cell("code", begin + 1)], begin
    for at in range(begin, len(lines)):
        match = _HEADER.fullmatch(lines[at])
        if match and _ends(lines, start, at, first=begin, code=cells[-1].kind == "code"):
            if match[1] is None and _goes_on_indented(lines[at + 1 :]):
                continue
            if lines[at].strip() == "# %%" and _in_region(lines[start:at]):
                continue
            cells[-1].source = "\n".join(lines[start:at])
            kind = _KINDS.get(match[1], match[1])
            cells.append(Cell(kind, at + 1, _metadata(match[2], at + 1)))
            start = at + 1
    cells[-1].source = "\n".join(lines[start:])
    for cell in cells:
        cell.source = cell.source.rstrip()
        if cell.kind != "code":
            cell.source = _text(cell)
    return cells if cells[0].source.strip() else cells[1:]


def _below_yaml(lines: Sequence[str]) -> int:
    """Return where the file begins below the header that jupytext's tools write."""
    if lines[:1] != ["# ---"] or "# ---" not in lines[1:]:
        return 0
    return lines.index("# ---", 1) + 1


def _ends(lines: Sequence[str], start: int, at: int, *, first: int, code: bool) -> bool:
    """Whether the cell that began at `start` can end before line `at`."""
    if at not in (first, start) and lines[at - 1].strip():
        return False
    if not code:
        return True
    rest = iter([line + "\n" for line in lines[start:at]])
    try:
        list(tokenize.generate_tokens(lambda: next(rest, "")))
    except tokenize.TokenError as error:
        # inside of a bracket or of a text in three quotation marks
        return not re.search("EOF|unterminated triple", str(error))
    except SyntaxError:
        pass  # said when the cell is checked
    return True


def _in_region(lines: Sequence[str]) -> bool:
    """Whether an answer or a hidden test has begun and not ended."""
    edges = [edge for line in lines if (edge := marker_of(line))]
    return bool(edges) and edges[-1][0] == "BEGIN"


def _goes_on_indented(lines: Sequence[str]) -> bool:
    """Whether the next line of code belongs to a block that is open."""
    code = (line for line in lines if line.strip() and not line.startswith("#"))
    return next(code, "")[:1].isspace()


def _metadata(text: str, line: int) -> dict[str, Any]:
    """Return the `key=value` pairs of a header, each value as JSON."""
    found, decoder, at = {}, json.JSONDecoder(), 0
    text = text.strip()
    while at < len(text):
        key = _KEY.match(text, at)
        try:
            if key is None:
                raise ValueError(f"no key=value: {text[at:][:40]!r}")
            found[key[1]], at = decoder.raw_decode(text, key.end())
        except ValueError as error:
            name = _NAME.search(text)
            where = f"line {line}, cell {name[1]!r}" if name else f"line {line}"
            raise ValueError(f"{where}: metadata are key=JSON, and here is {error}") from None
    return found


def _text(cell: Cell) -> str:
    """Return the text of a cell that is no code: comments, or one block in quotation marks."""
    block = _BLOCK.fullmatch(cell.source.strip())
    if block:
        return block[2].strip("\n")
    lines = cell.source.split("\n") if cell.source else []
    for at, line in enumerate(lines):
        if line.strip() and not line.startswith("#"):
            where = cell.line + 1 + at
            raise ValueError(f"line {where}: a line of a {cell.kind} cell without # in front")
    return "\n".join(line[2:] if line.startswith("# ") else line[1:] for line in lines)
