"""Containers in the place of bubblewrap: for machines that are not Linux, or without namespaces.

One container holds the checkers; each student's process gets one of its own, for nested namespaces
are refused in a container and they must share nothing. This program runs beside the worker, speaks
to it as the warm process does (see zygote.py), and carries bytes: it executes none of them. A spare
container is started ahead, since each has to load the course's libraries anew.

Processor time is read from /proc where the container's processes can be seen on this machine;
elsewhere (an engine in a virtual machine or far away) wall time counts in its place.

What has been tried: everything here against a stand-in for the engine's command line, which checks
the options and runs the command in bubblewrap. No real docker or podman was at hand: run
`course doctor --sandbox container` before trusting it.

Started as `python -m course_lib.grading.engine.container DESCRIPTOR`.
"""

import contextlib
import json
import os
import queue
import secrets
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_lib.grading.course.limits import Limits
from course_lib.grading.engine.mux import Mux
from course_lib.grading.remote.wire import Channel
from course_lib.grading.sandbox import processes
from course_lib.grading.sandbox.bubblewrap import SandboxError
from course_lib.grading.sandbox.container_engine import LABEL, call, command, described, require

INSIDE = "course_lib.grading.engine.container_inside"
FOR_CHECKER = Limits(memory=8 << 30, processes=256, disk=1 << 30)
START_SECONDS, ENDING = 300.0, 2.0


class Box:
    """One container and the way into it."""

    def __init__(self, program: str, role: str, limits: Limits) -> None:
        self.program, self.limits = program, limits
        self.name = f"{LABEL}-{secrets.token_hex(8)}"
        self.ended = False  # by us
        self._pid: int | None = None
        self._started = time.monotonic()
        self.sock, theirs = socket.socketpair()
        with theirs:
            way = theirs.fileno()
            self._process = subprocess.Popen(
                command(program, INSIDE, role, self.name, limits), stdin=way, stdout=way
            )

    def warm(self, modules: list[str]) -> "Box":
        """Wait until a student's process is ready. Returns this box."""
        channel = Channel(self.sock)
        channel.send({"modules": modules, "limits": asdict(self.limits)})
        message, _ = channel.receive(START_SECONDS)
        if "ready" not in message:
            raise SandboxError("a container that starts", str(message)[:300], "see above")
        self._pid = self._found()
        self._started = time.monotonic()
        return self

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def processor_seconds(self) -> float:
        """Return its processor time, or the time since it was ready where that is not known."""
        if self._pid is not None and (used := processes.processor_seconds(self._pid)):
            return used
        return time.monotonic() - self._started

    def interrupt(self) -> None:
        """Ask its process to stop what it does."""
        if self.alive:
            call(self.program, "kill", "--signal", "INT", self.name)

    def end(self, *, patient: bool = False) -> str:
        """End it; return why it had ended by itself, if it had."""
        if patient:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(ENDING)
        if self.alive:
            self.ended = True
            call(self.program, "kill", "--signal", "KILL", self.name)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(ENDING)
            self._process.kill()  # the client; where the engine hangs nothing more can be done
        code = self._process.wait()
        return "" if self.ended else described(code, self.limits)

    def _found(self) -> int | None:
        """Return the process's number on this machine, if it is on this machine."""
        done = call(self.program, "inspect", "--format", "{{.State.Pid}}", self.name)
        with contextlib.suppress(ValueError, OSError):
            pid = int(done.stdout)
            if pid and self.name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        return None


class Host:
    """Between a worker and its containers."""

    def __init__(self, control: socket.socket, program: str) -> None:
        self.control, self.program = control, program
        self.modules: list[str] = []
        self.students: dict[int, tuple[int, Box]] = {}  # number -> its checker, its container
        self.asked: queue.Queue[dict] = queue.Queue()
        self.spare: tuple[Limits, Future[Box]] | None = None
        self.boxes: list[Box] = []  # all that may still run
        self._ahead = ThreadPoolExecutor(1)

    def run(self) -> None:
        """Serve until the worker closes its end."""
        self.modules = json.loads(self.control.recv(1 << 16))["modules"]
        checker = self._box("checker", FOR_CHECKER)
        self.mux = Mux(Channel(checker.sock), self._take)
        start = {"modules": self.modules, "keep": self.modules, "namespaces": False}
        self.mux.send({"start": start})
        for work in (self._carry, self._answer_all):
            threading.Thread(target=work, daemon=True).start()
        number = 0
        while True:
            data, descriptors, _, _ = socket.recv_fds(self.control, 1 << 16, 1)
            if not data:
                return
            number += 2
            self.mux.send({"grade": number})  # first: what comes for an unknown stream is lost
            self.mux.attach(number, socket.socket(fileno=descriptors[0]))

    def close(self) -> None:
        """End every container."""
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda box: box.end(), self.boxes))

    def _take(self, message: dict[str, Any]) -> None:
        if "ready" in message:
            self.control.send(json.dumps(message["ready"]).encode())
        elif "ask" in message:
            self.asked.put(message["ask"])

    def _carry(self) -> None:
        self.mux.run()
        self._give_up("the checker's container ended")

    def _answer_all(self) -> None:
        try:
            while True:
                self.mux.send({"answer": self._answer(self.asked.get())})
        except Exception as error:
            self._give_up(f"{type(error).__name__}: {error}")

    def _answer(self, ask: dict[str, Any]) -> dict[str, Any]:
        if "student" in ask:
            number, box = ask["number"], self._student(Limits(**ask["student"]))
            self.students[number] = ask["owner"], box
            self.mux.attach(number, box.sock)
            return {"student": number}
        if "forget" in ask:
            owned = [n for n, (owner, _) in self.students.items() if owner == ask["owner"]]
            for number in owned:
                threading.Thread(target=self.students.pop(number)[1].end, daemon=True).start()
            return {}
        number = ask.get("cpu") or ask.get("interrupt") or ask.get("kill") or 0
        owner, box = self.students[number]
        if owner != ask["owner"]:
            raise PermissionError(f"a student's process of another checker: {number}")
        if "cpu" in ask:
            return {"cpu": box.processor_seconds(), "alive": box.alive}
        if "interrupt" in ask:
            box.interrupt()
            return {"why": ""}
        return {"why": box.end(patient=bool(ask.get("patient")))}

    def _student(self, limits: Limits) -> Box:
        """Return a container that is ready, and begin with the next one."""
        spare, self.spare = self.spare, None
        box = spare[1].result() if spare is not None else None
        if box is not None and (spare is None or spare[0] != limits or not box.alive):
            box.end()
            box = None
        box = box or self._new(limits)
        self.spare = limits, self._ahead.submit(self._new, limits)
        return box

    def _new(self, limits: Limits) -> Box:
        return self._box("student", limits).warm(self.modules)

    def _box(self, role: str, limits: Limits) -> Box:
        box = Box(self.program, role, limits)
        self.boxes = [one for one in self.boxes if one.alive] + [box]
        return box

    def _give_up(self, why: str) -> None:
        """End this program: the worker sees it, says why, and begins anew."""
        print(why, file=sys.stderr, flush=True)
        self.close()
        os._exit(1)


def main() -> None:
    """Serve the worker on the descriptor that it left open."""
    host = Host(socket.socket(fileno=int(sys.argv[1])), require())
    try:
        host.run()
    finally:
        host.close()
        os._exit(0)


if __name__ == "__main__":
    main()
