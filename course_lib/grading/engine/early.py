"""A warm process that starts while nbgrader is still being imported: both take seconds."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from course_lib.grading.engine.worker import Worker


class EarlyWorker:
    """Use it with `with`: a process that nobody took is ended at the end."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._worker: Future[Worker] | None = self._thread.submit(_start)

    def __enter__(self) -> "EarlyWorker":
        return self

    def __exit__(self, *args: object) -> None:
        left, self._worker = self._worker, None
        if left is not None and left.exception() is None:
            left.result().close()
        self._thread.shutdown()

    def take(self) -> "Worker | None":
        """Return the started worker; None if it was taken before.

        Raises: SandboxError where there is no sandbox.
        """
        taken, self._worker = self._worker, None
        return None if taken is None else taken.result()


def _start() -> "Worker":
    from course_lib.grading.engine.worker import Worker

    worker = Worker([])
    worker.start()
    return worker
