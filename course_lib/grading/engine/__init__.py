"""Grade submissions: the student's cells in a sandbox, the tests outside it, workers beside it."""

import ast
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.grading.engine.cluster import ClusterPool
    from course_lib.grading.engine.pool import LocalPool
    from course_lib.grading.intake.work import Bundle

AT_ONCE = 8  # submissions in flight through one warm process


def open_engine(
    bundle: "Bundle",
    workers: int = 1,
    *,
    sandbox: str = "bubblewrap",
    cluster: str = "",
) -> "LocalPool | ClusterPool":
    """Return a pool of workers that grade this bundle, ready and calibrated; use it with `with`.

    Its `bundle` says how each test runs, its `notes` what the instructor should know.
    cluster: address of a Dask scheduler; its workers are used then, however many there are.
    Raises: SandboxError where submissions cannot be isolated, ClusterError where there is no
        cluster that can grade.
    """
    if cluster:
        from course_lib.grading.engine.cluster import open_cluster

        return open_cluster(bundle, cluster, modules_of(bundle), sandbox)

    from concurrent.futures import ThreadPoolExecutor

    from course_lib.grading.engine.calibrate import calibrate
    from course_lib.grading.engine.pool import LocalPool
    from course_lib.grading.engine.worker import Worker, grade_bytes
    from course_lib.grading.intake.work import Bundle, Job, SubmissionResult

    # one warm process serves several submissions at once; a container serves one
    a_process = 1 if sandbox == "container" else AT_ONCE
    modules = modules_of(bundle)
    warm = [Worker(modules, sandbox) for _ in range(-(-workers // a_process))]
    started = [warm[number % len(warm)] for number in range(workers)]
    try:
        with ThreadPoolExecutor(len(warm)) as threads:
            list(threads.map(lambda worker: worker.start(), warm))

        loaded: dict[str, None] = {}

        def grade(one: Bundle, jobs: list[Job]) -> list[SubmissionResult]:
            data = one.to_bytes()

            def by(worker: Worker, job: Job) -> SubmissionResult:
                return SubmissionResult.from_bytes(grade_bytes(worker, data, job.to_bytes()))

            with ThreadPoolExecutor(len(jobs)) as threads:
                results = list(threads.map(by, itertools.cycle(started), jobs))
            for result in results:
                loaded.update(dict.fromkeys(result.loaded))
            return results

        calibrated = calibrate(bundle, grade)
        for worker in warm:
            worker.warm(list(loaded))
    except BaseException:
        for worker in warm:
            worker.close()
        raise
    pool = LocalPool(calibrated.bundle, started)
    pool.notes = calibrated.notes
    return pool


def modules_of(bundle: "Bundle") -> list[str]:
    """Return the modules that the source imports: the warm process has them loaded."""
    found: list[str] = []
    own = {part.partition(".")[0] for path in bundle.files for part in path.split("/")}
    own |= {notebook.name for notebook in bundle.notebooks}
    for notebook in bundle.notebooks:
        for cell in notebook.cells:
            if cell.cell_type == "code":
                found += [name for name in _imported(cell.source) if name.split(".")[0] not in own]
    return list(dict.fromkeys(found))


def _imported(source: str) -> list[str]:
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):
        return []
    found = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return found + [
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module
    ]
