"""What runs inside the containers: the checker in one, each student's process in one of its own.

Both speak through their standard input and output, which are moved away first: what the student's
code prints goes nowhere but where the service sends it.

Started as `python -m course_lib.grading.engine.container_inside ROLE NAME`.
"""

import json
import os
import queue
import socket
import sys
import threading
from typing import Any

from course_lib.grading.course.limits import Limits
from course_lib.grading.engine import zygote
from course_lib.grading.engine.mux import Mux
from course_lib.grading.engine.warm import load
from course_lib.grading.remote.wire import Channel
from course_lib.grading.sandbox import namespaces, seccomp


class Pipes:
    """Two descriptors that serve as one socket."""

    def __init__(self, source: int, target: int) -> None:
        self.source, self.target = source, target

    def fileno(self) -> int:
        """Return the descriptor to wait for."""
        return self.source

    def recv_into(self, space: memoryview) -> int:
        """Read into a buffer; return how many bytes came."""
        return os.readv(self.source, [space])

    def sendall(self, data: Any) -> None:
        """Write everything."""
        view = memoryview(data).cast("B")
        while view:
            view = view[os.write(self.target, view) :]

    def close(self) -> None:
        """Close both."""
        os.close(self.source)
        os.close(self.target)


def student() -> None:
    """Load what the course needs, lock this process, then serve the checker."""
    pipes = Pipes(os.dup(0), os.dup(1))
    channel: Any = Channel(pipes)  # type: ignore[arg-type]
    message, _ = channel.receive()
    load(message["modules"], message["modules"])
    from course_lib.grading.remote.service import Service
    from course_lib.grading.remote.shell import Shell

    namespaces.close_descriptors({pipes.source, pipes.target})
    namespaces.settle(os.getuid(), os.getgid(), Limits(**message["limits"]), False)
    seccomp.install()  # beside the engine's own filter
    service = Service(channel, Shell.instance())
    channel.send({"ready": True})
    service.serve()


def checker() -> None:
    """Hold the warm process that checkers are forked from, and carry their streams."""
    pipes = Pipes(os.dup(0), os.dup(1))
    control, its_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line, its_line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:  # before there is a thread
        for one in (pipes, control, line):
            one.close()
        _zygote(its_control, its_line)
    its_control.close()
    its_line.close()
    _Carrier(Channel(pipes), control, line).run()  # type: ignore[arg-type]


def _zygote(control: socket.socket, line: socket.socket) -> None:
    warm = _FarZygote(control, line)
    try:
        warm.warm_up()
        warm.run()
    finally:
        os._exit(0)


class _FarZygote(zygote.Zygote):
    """A warm process whose students live elsewhere: it passes on what checkers ask of them."""

    def __init__(self, control: socket.socket, line: socket.socket) -> None:
        super().__init__(control)
        self.line = line

    def _answer(self, sock: socket.socket, message: dict, descriptors: list[int]) -> dict:
        return self._ask(message | {"owner": self.checkers[sock]}, descriptors)

    def _forget(self, sock: socket.socket) -> None:
        owner = self.checkers.get(sock)
        super()._forget(sock)
        if owner is not None:
            self._ask({"forget": True, "owner": owner}, [])

    def _ask(self, message: dict, descriptors: list[int]) -> dict:
        socket.send_fds(self.line, [json.dumps(message).encode()], descriptors)
        for one in descriptors:
            os.close(one)
        return json.loads(self.line.recv(zygote.PACKET))


class _Carrier:
    """Between the warm process and the host: streams of bytes, requests, answers."""

    def __init__(self, channel: Channel, control: socket.socket, line: socket.socket) -> None:
        self.mux = Mux(channel, self._take)
        self.control, self.line = control, line
        self.answers: queue.Queue[dict] = queue.Queue()

    def run(self) -> None:
        for work in (self._ready, self._requests):
            threading.Thread(target=work, daemon=True).start()
        self.mux.run()

    def _take(self, message: dict[str, Any]) -> None:
        """Take the host's word."""
        if "start" in message:
            self.control.send(json.dumps(message["start"]).encode())
        elif "grade" in message:
            ours, theirs = socket.socketpair()
            socket.send_fds(self.control, [b'{"grade": 86400}'], [theirs.fileno()])
            theirs.close()
            self.mux.attach(message["grade"], ours)
        elif "answer" in message:
            self.answers.put(message["answer"])

    def _ready(self) -> None:
        """Say when the warm process is ready; end with it."""
        while data := self.control.recv(zygote.PACKET):
            self.mux.send({"ready": json.loads(data)})
        os._exit(1)

    def _requests(self) -> None:
        """Pass on what checkers ask; a student's stream gets an odd number."""
        number = -1
        while True:
            data, descriptors, _, _ = socket.recv_fds(self.line, zygote.PACKET, 4)
            if not data:
                return
            message = json.loads(data)
            if descriptors:
                number += 2
                self.mux.attach(number, socket.socket(fileno=descriptors[0]))
                message["number"] = number
            self.mux.send({"ask": message})
            self.line.send(json.dumps(self.answers.get()).encode())


if __name__ == "__main__":
    {"checker": checker, "student": student}[sys.argv[1]]()
