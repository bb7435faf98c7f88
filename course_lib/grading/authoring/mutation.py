"""Grade an assignment many times with other answers: mutants and alternatives, in the real engine.

Each variant runs only the cells that its replaced answers can reach, and what these need.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from queue import Queue
from typing import TYPE_CHECKING

from course_lib.errors import CourseError
from course_lib.grading.course.limits import Limits
from course_lib.grading.intake.bundle import bundle_of
from course_lib.grading.intake.dependencies import cells_for, cells_to_run
from course_lib.grading.intake.work import Bundle, Job, SubmissionResult
from course_lib.grading.notebook.scoring import is_autograded, is_solution

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from course_lib.grading.engine.worker import Worker

BASE = "base"
CELL_SECONDS = 60.0  # processor time
VARIANT_SECONDS = 900.0  # wall time


@dataclass(frozen=True)
class Run:
    """One variant: points and error of each autograded cell, in the order of the notebook.

    `said` is what each cell printed or raised, by cell id.
    """

    name: str
    points: dict[str, float]
    errors: dict[str, str]
    said: dict[str, str]
    seconds: float

    def lost(self, most: dict[str, float]) -> dict[str, float]:
        """Return the points that are missing, of the tests where any are."""
        return {test: most[test] - got for test, got in self.points.items() if got != most[test]}


def most_points(source: "NotebookNode") -> dict[str, float]:
    """Return the points that each autograded cell can give."""
    return {
        cell.metadata.nbgrader["grade_id"]: float(cell.metadata.nbgrader["points"])
        for cell in source.cells
        if is_autograded(cell)
    }


def run_variants(
    source: "NotebookNode",
    variants: dict[str, dict[str, str]],
    *,
    every_cell: bool = False,
    cell_seconds: float = CELL_SECONDS,
    variant_seconds: float = VARIANT_SECONDS,
    workers: int = 2,
    sandbox: str = "bubblewrap",
) -> dict[str, Run]:
    """Return the run of the source itself (named `base`) and of each variant.

    variants: name -> {grade_id of a solution cell: the source that replaces it}. Cells that a
    replaced one cannot reach keep the base's result, unless `every_cell`.
    Raises: CourseError when the engine gives no result; SandboxError without a sandbox.
    """
    from course_lib.grading.engine.calibrate import calibrate, solved

    limits = Limits(cell_seconds=cell_seconds, submission_seconds=variant_seconds)
    bundle = bundle_of(BASE, source, limits)
    with _workers(bundle, workers, sandbox) as (warm, free), ThreadPoolExecutor(workers) as threads:

        def grade(part: Bundle, job: Job) -> SubmissionResult:
            return _grade(free, part, job)

        def trial(whole: Bundle, jobs: list[Job]) -> list[SubmissionResult]:
            results = list(threads.map(partial(grade, whole), jobs))
            loaded = sorted({name for result in results for name in result.loaded})
            for worker in warm:  # no variant loads again what the answers loaded
                worker.warm(loaded)
            return results

        bundle = calibrate(bundle, trial).bundle

        def heard(job: Job) -> Job:
            """Run it as a submission is, to its end: a message may stand behind the last test."""
            return replace(job, learn=False)

        base = _run(BASE, source, grade(bundle, heard(solved(bundle))))

        def one(name: str) -> Run:
            swaps = variants[name]
            part = bundle if every_cell else _part(bundle, source, swaps)
            job = heard(_with_answers(solved(part), part, swaps))
            return _run(name, source, grade(part, job), base)

        return {BASE: base} | dict(zip(variants, threads.map(one, variants), strict=True))


@contextmanager
def _workers(
    bundle: Bundle, number: int, sandbox: str
) -> Iterator[tuple[list["Worker"], "Queue[Worker]"]]:
    """Start warm processes; yield them, and a queue of who is free for a submission."""
    from course_lib.grading.engine import AT_ONCE
    from course_lib.grading.engine.modules import modules_of
    from course_lib.grading.engine.worker import Worker

    free: Queue[Worker] = Queue()
    a_process = 1 if sandbox == "container" else AT_ONCE
    warm = [Worker(modules_of(bundle), sandbox) for _ in range(-(-number // a_process))]
    try:
        for worker in warm:
            worker.start()
        for at in range(number):
            free.put(warm[at % len(warm)])
        yield warm, free
    finally:
        for worker in warm:
            worker.close()


def _grade(free: "Queue[Worker]", part: Bundle, job: Job) -> SubmissionResult:
    from course_lib.grading.engine.worker import grade_bytes

    worker = free.get()
    try:
        result = SubmissionResult.from_bytes(grade_bytes(worker, part.to_bytes(), job.to_bytes()))
    finally:
        free.put(worker)
    if not result.notebooks:
        raise CourseError("a graded notebook", "; ".join(result.doubts), "run the source")
    return result


def _part(bundle: Bundle, source: "NotebookNode", swaps: dict[str, str]) -> Bundle:
    """Return the bundle with the cells that a variant reaches, and what they need."""
    from course_lib.grading.engine.calibrate import with_names

    code = [cell for cell in source.cells if cell.cell_type == "code"]
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in code]
    replaced = {ids.index(name): text for name, text in swaps.items()}
    sources = [cell.source for cell in code]
    judged = [i for i, cell in enumerate(code) if cell.metadata.get("nbgrader", {}).get("locked")]
    if replaced:
        chosen = cells_to_run(sources, replaced, judged)
    else:
        answers = [i for i, cell in enumerate(code) if is_solution(cell)]
        chosen = cells_for(sources, judged + answers)
    wanted = {code[i].id for i in chosen}
    notebook = bundle.notebooks[0]
    cells = tuple(cell for cell in notebook.cells if cell.cell_id in wanted)
    return replace(bundle, notebooks=(with_names(replace(notebook, cells=cells)),))


def _with_answers(job: Job, bundle: Bundle, swaps: dict[str, str]) -> Job:
    """Return the solved job with other answers in place."""
    import json

    name = bundle.notebooks[0].name
    notebook = json.loads(job.notebooks[name])
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in swaps:
            cell["source"] = swaps[grade_id]
    return Job(job.student, {name: json.dumps(notebook).encode()})


def _run(
    name: str, source: "NotebookNode", result: SubmissionResult, base: Run | None = None
) -> Run:
    """Read a result; cells that did not run keep what the base had."""
    import json

    graded = result.notebooks[BASE]
    points = dict(base.points) if base else dict.fromkeys(most_points(source), 0.0)
    errors = dict(base.errors) if base else {}
    said = dict(base.said) if base else {}
    by_grade_id = {
        c.metadata["nbgrader"]["grade_id"]: c.id for c in source.cells if "nbgrader" in c.metadata
    }
    for cell in graded.cells:
        if cell.name in points:
            points[cell.name] = cell.auto_score or 0.0
            errors.pop(cell.name, None)
            if cell.message:
                errors[cell.name] = cell.message
    for cell in json.loads(graded.text)["cells"]:
        if cell["cell_type"] == "code":
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            said[by_grade_id.get(grade_id, cell["id"])] = _said(cell)
    return Run(name, points, errors, said, result.seconds)


def _said(cell: dict) -> str:
    return "".join(
        "".join(output.get("text", "")) + output.get("evalue", "") for output in cell["outputs"]
    )
