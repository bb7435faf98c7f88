"""Answers and hidden tests in a source: where they begin and end, and markers that are wrong."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

KINDS = {"SOLUTION": "answer", "HIDDEN TESTS": "hidden test", "MARK SCHEME": "marking scheme"}
# text -> (BEGIN or END, name): nbgrader's own; a course's configuration may name others
Markers = Mapping[str, tuple[str, str]]
MARKERS: Markers = {f"{edge} {name}": (edge, name) for name in KINDS for edge in ("BEGIN", "END")}


@dataclass(frozen=True)
class SecretLine:
    """One line that no student's notebook may show."""

    text: str
    kind: str
    cell: str


def marker_of(line: str, markers: Markers = MARKERS) -> tuple[str, str] | None:
    """Return (BEGIN or END, name) when nbgrader would take the line as a marker."""
    return next((pair for text, pair in markers.items() if text in line), None)


def without_hidden(source: str, markers: Markers = MARKERS) -> str:
    """Return a test or a task as it is released: without hidden tests and marking scheme."""
    kept, hidden = [], False
    for line in source.split("\n"):
        edge = marker_of(line, markers)
        if edge and edge[1] != "SOLUTION":
            hidden = edge[0] == "BEGIN"
        elif not hidden:
            kept.append(line)
    return "\n".join(kept)


def label(cell: "NotebookNode") -> str:
    """Return the name of a cell for a message: its grade_id, or its id."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "?")


def secret_lines(notebook: "NotebookNode") -> Iterator[SecretLine]:
    """Yield every line inside a region, in order."""
    for cell in notebook.cells:
        inside = None
        for line in cell.source.splitlines():
            edge = marker_of(line)
            if edge:
                inside = edge[1] if edge[0] == "BEGIN" else None
            elif inside and line.strip():
                yield SecretLine(line.strip(), KINDS[inside], label(cell))


def marker_faults(notebook: "NotebookNode") -> list[str]:
    """Return what is wrong with the markers: unbalanced, nested, misspelt, in the wrong cell."""
    faults: list[str] = []
    for cell in notebook.cells:
        faults += [f"cell {label(cell)!r}: {fault}" for fault in _faults_of(cell)]
    return faults


def _faults_of(cell: "NotebookNode") -> Iterator[str]:
    meta = cell.metadata.get("nbgrader", {})
    inside, answered = None, False
    for line in cell.source.splitlines():
        edge = marker_of(line)
        if edge is None:
            if _looks_like_marker(line):
                yield f"{line.strip()!r} looks like a marker and is none of {sorted(MARKERS)}"
            continue
        side, name = edge
        if side == "BEGIN" and inside:
            yield f"BEGIN {name} inside {inside}"
        if side == "END" and inside != name:
            yield f"END {name} without its BEGIN"
        if name == "SOLUTION" and not meta.get("solution"):
            yield "an answer in a cell that is not marked as a solution"
        if name == "HIDDEN TESTS" and not meta.get("grade"):
            yield "a hidden test in a cell that is not graded"
        answered |= name == "SOLUTION"
        inside = name if side == "BEGIN" else None
    if inside:
        yield f"BEGIN {inside} without its END"
    if meta.get("solution") and cell.cell_type == "code" and not answered:
        # nbgrader would clear the whole cell, and the learner would lose signature and docstring
        yield "a solution cell without ### BEGIN SOLUTION and ### END SOLUTION"


def _looks_like_marker(line: str) -> bool:
    """Whether a comment was meant as a marker: `## begin solutions`, `### END HIDEN TESTS`."""
    comment = re.match(r"\s*#+\s*(\S+(?:[\s_-]+\S+){0,2})\s*$", line)
    if not comment:
        return False
    words = re.sub(r"[\s_-]+", " ", comment.group(1)).upper()
    return any(SequenceMatcher(None, words, known).ratio() > 0.8 for known in MARKERS)
