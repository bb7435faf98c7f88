"""Which files lie beside the notebooks: in the student's process, and in the checker."""

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from course_lib.errors import NotebookError
from course_lib.grading.engine.runs import code_in
from course_lib.grading.intake.intake import read_notebook
from course_lib.grading.intake.repair import repair
from course_lib.grading.intake.source_cell import Report
from course_lib.grading.intake.work import Bundle, BundleNotebook, Job
from course_lib.grading.notebook.format import KERNELSPEC

LONGEST = 1_000  # characters of a path


def students_files(bundle: Bundle, job: Job, notes: list[str]) -> dict[str, bytes]:
    """Return the files of a submission: what was handed in, and over it the assignment's.

    Its notebooks are among them, since one may run another.
    """
    given = {path: data for path, data in bundle.files.items() if path not in bundle.keep_own}
    folders = {str(parent) for path in given for parent in PurePosixPath(path).parents}
    own = {}
    for path, content in job.files.items():
        above = {str(parent) for parent in PurePosixPath(path).parents}
        if path in folders or above & set(given):
            notes.append(f"{path} left out: the assignment has a file of that name")
        else:
            own[path] = content
    notebooks = {f"{name}.ipynb": data for name, data in job.notebooks.items()}
    for notebook in bundle.notebooks:
        if notebook.is_helper:
            notebooks[f"{notebook.name}.ipynb"] = _helper(notebook, job)
    return notebooks | own | given


def _helper(notebook: BundleNotebook, job: Job) -> bytes:
    """Return a notebook of helpers as it was handed in, but for the cells that are locked."""
    data = job.notebooks.get(notebook.name)
    if data is None:
        return as_file(notebook)
    if not notebook.expected:
        return data
    try:
        handed = read_notebook(notebook.name, data)
        repair(handed, notebook.outline, Report())
    except NotebookError:
        return data
    return json.dumps(handed).encode()


def as_file(notebook: BundleNotebook) -> bytes:
    """Return the code of the instructor's notebook as a notebook."""
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [
        empty | {"id": cell.cell_id, "source": cell.source}
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return in_format(notebook, cells)


def in_format(notebook: BundleNotebook, cells: list[dict]) -> bytes:
    """Return cells as the file of a notebook; some that import it ask for its language."""
    about = {"kernelspec": notebook.kernelspec or KERNELSPEC}
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": about, "cells": cells}
    return json.dumps(made).encode()


def checkers_files(bundle: Bundle) -> dict[str, bytes]:
    """Return the instructor's files that a test may read, and the notebooks that it may import.

    What the answers write is not among them: left over in the source, it would stand for every
    answer.
    """
    theirs = {*bundle.products, *bundle.keep_own}
    helpers = {f"{one.name}.ipynb": as_file(one) for one in bundle.notebooks if one.is_helper}
    files = bundle.files | helpers
    found = {path: data for path, data in files.items() if path not in theirs}
    return found | {path: text.encode() for path, text in written_by_given_cells(bundle).items()}


def code_to_run(bundle: Bundle) -> dict[str, str]:
    """Return the code of the instructor's own files that `%run` takes, by path."""
    codes = {path: code_in(path, data) for path, data in checkers_files(bundle).items()}
    return {path: code for path, code in codes.items() if code is not None}


def written_by_given_cells(bundle: Bundle) -> dict[str, str]:
    """Return what the instructor's own cells write by %%writefile: path -> text."""
    found: dict[str, str] = {}
    for notebook in bundle.notebooks:
        found |= notebook.names.get("written", {})
    return {path: text for path, text in found.items() if is_inside(path)}


def modules_in(paths: Iterable[str]) -> set[str]:
    """Return the names by which these files can be imported, also from a folder on the path."""
    found = set()
    for path in paths:
        parts = PurePosixPath(path).with_suffix("").parts
        if path.endswith(".py") and all(map(str.isidentifier, parts)):
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            found |= {".".join(parts[at:]) for at in range(len(parts))}
    return found


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def is_inside(path: object) -> bool:
    """Whether a path that a student's process names stays inside its folder."""
    if not isinstance(path, str) or not 0 < len(path) < LONGEST or "\0" in path:
        return False
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts
