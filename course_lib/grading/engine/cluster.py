"""Grade on a Dask cluster: bytes go to its workers and bytes come back, as with the local pool.

Each submission is sent to one worker by name, two a thread, so that it is known what a worker had
in hand when it died. That work is done again by others, each submission alone with a worker; one
that ends a worker there too is left to a person.

Security: a Dask cluster is the instructor's own side. Its scheduler and workers run whatever a
client sends, and they unpickle it: let nobody else reach their ports, and use TLS (Dask's own
configuration is honoured). What students wrote travels as bytes, is read inside the sandbox of a
worker, and its result is JSON; nothing of theirs is unpickled anywhere.
"""

import queue
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from course_lib.grading.engine import cluster_worker
from course_lib.grading.engine.calibrate import calibrate
from course_lib.grading.engine.cluster_fleet import ClusterError, Fleet, connect
from course_lib.grading.intake.work import Bundle, Job, SubmissionResult

AHEAD = 2  # submissions a thread: one at work, one waiting beside it
LOSSES = 2  # workers that one submission may end; the last one had nothing else in hand
FAILURES = 3  # in a row: such a worker gets nothing more
LOOK_SECONDS = 1.0
WORKERLESS_SECONDS = 120.0


def open_cluster(bundle: Bundle, address: str, modules: list[str], sandbox: str) -> "ClusterPool":
    """Return a pool on the cluster at `address`, its workers checked and warm.

    Raises: ClusterError.
    """
    fleet = Fleet(connect(address), address, modules, sandbox)
    try:
        fleet.hand_out(bundle)
        pool = ClusterPool(fleet, bundle)
        calibrated = calibrate(bundle, pool.grade_all)
        pool.bundle, pool.notes = calibrated.bundle, calibrated.notes
        if pool.bundle != bundle:
            fleet.hand_out(pool.bundle)
        pool.notes += [f"not used: {where}: {why}" for where, why in fleet.unfit.items()]
    except BaseException:
        fleet.close()
        raise
    return pool


@dataclass(eq=False)
class _Task:
    """A submission on its way."""

    student: str
    job: bytes
    bundle: bytes = b""  # in place of the one that the workers have
    losses: int = 0
    worker: str = ""
    future: Any = None
    done: bool = False


class ClusterPool:
    """The local pool's interface, on a cluster."""

    def __init__(self, fleet: Fleet, bundle: Bundle) -> None:
        self.fleet, self.bundle = fleet, bundle
        self.notes: list[str] = []

    def __enter__(self) -> "ClusterPool":
        return self

    def __exit__(self, *args: object) -> None:
        self.fleet.close()

    def grade(self, jobs: Iterable[Job]) -> Iterator[SubmissionResult]:
        """Yield results in the order in which they are done; a few jobs are read ahead, no more.

        Raises: ClusterError when the cluster goes away.
        """
        return _Run(self.fleet).results(_Task(job.student, job.to_bytes()) for job in jobs)

    def grade_all(self, bundle: Bundle, jobs: list[Job]) -> list[SubmissionResult]:
        """Grade the source's own answers by another bundle; raises ClusterError."""
        data = bundle.to_bytes()
        tasks = (_Task(job.student, job.to_bytes(), data) for job in jobs)
        results = list(_Run(self.fleet).results(tasks))
        for result in results:
            if not result.notebooks:
                raise ClusterError(
                    "a cluster that grades the source's own answers",
                    "; ".join(result.doubts) or "nothing",
                    "look into the log of its workers",
                )
        return results


class _Run:
    """One batch: what is where, and what became of it."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet, self.client = fleet, fleet.client
        self.events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.running: dict[str, _Task] = {}  # by the key of the task's future
        self.again: list[_Task] = []  # to be repeated, no fault of theirs
        self.suspects: list[_Task] = []  # in hand when a worker died
        self.alone: set[str] = set()  # workers that have a suspect
        self.more = True  # whether the source may have more
        self.failures: Counter[str] = Counter()  # in a row, by worker
        self.over = threading.Event()
        self.workerless = time.monotonic()

    def results(self, source: Iterator[_Task]) -> Iterator[SubmissionResult]:
        watch = threading.Thread(target=self._watch, daemon=True)
        watch.start()
        try:
            self._send(source)
            while self.more or self.running or self.again or self.suspects:
                yield from self._handle(*self.events.get())
                self._send(source)
        finally:
            self.over.set()
            if self.running and self.client.status == "running":
                self.client.cancel([task.future for task in self.running.values()])

    def _send(self, source: Iterator[_Task]) -> None:
        """Send what there is room for; the suspects when all others are through."""
        while (worker := self._room()) is not None:
            task = self.again.pop() if self.again else next(source, None)
            if task is None:
                self.more = False
                break
            self._submit(task, worker)
        if self.more or self.again:
            return
        busy = {task.worker for task in self.running.values()}
        for worker in [one for one in self.fleet.threads if one not in busy]:
            # somewhere else than the first time, if there is another worker
            fresh = (task for task in self.suspects if task.worker != worker)
            only = self.suspects[0] if self.suspects and len(self.fleet.threads) == 1 else None
            if (task := next(fresh, only)) is not None:
                self.suspects.remove(task)
                self.alone.add(worker)
                self._submit(task, worker)

    def _room(self) -> str | None:
        """Return the worker with the least to do, if it can take more."""
        load = Counter(task.worker for task in self.running.values())
        share = {
            where: load[where] / threads
            for where, threads in list(self.fleet.threads.items())
            if where not in self.alone
        }
        least = min(share, key=share.__getitem__, default=None)
        return least if least is not None and share[least] < AHEAD else None

    def _submit(self, task: _Task, worker: str) -> None:
        from dask import config

        task.worker, task.done = worker, False
        with config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
            task.future = self.client.submit(
                cluster_worker.grade_there,
                self.fleet.key,
                task.job,
                task.bundle,
                key=f"submission-{uuid.uuid4().hex}",
                workers=[worker],
                pure=False,
            )
        self.running[task.future.key] = task

        def done(future: Any) -> None:
            task.done = task.done or task.future.key == future.key  # not an earlier, cancelled one
            self.events.put(("done", future.key))

        task.future.add_done_callback(done)

    def _handle(self, event: str, what: Any) -> Iterator[SubmissionResult]:
        if event == "lost":
            raise what
        if event == "present":
            yield from self._compare(what)
        elif what in self.running:
            yield from self._collect(self._take(what))

    def _compare(self, present: set[str]) -> Iterator[SubmissionResult]:
        """Take back what lies with workers that are gone."""
        for where in self.fleet.threads.keys() - present:
            del self.fleet.threads[where]
        lost = [key for key, task in self.running.items() if task.worker not in present]
        for key in reversed(lost):  # what waited behind the one at work is tried again first
            task = self._take(key)
            had_ended = task.done
            task.future.cancel()  # which counts as done too
            if had_ended:  # the worker died later, with the result
                self.again.append(task)
            else:
                yield from self._blame(task, "its Dask worker ended")
        if self.fleet.threads:
            self.workerless = time.monotonic()
        elif time.monotonic() - self.workerless > WORKERLESS_SECONDS:
            raise self.fleet.lost(f"no worker that can grade for {WORKERLESS_SECONDS:g} s")

    def _take(self, key: str) -> _Task:
        task = self.running.pop(key)
        if task.losses:
            self.alone.discard(task.worker)
        return task

    def _collect(self, task: _Task) -> Iterator[SubmissionResult]:
        from distributed import CancelledError

        try:
            data = self._fetch(task)
        except CancelledError:
            raise self.fleet.lost("the connection to its scheduler was lost") from None
        except cluster_worker.UnpreparedError:
            self.fleet.meet_again(task.worker)
            self.again.append(task)
        except Exception as error:
            self.failures[task.worker] += 1
            if self.failures[task.worker] == FAILURES:
                self.fleet.dismiss(task.worker, str(error))
            yield from self._blame(task, str(error))
        else:
            self.failures[task.worker] = 0
            if isinstance(data, bytes):
                yield SubmissionResult.from_bytes(data)
            else:
                self.again.append(task)

    def _fetch(self, task: _Task) -> bytes | None:
        """Return the result's bytes; None where the worker died with them."""
        patience = 1.0
        while True:
            try:
                return task.future.result(timeout=patience)
            except TimeoutError:
                if task.worker not in self.fleet.present():
                    return None
                patience *= 2

    def _blame(self, task: _Task, what: str) -> Iterator[SubmissionResult]:
        """Repeat a submission alone; if that failed too, leave it to a person."""
        task.losses += 1
        if task.losses < LOSSES:
            self.suspects.append(task)
            return
        yield SubmissionResult(
            task.student, doubts=[f"the grader failed {LOSSES} times: {what}"[:300]]
        )

    def _watch(self) -> None:
        """Report workers that come and go, until the batch is over."""
        while not self.over.wait(LOOK_SECONDS):
            try:
                came, present = self.fleet.look()
            except Exception as error:
                self.events.put(("lost", error))
                return
            self.events.put(("present", present))
            if came:
                threading.Thread(target=self._welcome, args=(came,), daemon=True).start()

    def _welcome(self, came: dict[str, int]) -> None:
        self.fleet.welcome(came)
        self.events.put(("welcomed", ""))  # wakes the loop: there is room
