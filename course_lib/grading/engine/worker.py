"""One worker: a warm process in its sandbox, and submissions through it, one after the other."""

import contextlib
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from course_lib.grading.intake.work import SubmissionResult
from course_lib.grading.remote.wire import Channel, ChannelClosed
from course_lib.grading.sandbox import as_nobody, bubblewrap, container_engine

START_SECONDS = 300.0
TRIES = 2
MODULES_MOST = 1_000  # names that fit into one packet
PATIENCE = 30.0  # seconds after a checker should have been ended
CONTAINERS_END = 15.0


class WorkerGone(Exception):  # noqa: N818
    """The warm process or a checker ended before it gave a result."""


class Worker:
    """A warm process; several threads may grade through it, each a submission of its own."""

    def __init__(
        self,
        modules: Sequence[str],
        sandbox: str = "bubblewrap",
        keep: Sequence[str] | None = None,
    ) -> None:
        self.modules = list(modules)
        self.keep = list(modules if keep is None else keep)  # what the source is known to import
        self.sandbox = sandbox
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._said: Any = None
        self.missing: list[str] = []
        self._restart = threading.Lock()
        self._life = 0  # how often it was started anew

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def begin(self) -> None:
        """Start the warm process; it loads its modules while this process does something else.

        Raises: SandboxError where there is no sandbox.
        """
        if self.sandbox == "bubblewrap":
            bubblewrap.require()
        elif self.sandbox == "container":
            container_engine.require()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = tempfile.TemporaryFile()
        with theirs:
            os.set_inheritable(theirs.fileno(), True)
            self._process = _launch(
                _command(self.sandbox, theirs.fileno()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                pass_fds=(theirs.fileno(),),
                cwd="/",
                env={"PATH": "/usr/bin:/bin"} if self.sandbox == "bubblewrap" else dict(os.environ),
                start_new_session=True,
            )
        self._control = ours
        isolated = self.sandbox != "none"
        first = {"modules": self.modules, "keep": self.keep, "namespaces": isolated}
        with contextlib.suppress(OSError):  # what it said before it ended is read below
            ours.send(json.dumps(first).encode())

    def start(self, modules: Sequence[str] | None = None) -> None:
        """Wait until the warm process is ready.

        modules: what the source imports, where the process began without knowing it.
        Raises: SandboxError.
        """
        begun = self._control is not None
        if modules is not None:
            self.keep = list(modules)
        if not begun:
            self.modules = list(dict.fromkeys([*self.modules, *self.keep]))
            self.begin()
        assert self._control is not None
        assert self._process is not None
        try:
            ready = select.select([self._control], [], [], START_SECONDS)[0]
            data = self._control.recv(1 << 16) if ready else b""
        except OSError:
            data = b""
        if not data:
            code = self._process.poll()
            self._said.seek(0)
            words = self._said.read()[-2_000:].decode(errors="replace")
            self.close()
            if self.sandbox == "container":
                raise container_engine.explain(words)
            raise bubblewrap.explain(code, words)
        self.missing = json.loads(data)["missing"]
        if begun and modules is not None:
            self._load([name for name in modules if name not in self.modules])

    def warm(self, modules: Sequence[str]) -> None:
        """Load more modules into the warm process: forks of it need not load them again."""
        new = [name for name in modules if name not in self.modules]
        new = new[: max(0, MODULES_MOST - len(self.modules))]
        if new:
            self._load(new)

    def _load(self, new: list[str]) -> None:
        if self._control is None or self.sandbox == "container":
            return
        self.modules += new  # for a new life, too
        with contextlib.suppress(OSError):
            self._control.send(json.dumps({"import": new, "keep": self.keep}).encode())
            if select.select([self._control], [], [], START_SECONDS)[0]:
                self._control.recv(1 << 16)

    def close(self) -> None:
        """End the warm process and everything below it."""
        if self._control is not None:
            self._control.close()
        if self._process is not None and self._process.poll() is None:
            if self.sandbox == "container":  # it ends its containers
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(CONTAINERS_END)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = self._control = None

    def grade(self, bundle: bytes, job: bytes, seconds: float) -> bytes:
        """Return a result's bytes for a bundle's and a job's bytes.

        Raises: WorkerGone when no result came, even from a second warm process.
        """
        why = ""
        for _ in range(TRIES):
            life = self._life
            try:
                return self._grade(bundle, job, seconds)
            except (WorkerGone, OSError) as error:
                why = str(error)
            with self._restart:
                if life == self._life:  # no other thread has done it
                    self._life += 1
                    self.close()
                    self.start()
        raise WorkerGone(why)

    def _grade(self, bundle: bytes, job: bytes, seconds: float) -> bytes:
        if self._control is None:
            raise WorkerGone("it was closed")
        ours, theirs = socket.socketpair()
        channel = Channel(ours)
        try:
            with theirs:
                request = json.dumps({"grade": seconds}).encode()
                socket.send_fds(self._control, [request], [theirs.fileno()])
            channel.send({"grade": True}, [bundle, job])
            message, buffers = channel.receive(seconds + PATIENCE)
        except TimeoutError:
            raise WorkerGone(f"no result within {seconds:g} s") from None
        except ChannelClosed as error:
            raise WorkerGone(f"the checker ended: {error}") from None
        finally:
            channel.close()
        if "failed" in message:
            raise RuntimeError(message["failed"])
        return bytes(buffers[0])


def _launch(command: list[str], **options: Any) -> "subprocess.Popen[Any]":
    """Start a process from a thread that stays: bubblewrap ends with the thread that started it."""
    return _keeper().submit(subprocess.Popen, command, **options).result()


@functools.cache
def _keeper() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="warm-processes")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_keeper.cache_clear)  # a fork has no such thread


def grade_bytes(worker: Worker, bundle: bytes, job: bytes) -> bytes:
    """Return the result's bytes; what fails becomes a result that needs a person."""
    student = json.loads(job)["student"]
    limits = json.loads(bundle)["limits"]
    try:
        return worker.grade(bundle, job, 2 * limits["submission_seconds"] + 60)
    except (WorkerGone, RuntimeError) as error:
        last = (str(error).strip().splitlines() or [""])[-1]
        return SubmissionResult(student, doubts=[f"the grader failed: {last}"[:300]]).to_bytes()


def _command(sandbox: str, descriptor: int) -> list[str]:
    zygote = ["-s", "-P", "-m", "course_lib.grading.engine.zygote", str(descriptor)]
    if sandbox == "none":
        return [sys.executable, *zygote]
    if sandbox == "container":
        host = ["-s", "-P", "-m", "course_lib.grading.engine.container", str(descriptor)]
        return [sys.executable, *host]
    folders = bubblewrap.python_folders()
    inner = bubblewrap.command([sys.executable, *zygote], folders)
    if not bubblewrap.is_root():
        return inner
    launcher = [sys.executable, "-I", "-S", str(Path(as_nobody.__file__))]
    return [*launcher, *map(str, folders), "--", *inner]
