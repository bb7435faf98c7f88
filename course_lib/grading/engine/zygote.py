"""The warm process of a worker: everything imported, nothing of a submission in it.

It is started inside the outer sandbox and forks twice for each submission: a checker, which gets
the instructor's tests, and a student's process in namespaces of its own. It keeps no test and no
answer, so a fork of it has nothing to give away. It also watches the students' processes: their
memory, their number, and, when the checker asks, their processor time.

Started as `python -m course_lib.grading.engine.zygote DESCRIPTOR`. Protocol, one JSON text a
packet. From the worker: {"modules": [...], "keep": [...], "namespaces": bool} once; then
{"import": [...], "keep": [...]}, and {"grade": seconds} with the checker's end of a job channel.
From a checker: {"student": limits} with the student's end of a data channel, {"cpu": n},
{"interrupt": n}, {"kill": n}.
"""

import contextlib
import gc
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.grading.course.limits import Limits
from course_lib.grading.engine.warm import load
from course_lib.grading.sandbox import namespaces, processes

PACKET = 1 << 16
CHECKER_MEMORY = 6 << 30  # bytes of address space; what a test makes of an answer ends there
ENDING = 0.2  # seconds that a process may take to be gone
LOOK = 0.05  # seconds between two looks at the memory


@dataclass
class Student:
    """A student's process and why it was ended, if it was."""

    pid: int
    limits: Limits
    why: str = ""
    alive: bool = True


class Zygote:
    """The loop of the warm process."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.checkers: dict[socket.socket, int] = {}  # control socket -> pid
        self.ends: dict[socket.socket, float] = {}  # when a checker must be done
        self.students: dict[int, Student] = {}
        self.owners: dict[int, socket.socket] = {}  # student's number -> its checker
        self.namespaces = True

    def warm_up(self) -> None:
        """Import what the course needs, then say that all is ready."""
        message, _ = _receive(self.control)
        self.namespaces = bool(message["namespaces"])
        gc.disable()  # an import makes much and throws away little: a seventh of the time is saved
        missing = load(message["modules"], message["keep"])
        gc.enable()
        threads = len(list(Path("/proc/self/task").iterdir()))
        gc.collect()
        gc.freeze()
        _send(self.control, {"ready": os.getpid(), "missing": missing, "threads": threads})

    def run(self) -> None:
        """Serve until the worker closes its end."""
        while True:
            waiting = [self.control, *self.checkers]
            alive = any(student.alive for student in self.students.values())
            ready, _, _ = select.select(waiting, [], [], LOOK if alive else 1.0)
            for sock in ready:
                if sock is self.control:
                    if not self._from_worker():
                        return
                elif sock in self.checkers:
                    self._from_checker(sock)
            self._reap()
            for student in self.students.values():
                if student.alive:
                    self._watch(student)
            for sock in [s for s, end in self.ends.items() if time.monotonic() > end]:
                self._forget(sock)

    def _from_worker(self) -> bool:
        try:
            message, descriptors = _receive(self.control)
        except (OSError, ValueError):
            return False
        if not message:
            return False
        if "import" in message:
            load(message["import"], message["keep"])
            gc.collect()
            gc.freeze()
            _send(self.control, {"ready": os.getpid()})
            return True
        own, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        job = descriptors[0]
        pid = os.fork()
        if pid == 0:
            _end_with(lambda: _be_checker(job, theirs.detach()))
        os.close(job)
        theirs.close()
        self.checkers[own] = pid
        self.ends[own] = time.monotonic() + float(message["grade"])
        return True

    def _from_checker(self, sock: socket.socket) -> None:
        try:
            message, descriptors = _receive(sock)
            if not message:
                raise OSError
            _send(sock, self._answer(sock, message, descriptors))
        except (OSError, ValueError, KeyError):
            self._forget(sock)

    def _answer(self, sock: socket.socket, message: dict, descriptors: list[int]) -> dict:
        if "student" in message:
            return self._new_student(sock, Limits(**message["student"]), descriptors[0])
        number = int(message.get("cpu") or message.get("interrupt") or message.get("kill") or 0)
        if self.owners.get(number) is not sock:
            raise KeyError(number)
        student = self.students[number]
        if "cpu" in message:
            self._reap()
            return {"cpu": processes.processor_seconds(student.pid), "alive": student.alive}
        if "interrupt" in message and student.alive:
            _signal(student.pid, signal.SIGINT)
        if "kill" in message:
            end = time.monotonic() + ENDING
            while student.alive and message.get("patient") and time.monotonic() < end:
                time.sleep(0.002)
                self._reap()  # its end of the channel is closed a little before it is gone
            if student.alive:
                self._end(student, "")
        return {"why": student.why}

    def _new_student(self, sock: socket.socket, limits: Limits, data: int) -> dict:
        uid, gid = os.getuid(), os.getgid()
        pid = namespaces.fork(self.namespaces)
        if pid == 0:
            _end_with(lambda: _be_student(data, uid, gid, limits, self.namespaces))
        os.close(data)
        number = len(self.owners) + 1
        self.students[number] = Student(pid, limits)
        self.owners[number] = sock
        return {"student": number}

    def _watch(self, student: Student) -> None:
        memory, count = processes.usage(student.pid, student.limits.memory)
        if memory > student.limits.memory:
            self._end(student, f"more than {student.limits.memory >> 20} MiB of memory")
        elif count > student.limits.processes:
            self._end(student, f"more than {student.limits.processes} processes")

    def _end(self, student: Student, why: str) -> None:
        """End a student's process; in its namespace that ends all the others."""
        for pid in [student.pid, *processes.descendants(student.pid)]:
            _signal(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(student.pid, 0)
        student.alive, student.why = False, student.why or why
        _clear(student.pid, self.namespaces)

    def _reap(self) -> None:
        """Note who has ended, and how."""
        for student in self.students.values():
            if student.alive:
                done, status = _ended(student.pid)
                if done:
                    student.alive, student.why = False, student.why or _described(status)
        for sock, pid in list(self.checkers.items()):
            if _ended(pid)[0]:
                self._forget(sock)

    def _forget(self, sock: socket.socket) -> None:
        """End what belongs to a checker that is gone."""
        pid = self.checkers.pop(sock, None)
        self.ends.pop(sock, None)
        if pid is not None:
            _signal(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        sock.close()
        for number in [n for n, owner in self.owners.items() if owner is sock]:
            student = self.students.pop(number)
            self.owners[number] = self.control  # the number stays taken
            if student.alive:
                self._end(student, "")


def _be_checker(job: int, control: int) -> None:
    namespaces.close_descriptors({job, control})
    resource.setrlimit(resource.RLIMIT_AS, (CHECKER_MEMORY, CHECKER_MEMORY))
    from course_lib.grading.engine.checker import serve

    serve(socket.socket(fileno=job), socket.socket(fileno=control))


def _be_student(data: int, uid: int, gid: int, limits: Limits, own_namespaces: bool) -> None:
    namespaces.close_descriptors({data})
    from course_lib.grading.remote.service import Service
    from course_lib.grading.remote.shell import Shell
    from course_lib.grading.remote.wire import Channel

    channel = Channel(socket.socket(fileno=data))
    try:
        namespaces.settle(uid, gid, limits, own_namespaces)
    except Exception as error:
        channel.send({"id": 0, "refused": f"{type(error).__name__}: {error}"})
        return
    try:
        Service(channel, Shell.instance()).serve()
    finally:
        _clear(os.getpid(), own_namespaces)


def _clear(pid: int, own_namespaces: bool) -> None:
    """Leave nothing of a submission in a /tmp that others share."""
    if not own_namespaces:
        shutil.rmtree(namespaces.work_folder(pid, own_namespaces), ignore_errors=True)


def _end_with(action: Any) -> None:
    """Run the rest of a fork's life."""
    try:
        action()
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc()
    finally:
        os._exit(0)


def _ended(pid: int) -> tuple[bool, int]:
    try:
        found, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return True, 0
    return found == pid, status


def _described(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"the process was ended by {signal.Signals(number).name}"
    return f"the process ended itself with exit code {os.WEXITSTATUS(status)}"


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _send(sock: socket.socket, message: dict) -> None:
    sock.send(json.dumps(message).encode())


def _receive(sock: socket.socket) -> tuple[dict, list[int]]:
    data, descriptors, _, _ = socket.recv_fds(sock, PACKET, 4)
    return (json.loads(data) if data else {}), descriptors


def main() -> None:
    """Run the warm process on the descriptor that the worker left open."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    zygote = Zygote(socket.socket(fileno=int(sys.argv[1])))
    zygote.warm_up()
    zygote.run()


if __name__ == "__main__":
    main()
