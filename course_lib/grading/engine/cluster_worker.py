"""What runs inside a Dask worker: bundles and warm processes that stay there between submissions.

A Dask worker may have several threads. Each takes a warm process that no other one is using, so
that there are as many as threads at work; a thread only waits for its process. What nobody has used
for a while is closed: a client that was killed leaves nothing behind for long.
"""

import asyncio
import atexit
import hashlib
import platform
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.errors import CourseError
from course_lib.grading.engine.worker import Worker, grade_bytes

IDLE_SECONDS = 900.0
Kind = tuple[tuple[str, ...], str]  # the modules that are loaded, and the sandbox


class UnpreparedError(Exception):
    """This Dask worker does not have the bundle: it was started anew, or was idle for long."""


class GraderFailedError(Exception):
    """No result, for a reason that is not the submission's as far as can be seen here."""


def environment() -> dict[str, str]:
    """Return what must be the same wherever submissions of one class are graded."""
    import course_lib

    digest = hashlib.sha256()
    grading = Path(__file__).parents[1]
    for path in sorted(grading.rglob("*.py")):
        digest.update(f"{path.relative_to(grading)}\0".encode() + path.read_bytes())
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "course_lib": course_lib.__version__,
        "the grading code": digest.hexdigest()[:12],
    }


async def set_up(key: str, kind: Kind, bundle: bytes, threads: int) -> str:
    """Take a bundle and start a warm process for each thread; return "" or what is wrong here."""
    try:
        await asyncio.to_thread(HOLDER.set_up, key, kind, bundle, threads)
    except (CourseError, OSError) as error:
        return str(error)
    return ""


def forget(key: str) -> None:
    """Drop a bundle, and the warm processes that nothing else needs."""
    HOLDER.forget(key)


def grade_there(key: str, job: bytes, bundle: bytes = b"") -> bytes:
    """Return a result's bytes for a job's; `bundle` stands in for the one that was set up.

    Raises: UnpreparedError, GraderFailedError.
    """
    held, kind = HOLDER.bundle(key)
    try:
        with HOLDER.warm(kind) as worker:
            return grade_bytes(worker, bundle or held, job)
    except Exception as error:
        raise GraderFailedError(f"{type(error).__name__}: {error}"[:300]) from None


@dataclass
class _Held:
    """A bundle, what it runs in, and when it was used last."""

    bundle: bytes
    kind: Kind
    used: float = field(default_factory=time.monotonic)


class Holder:
    """The bundles and the idle warm processes of this Dask worker; any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}
        self._idle: dict[Kind, list[Worker]] = {}
        self._sweeper: threading.Thread | None = None

    def set_up(self, key: str, kind: Kind, bundle: bytes, threads: int) -> None:
        """Keep a bundle; start what is missing of `threads` warm processes.

        Raises: SandboxError.
        """
        with self._lock:
            self._held[key] = _Held(bundle, kind)
            missing = threads - len(self._idle.get(kind, []))
            if self._sweeper is None:
                self._sweeper = threading.Thread(target=self._sweep, daemon=True)
                self._sweeper.start()
        for _ in range(missing):
            self._give_back(kind, _started(kind))

    def bundle(self, key: str) -> tuple[bytes, Kind]:
        """Return a bundle and its kind; raises UnpreparedError."""
        with self._lock:
            held = self._held.get(key)
            if held is None:
                raise UnpreparedError("no bundle here")
            held.used = time.monotonic()
            return held.bundle, held.kind

    @contextmanager
    def warm(self, kind: Kind) -> Iterator[Worker]:
        """Lend a warm process that nobody else uses meanwhile; it is started if there is none."""
        with self._lock:
            idle = self._idle.get(kind)
            worker = idle.pop() if idle else None
        worker = worker or _started(kind)
        try:
            yield worker
        except BaseException:
            worker.close()
            raise
        self._give_back(kind, worker)

    def forget(self, key: str) -> None:
        """Drop one bundle."""
        with self._lock:
            self._held.pop(key, None)
        self._close_unused()

    def close(self) -> None:
        """Drop everything."""
        with self._lock:
            self._held.clear()
        self._close_unused()

    def _give_back(self, kind: Kind, worker: Worker) -> None:
        with self._lock:
            wanted = any(held.kind == kind for held in self._held.values())
            if wanted:
                self._idle.setdefault(kind, []).append(worker)
        if not wanted:
            worker.close()

    def _close_unused(self) -> None:
        with self._lock:
            wanted = {held.kind for held in self._held.values()}
            gone = [self._idle.pop(kind) for kind in list(self._idle) if kind not in wanted]
        for worker in (one for workers in gone for one in workers):
            worker.close()

    def _sweep(self) -> None:
        while True:
            time.sleep(IDLE_SECONDS / 10)
            since = time.monotonic() - IDLE_SECONDS
            with self._lock:
                for key in [key for key, held in self._held.items() if held.used < since]:
                    del self._held[key]
            self._close_unused()


def _started(kind: Kind) -> Worker:
    worker = Worker(list(kind[0]), kind[1])
    worker.start()
    return worker


HOLDER = Holder()
atexit.register(HOLDER.close)
