"""Probes of limits: processes, memory, disk, output, time. Each goes a little beyond."""

import errno
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from course_lib.grading.selftest.probes_outside import PATIENCE, Said, words


def many_processes(given: dict[str, Any]) -> Said:
    """Start more processes than are allowed."""
    wanted = given["processes"] + 8
    made = []
    try:
        while len(made) < wanted:
            pid = os.fork()
            if pid == 0:
                time.sleep(PATIENCE)
                os._exit(0)
            made.append(pid)
        time.sleep(0.5)
    except OSError as error:
        return True, f"after {len(made)}: {words(error)}"
    finally:
        for pid in made:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    return False, f"{wanted} processes"


def leave_process(given: dict[str, Any]) -> Said:
    """Leave a process behind; the self-test looks for it afterwards."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            code = "import time; time.sleep(60)"
            os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", code, given["mark"]])
        os._exit(0)
    os.wait()
    time.sleep(0.3)
    return True, "gone with the submission"


def large_memory(given: dict[str, Any]) -> Said:
    """Take more memory than is allowed, in one piece."""
    try:
        taken = bytearray(given["memory"])
    except MemoryError:
        return True, "MemoryError"
    return False, f"{len(taken) >> 20} MiB"


def shared_memory(given: dict[str, Any]) -> Said:
    """Take more memory than is allowed, in several processes that each stay below."""
    each, made = given["memory"] // 3, []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            taken = bytearray(each)
            taken[:: resource.getpagesize()] = b"x" * len(taken[:: resource.getpagesize()])
            time.sleep(PATIENCE)
            os._exit(0)
        made.append(pid)
    ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in made]
    return any(ends), f"{sum(not end for end in ends)} processes of {each >> 20} MiB"


def disk(given: dict[str, Any]) -> Said:
    """Write more than is allowed, in several files."""
    piece, written, paths = b"x" * (1 << 20), 0, []
    try:
        while written <= given["disk"]:
            paths.append(Path(f"filling-{len(paths)}"))
            written += paths[-1].write_bytes(piece)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise  # a folder that it may not write to is no limit
        return True, f"after {written >> 20} MiB: {words(error)}"
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
    return False, f"{written >> 20} MiB"


def output(given: dict[str, Any]) -> Said:
    """Print more than is allowed; the self-test looks what is left of it."""
    for _ in range(2 * given["output"] // 1000):
        print("x" * 999)
    return True, ""


def endless(given: dict[str, Any]) -> Said:
    """Compute for longer than is allowed."""
    end = time.process_time() + given["seconds"]
    try:
        while time.process_time() < end:
            pass
    except KeyboardInterrupt:
        return True, "interrupted"
    return False, f"{given['seconds']:g} s of processor time"


def deaf(given: dict[str, Any]) -> Said:
    """Compute for longer than is allowed, and listen to no interrupt."""
    end = time.process_time() + given["seconds"]
    while time.process_time() < end:
        try:
            while time.process_time() < end:
                pass
        except KeyboardInterrupt:
            pass
    return False, f"{given['seconds']:g} s of processor time"
