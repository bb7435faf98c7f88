"""Small notebooks for the engine: given cells, an answer, a test; graded by one warm worker."""

import json
from dataclasses import dataclass, replace

from nbformat.v4 import new_code_cell, new_notebook

from course_lib.grading.course.limits import Limits
from course_lib.grading.engine import open_engine
from course_lib.grading.engine.calibrate import solved, with_names
from course_lib.grading.engine.worker import grade_bytes
from course_lib.grading.intake.bundle import bundle_of
from course_lib.grading.intake.expected import in_order
from course_lib.grading.intake.work import Bundle, SubmissionResult

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass
class Graded:
    """Points and message of the tests, by name, and the whole result."""

    points: dict[str, float]
    messages: dict[str, str]
    result: SubmissionResult


def given(source):
    """Return a cell that the instructor gives and locks."""
    return _cell(source, locked=True)


def plain(source):
    """Return a cell that nbgrader knows nothing of."""
    return new_code_cell(source)


def answer(source):
    """Return the place of an answer."""
    return _cell(source, solution=True)


def check(source, points=1):
    """Return a test."""
    return _cell(source, grade=True, locked=True, points=points)


def notebook(*cells):
    """Return a source notebook; every cell but the plain ones is known by a name."""
    made = new_notebook(cells=list(cells))
    for at, cell in enumerate(made.cells):
        if "nbgrader" not in cell.metadata:
            cell["id"] = f"plain_{at}"
            continue
        meta = cell.metadata["nbgrader"]
        role = "test" if meta["grade"] else "answer" if meta["solution"] else "given"
        meta["grade_id"] = cell["id"] = f"{role}_{at}"
    return made


def grade(worker, *cells, answers=(), limits=None, shared=(), variables="here", hidden=""):
    """Grade the source itself, or with other answers in place of its own (in order).

    hidden: a line of a test that no submission has.
    """
    source = notebook(*cells)
    bundle = bundle_of("hw", source, limits or Limits(cell_seconds=5, memory=3 << 30))
    changed = tuple(
        replace(
            cell,
            shared="asked" if cell.cell_id in shared else "",
            variables=variables,
        )
        for cell in bundle.notebooks[0].cells
    )
    one = with_names(replace(bundle.notebooks[0], cells=changed))
    bundle = replace(bundle, notebooks=(one,))
    job = solved(bundle)
    if answers:
        job = replace(job, notebooks={"hw": with_answers(job.notebooks["hw"], answers)})
    if hidden:
        data = job.notebooks["hw"].replace(json.dumps(f"{hidden}\n")[1:-1].encode(), b"")
        job = replace(job, notebooks={"hw": data})
    result = SubmissionResult.from_bytes(grade_bytes(worker, bundle.to_bytes(), job.to_bytes()))
    cells_graded = result.notebooks["hw"].cells if result.notebooks else []
    tests = [cell for cell in cells_graded if cell.kind == "grade"]
    return Graded(
        {cell.name: cell.auto_score for cell in tests},
        {cell.name: cell.message for cell in tests},
        result,
    )


def an_assignment(notebooks, files=None, **more):
    """Return the bundle of some notebooks with files beside them."""
    parts = tuple(
        bundle_of(name, notebook(*cells)).notebooks[0] for name, cells in in_order(notebooks)
    )
    return Bundle("hw", parts, files or {}, **more)


def points(bundle, *submissions, files=None, notebooks=None):
    """Return each submission's points by notebook/test, the engine, the results.

    submissions: for each the answers by notebook, in place of the source's own; notebooks: handed
    in by all.
    """
    with open_engine(bundle, 1) as engine:
        own = solved(engine.bundle)
        jobs = [
            replace(
                own,
                student=f"s{at}",
                learn=False,
                notebooks={
                    n: with_answers(data, answers.get(n)) for n, data in own.notebooks.items()
                }
                | (notebooks or {}),
                files=files or bundle.files,
            )
            for at, answers in enumerate(submissions)
        ]
        found = sorted(engine.grade(jobs), key=lambda result: result.student)
    scores = [
        {
            f"{name}/{cell.name}": cell.auto_score
            for name, one in result.notebooks.items()
            for cell in one.cells
            if cell.kind == "grade"
        }
        for result in found
    ]
    return scores, engine, found


def with_answers(data, answers):
    """Return a solved notebook with other answers in place of its own, in order; None: its own."""
    import json

    if answers is None:
        return data
    raw, answers = json.loads(data), list(answers)
    for cell in raw["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = answers.pop(0)
    return json.dumps(raw).encode()


def _cell(source, **roles):
    meta = {"grade": False, "solution": False, "task": False, "locked": False, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": meta | roles})
