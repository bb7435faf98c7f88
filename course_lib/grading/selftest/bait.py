"""What the self-test lays out for its probes, and looks at afterwards: nobody else's things."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SECRET = "COURSE_SELF_TEST"
ENDING = 2.0  # seconds in which a submission's processes must be gone after its result


class Bait:
    """Listeners, files, a process and a variable of ours, while the self-test runs."""

    def __init__(self, folder: Path) -> None:
        self.mark = f"course-self-test-{secrets.token_hex(8)}"
        self.folder = folder

    def __enter__(self) -> "Bait":
        self._stack = stack = contextlib.ExitStack()
        with contextlib.ExitStack() as undo:
            undo.callback(stack.close)
            self._lay_out(stack)
            undo.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _lay_out(self, stack: contextlib.ExitStack) -> None:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="self-test-")))
        place.chmod(0o755)  # a denial must be the sandbox's, not that of the file's rights
        self.files = {"/tmp": _canary(stack, place, self.mark)}
        for name, folder in (("home", Path.home()), ("course", self.folder)):
            with contextlib.suppress(OSError):  # where we cannot write there is nothing to test
                self.files[name] = _canary(stack, folder, self.mark)
        self.tcp = _listener(stack, socket.AF_INET, ("127.0.0.1", 0))
        self.udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.udp.bind(("127.0.0.1", 0))
        self.udp.setblocking(False)
        self.abstract = _listener(stack, socket.AF_UNIX, "\0" + self.mark)
        self.path = _listener(stack, socket.AF_UNIX, str(place / "socket"))
        (place / "socket").chmod(0o777)
        self.secret = secrets.token_hex(16)
        os.environ[SECRET] = self.secret
        stack.callback(os.environ.pop, SECRET, None)
        code = "import time; time.sleep(600)"
        self.witness = stack.enter_context(
            subprocess.Popen([sys.executable, "-I", "-S", "-c", code])
        )
        stack.callback(self.witness.kill)
        stack.callback(self._clear)

    def given(self) -> dict[str, Any]:
        """Return what the probes must know."""
        return {
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "abstract": self.mark,
            "path": self.path.getsockname(),
            "secret": self.secret,
            "witness": self.witness.pid,
            "mark": self.mark,
        }

    def reached(self, probe: str) -> str:
        """Return what is to be seen of a probe from outside; empty where there is nothing."""
        sockets = {"tcp": self.tcp, "abstract_socket": self.abstract, "path_socket": self.path}
        if probe in sockets:
            with contextlib.suppress(BlockingIOError):
                sockets[probe].accept()[0].close()
                return "a connection came"
        if probe == "udp":
            with contextlib.suppress(BlockingIOError):
                self.udp.recv(100)
                return "a datagram came"
        if probe == "signal_process" and self.witness.poll() is not None:
            return "our process was ended"
        if probe == "write_temporary" and (Path("/tmp") / self.mark).exists():
            return "it lies in the machine's /tmp"
        if probe == "leave_process":
            end = time.monotonic() + ENDING
            while (left := self._left()) and time.monotonic() < end:
                time.sleep(0.05)
            return f"{len(left)} still there" if left else ""
        return ""

    def _left(self) -> list[int]:
        found, mark = [], self.mark.encode()
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    if (folder / "cmdline").read_bytes().rstrip(b"\0").endswith(mark):
                        found.append(int(folder.name))
        return found

    def _clear(self) -> None:
        """Undo what a probe could do where it was not denied."""
        for pid in self._left():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            (Path("/tmp") / self.mark).unlink(missing_ok=True)


def _canary(stack: contextlib.ExitStack, folder: Path, mark: str) -> str:
    path = folder / f".{mark}"
    path.write_text("nothing of worth\n")
    stack.callback(path.unlink, missing_ok=True)
    path.chmod(0o644)
    return str(path)


def _listener(stack: contextlib.ExitStack, family: int, address: Any) -> socket.socket:
    sock = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
    sock.bind(address)
    sock.listen(8)
    sock.setblocking(False)
    return sock
