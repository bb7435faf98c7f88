"""Grade submissions: the student's cells in a sandbox, the tests outside it, workers beside it."""

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.grading.engine.cluster import ClusterPool
    from course_lib.grading.engine.pool import LocalPool
    from course_lib.grading.engine.worker import Worker
    from course_lib.grading.intake.work import Bundle

AT_ONCE = 8  # submissions in flight through one warm process


def open_engine(
    bundle: "Bundle",
    workers: int = 1,
    *,
    sandbox: str = "bubblewrap",
    cluster: str = "",
    ahead: "Worker | None" = None,
) -> "LocalPool | ClusterPool":
    """Return a pool of workers that grade this bundle, ready and calibrated; use it with `with`.

    Its `bundle` says how each test runs, its `notes` what the instructor should know.
    cluster: address of a Dask scheduler; its workers are used then, however many there are.
    ahead: a worker with a head start, of the same sandbox; the pool closes it.
    Raises: SandboxError where submissions cannot be isolated, ClusterError where there is no
        cluster that can grade.
    """
    from course_lib.grading.engine.modules import modules_of

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
    more = -(-workers // a_process) - (ahead is not None)
    warm = [*([ahead] if ahead else []), *(Worker(modules, sandbox) for _ in range(more))]
    started = [warm[number % len(warm)] for number in range(workers)]
    try:
        with ThreadPoolExecutor(len(warm)) as threads:
            list(threads.map(lambda worker: worker.start(modules), warm))

        def grade(one: Bundle, jobs: list[Job]) -> list[SubmissionResult]:
            data = one.to_bytes()

            def by(worker: Worker, job: Job) -> SubmissionResult:
                return SubmissionResult.from_bytes(grade_bytes(worker, data, job.to_bytes()))

            with ThreadPoolExecutor(len(jobs)) as threads:
                results = list(threads.map(by, itertools.cycle(started), jobs))
            loaded = list(dict.fromkeys(name for result in results for name in result.loaded))
            with ThreadPoolExecutor(len(warm)) as threads:
                list(threads.map(lambda worker: worker.warm(loaded), warm))
            return results

        calibrated = calibrate(bundle, grade)
    except BaseException:
        for worker in warm:
            worker.close()
        raise
    pool = LocalPool(calibrated.bundle, started)
    pool.notes = calibrated.notes
    return pool
