"""What must stay untouched and unseen outside a sandbox, and what a case leaves behind."""

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from course_lib.grading.authoring.release import to_bytes
from suites.hostile.case import MARK, Place
from suites.sources import read

TOKEN = "ZEBRA_"  # stands in everything that no student may see, hidden tests included
SECRET = {"COURSE_SUITE_SECRET": "ZEBRA_ENV"}
SHARED = Path("/dev/shm/zebra-canary")
DROPPED = (  # what hostile cases try to write in places that everybody shares
    *(f"{top}/zebra-note" for top in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/home")),
    *(f"{top}/suite-fill" for top in ("/tmp", "/var/tmp", "/dev/shm", "/run", "", "/root")),
    "/suite-canary-file",
)


class Canary:
    """Things outside the sandbox for hostile cases to go for, open to everybody outside."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="course-canary-", dir="/var/tmp"))
        self.folder.chmod(0o777)
        files = {
            "secret.txt": b"ZEBRA_FILE the answers\n",
            "keep.txt": b"keep me\n",
            ".ssh/id_rsa": b"ZEBRA_KEY\n",
            "source.ipynb": to_bytes(read("tensors").notebooks["tensors"]),
        }
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.parent.chmod(0o777)
            path.write_bytes(content)
            path.chmod(0o666)
        self.contacts: list[str] = []
        self._sockets: list[socket.socket] = []
        tcp = self._listen(socket.AF_INET, ("127.0.0.1", 0), "TCP")
        udp = self._listen(socket.AF_INET, ("127.0.0.1", 0), "UDP", socket.SOCK_DGRAM)
        unix = f"{self.folder}/socket"
        self._listen(socket.AF_UNIX, unix, "unix socket")
        Path(unix).chmod(0o777)
        abstract = f"suite-canary-{os.getpid()}"
        self._listen(socket.AF_UNIX, "\0" + abstract, "abstract socket")
        SHARED.write_text("ZEBRA_SHM")
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(3600)", "ZEBRA_ARGV"],
            env=dict(os.environ) | SECRET,
        )
        ports = tcp.getsockname()[1], udp.getsockname()[1]
        self.place = Place(self.folder, *ports, unix, abstract, self.process.pid)
        self._before = self._snapshot()
        self._known = set(_left_behind())
        self._dropped = {path for path in DROPPED if Path(path).exists()}

    def _listen(
        self, family: int, address: object, name: str, kind: int = socket.SOCK_STREAM
    ) -> socket.socket:
        listener = socket.socket(family, kind)
        listener.bind(address)  # pyright: ignore[reportArgumentType]
        if kind == socket.SOCK_STREAM:
            listener.listen(16)
        threading.Thread(target=self._answer, args=(listener, name), daemon=True).start()
        self._sockets.append(listener)
        return listener

    def _answer(self, listener: socket.socket, name: str) -> None:
        while True:
            try:
                if listener.type == socket.SOCK_STREAM:
                    connection, _ = listener.accept()
                    connection.sendall(b"welcome")
                    connection.close()
                else:
                    _, sender = listener.recvfrom(100)
                    listener.sendto(b"welcome", sender)
            except OSError:
                return
            self.contacts.append(name)

    def _snapshot(self) -> dict[str, str]:
        found = {}
        for path in sorted(self.folder.rglob("*")):
            state = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            digest = hashlib.sha256(content).hexdigest()[:12]
            found[str(path)] = f"{state.st_mode:o} {state.st_uid} {digest}"
        return found

    def damage(self, patience: float = 5.0) -> list[str]:
        """Return what was touched, reached or left behind; waits a little for processes to go."""
        after, found = self._snapshot(), []
        for path in sorted(self._before.keys() | after.keys()):
            if self._before.get(path) != after.get(path):
                found.append(f"{path}: {self._before.get(path)} became {after.get(path)}")
        found += [f"somebody reached the {name}" for name in self.contacts]
        if self.process.poll() is not None:
            found.append("a process outside was killed")
        found += [
            f"{p} was written" for p in DROPPED if p not in self._dropped and Path(p).exists()
        ]
        until = time.monotonic() + patience
        while (left := set(_left_behind()) - self._known) and time.monotonic() < until:
            time.sleep(0.1)
        return found + [f"left behind: {name}" for name in sorted(left)]

    def close(self) -> None:
        """Take everything away."""
        import shutil

        self.process.kill()
        self.process.wait()
        for listener in self._sockets:
            listener.close()
        SHARED.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def _left_behind() -> list[str]:
    """Return the processes of this machine that hostile cases started, seen from outside."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            name = (folder / "comm").read_text().strip()
            arguments = (folder / "cmdline").read_bytes()
        except OSError:
            continue  # no process, or one that is gone
        if name == MARK or arguments == b"sleep\x00240\x00":
            found.append(f"{folder.name} {name}")
    return found
