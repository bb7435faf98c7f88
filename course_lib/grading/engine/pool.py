"""Several workers on this machine: jobs in, results out in the order in which they are done."""

import queue
import threading
from collections.abc import Iterable, Iterator

from course_lib.grading.engine.worker import Worker, grade_bytes
from course_lib.grading.intake.work import Bundle, Job, SubmissionResult


class LocalPool:
    """Threads that each hold one worker; the work itself is done in the workers' processes."""

    def __init__(self, bundle: Bundle, workers: list[Worker]) -> None:
        self.bundle = bundle
        self.workers = workers
        self.notes: list[str] = []

    def __enter__(self) -> "LocalPool":
        return self

    def __exit__(self, *args: object) -> None:
        for worker in self.workers:
            worker.close()

    def grade(self, jobs: Iterable[Job]) -> Iterator[SubmissionResult]:
        """Yield results; a few jobs are read ahead, no more."""
        data = self.bundle.to_bytes()
        waiting: queue.Queue[bytes | None] = queue.Queue(maxsize=len(self.workers))
        done: queue.Queue[bytes | BaseException] = queue.Queue()

        def work(worker: Worker) -> None:
            try:
                while (job := waiting.get()) is not None:
                    done.put(grade_bytes(worker, data, job))
            except BaseException as error:
                done.put(error)

        threads = [
            threading.Thread(target=work, args=(worker,), daemon=True) for worker in self.workers
        ]
        for thread in threads:
            thread.start()
        try:
            yield from self._exchange(jobs, waiting, done)
        finally:
            for _ in threads:
                # a thread that died takes no job: the queue may stay full
                threading.Thread(target=waiting.put, args=(None,), daemon=True).start()

    def _exchange(
        self, jobs: Iterable[Job], waiting: queue.Queue, done: queue.Queue
    ) -> Iterator[SubmissionResult]:
        source, in_flight, more = iter(jobs), 0, True
        while more or in_flight:
            while more and in_flight < 2 * len(self.workers):
                job = next(source, None)
                if job is None:
                    more = False
                    break
                waiting.put(job.to_bytes())
                in_flight += 1
            if not in_flight:
                break
            result = done.get()
            if isinstance(result, BaseException):
                raise result
            in_flight -= 1
            yield SubmissionResult.from_bytes(result)
