"""One run at a time on one assignment, and an end that keeps what is done."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from course_lib.errors import CourseError
from course_lib.grading.course.gradebook_errors import explain_os


class AlreadyRunningError(CourseError):
    """Another process is grading this assignment."""


@contextmanager
def alone(folder: Path, assignment: str) -> Iterator[None]:
    """Hold the lock of an assignment's folder in .course_grading.

    subtle: a record lock belongs to this process alone. Workers that it forks do not hold it on
    after it was killed, as they would hold an `flock`.
    Raises: AlreadyRunningError; CourseDirectoryError where nothing can be written.
    """
    try:
        import fcntl
    except ImportError:  # Windows, where grading runs in a container
        yield
        return
    path = folder / "lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise explain_os(error, folder) or error from None
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise AlreadyRunningError(
                f"one run of `course autograde {assignment}` at a time",
                f"{file.read().strip() or 'another process'} is at it in this course",
                "wait until it ends, or stop it; what it has graded is kept",
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        yield


class Stop:
    """SIGINT and SIGTERM as KeyboardInterrupt, but never in the middle of a submission's entry."""

    def __init__(self) -> None:
        self._held = self._wanted = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Stop":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._called)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _called(self, *_: object) -> None:
        self._wanted = True
        if not self._held:
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Put a signal off until the end of the block."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._wanted:
            raise KeyboardInterrupt
