"""A student's process as the checker holds it: a channel for values, and the zygote beside it."""

import json
import socket
from dataclasses import asdict
from typing import Any

from course_lib.grading.course.limits import Limits
from course_lib.grading.remote.wire import Channel


class ZygoteGone(Exception):  # noqa: N818
    """The warm process has ended; the submission can be graded by another one."""


class Control:
    """The checker's line to the zygote: it alone can make, look at and end student processes."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def ask(self, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> dict[str, Any]:
        """Return the answer to a request."""
        try:
            socket.send_fds(self.sock, [json.dumps(message).encode()], list(descriptors))
            data = self.sock.recv(1 << 16)
        except OSError as error:
            raise ZygoteGone(str(error)) from None
        if not data:
            raise ZygoteGone("it closed its end")
        return json.loads(data)


class StudentProcess:
    """One forked process; `channel` leads to the service inside it."""

    def __init__(self, control: Control, limits: Limits) -> None:
        ours, theirs = socket.socketpair()
        self.control = control
        self.channel = Channel(ours)
        self.number = control.ask({"student": asdict(limits)}, (theirs.fileno(),))["student"]
        theirs.close()

    def processor_seconds(self) -> float:
        """Return what it used so far."""
        return float(self.control.ask({"cpu": self.number})["cpu"])

    def interrupt(self) -> None:
        """Ask it to stop what it does."""
        self.control.ask({"interrupt": self.number})

    def kill(self, *, patient: bool = False) -> str:
        """End it; return why it had ended before, if it had.

        patient: it is about to end by itself, so wait a moment for the reason.
        """
        self.channel.close()
        return self.control.ask({"kill": self.number, "patient": patient})["why"]
