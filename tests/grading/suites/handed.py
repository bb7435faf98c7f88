"""What a student hands in, and how it is made from the solved notebooks."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from suites.sources import code_cell, position, read, released, solved


@dataclass
class Handed:
    """The contents of submitted/STUDENT/ASSIGNMENT."""

    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)  # path -> target
    folders: list[str] = field(default_factory=list)
    pipes: list[str] = field(default_factory=list)

    def write(self, folder: Path) -> None:
        """Write everything into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.folders:
            (folder / name).mkdir(parents=True)
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        for name in self.pipes:
            os.mkfifo(folder / name)
        for name, target in self.links.items():
            (folder / name).symlink_to(target)


@dataclass(frozen=True)
class Honest:
    """One student who wants to learn: the solved notebooks with some cells written otherwise."""

    name: str
    assignment: str
    answers: dict[str, str] = field(default_factory=dict)  # cell id -> its text
    after: dict[str, list[str]] = field(default_factory=dict)  # cell id -> new cells behind it
    start: str = "solved"  # or "released"

    def notebooks(self) -> dict[str, NotebookNode]:
        """Return the notebooks as handed in."""
        notebooks = solved(self.assignment) if self.start == "solved" else released(self.assignment)
        ids = {cell.id for notebook in notebooks.values() for cell in notebook.cells}
        unknown = (set(self.answers) | set(self.after)) - ids
        assert not unknown, f"{self.name}: no such cells: {unknown}"
        for notebook in notebooks.values():
            for cell in notebook.cells:
                if cell.id in self.answers:
                    cell.source = self.answers[cell.id].strip("\n")
            for known, texts in self.after.items():
                if known in [cell.id for cell in notebook.cells]:
                    insert(notebook, known, *texts)
        return notebooks

    def handed(self) -> Handed:
        """Return the files as handed in."""
        return as_files(self.assignment, self.notebooks())


def insert(notebook: NotebookNode, behind: str, *texts: str) -> None:
    """Put plain code cells behind a cell."""
    at = position(notebook, behind) + 1
    notebook.cells[at:at] = [
        code_cell(text.strip("\n"), f"extra-{behind}-{i}") for i, text in enumerate(texts)
    ]


def as_files(assignment: str, notebooks: dict[str, NotebookNode]) -> Handed:
    """Return notebooks and the data that was given out with them."""
    files = {f"{name}.ipynb": to_json(notebook) for name, notebook in notebooks.items()}
    return Handed(files | read(assignment).files)


def to_json(notebook: NotebookNode) -> bytes:
    """Return a notebook as a file, valid or not."""
    return (json.dumps(notebook, indent=1) + "\n").encode()
