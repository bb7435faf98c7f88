"""Grade the instructor's own answers first: a test that fails them there would fail everybody.

Three ways for a test, the safest first: with the given variables computed beside it, with them
taken from the student's process, and, as the last, inside the student's process.
"""

import json
from collections.abc import Callable
from dataclasses import replace

from course_lib.errors import CourseError
from course_lib.grading.engine.names import read_source
from course_lib.grading.engine.verdict import ON_STDERR
from course_lib.grading.intake.work import Bundle, BundleCell, BundleNotebook, Job, SubmissionResult
from course_lib.grading.notebook.regions import marker_of

Grade = Callable[[Bundle, Job], SubmissionResult]
NOT_REMOTE = "it does not work on values from another process"


def calibrate(bundle: Bundle, grade: Grade) -> tuple[Bundle, list[str]]:
    """Return the bundle with the way of each test, and what the instructor should know."""
    bundle = replace(bundle, notebooks=tuple(with_names(one) for one in bundle.notebooks))
    job = solved(bundle)
    failed = _failures(grade(bundle, job))
    # a test that ran to its end says the same in another way
    tried = {name for name, message in failed.items() if message not in ("", ON_STDERR)}
    notes = [f"the source's own answers lose points in {n!r}" for n in failed if n not in tried]
    if not tried:
        return bundle, notes
    there = _change(bundle, lambda cell: replace(cell, variables="there"), tried)
    still = {n: m for n, m in _failures(grade(there, job)).items() if n in tried}
    shared = _change(there, lambda cell: replace(cell, shared=NOT_REMOTE), set(still))
    last = _failures(grade(shared, job)) if still else {}
    for name, message in still.items():
        if name in last:
            notes.append(f"the source's own answers fail {name!r}: {last[name]}")
        else:
            notes.append(f"{name!r} runs beside the student's code, not tamper-proof: {message}")
    # where the answers themselves are wrong or missing, the safe way says no less
    safe = {name for name in last if name in still}
    return _change(shared, lambda cell: replace(cell, shared="", variables="here"), safe), notes


def with_names(notebook: BundleNotebook) -> BundleNotebook:
    """Return the notebook with its names read, so that it need not be done for each submission."""
    return replace(notebook, names=read_source(notebook).to_dict())


def solved(bundle: Bundle) -> Job:
    """Return the source as a submission, its answers in place."""
    notebooks = {}
    for notebook in bundle.notebooks:
        cells = [_cell(cell) for cell in notebook.cells]
        made = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
        notebooks[notebook.name] = json.dumps(made).encode()
    return Job("instructor", notebooks, learn=True)


def _cell(cell: BundleCell) -> dict:
    lines = cell.source.splitlines()
    edges = [(marker_of(line) or ("", ""))[1] for line in lines]
    text = "\n".join(line for line, edge in zip(lines, edges, strict=True) if edge != "SOLUTION")
    meta = {"nbgrader": cell.known.metadata()} if cell.known is not None else {}
    made = {"cell_type": cell.cell_type, "id": cell.cell_id, "metadata": meta, "source": text}
    return made | ({"outputs": [], "execution_count": None} if cell.cell_type == "code" else {})


def _failures(result: SubmissionResult) -> dict[str, str]:
    """Return the tests that did not give all their points, and why.

    Raises: CourseError when nothing could be graded.
    """
    if not result.notebooks:
        raise CourseError(
            "a source that can be graded", "; ".join(result.doubts), "mend what it names, run again"
        )
    found = {}
    for notebook in result.notebooks.values():
        for cell in notebook.cells:
            if cell.kind != "grade" or cell.auto_score is None or cell.auto_score == cell.max_score:
                continue
            found[cell.name] = cell.message
    return found


def _change(bundle: Bundle, change: Callable[[BundleCell], BundleCell], names: set[str]) -> Bundle:
    def cell(one: BundleCell) -> BundleCell:
        return change(one) if one.known is not None and one.known.name in names else one

    def notebook(one: BundleNotebook) -> BundleNotebook:
        return replace(one, cells=tuple(cell(c) for c in one.cells))

    return replace(bundle, notebooks=tuple(notebook(n) for n in bundle.notebooks))
