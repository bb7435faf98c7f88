"""Probes of rights: what the process may ask of the kernel, and what lies in its memory."""

import contextlib
import ctypes
import gc
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_lib.grading.selftest.probes_outside import Said, pids

NEW_USER, NEW_NET = 0x10000000, 0x40000000
TRACEME = 0


def capabilities(given: dict[str, Any]) -> Said:
    """Look at the process's capabilities."""
    sets = {key: value for key, value in _status().items() if key.startswith("Cap")}
    held = [key for key, value in sets.items() if int(value, 16)]
    return bool(sets) and not held, f"some in {', '.join(held)}" if held else "none"


def new_privileges(given: dict[str, Any]) -> Said:
    """Look whether a program could give it new privileges."""
    value = _status().get("NoNewPrivs", "not said")
    return value == "1", f"no_new_privs {value}"


def filtered(given: dict[str, Any]) -> Said:
    """Look whether a filter of system calls is on."""
    value = _status().get("Seccomp", "not said")
    return value == "2", f"seccomp {value}"


def new_namespaces(given: dict[str, Any]) -> Said:
    """Become root in a new user namespace, which opens much of the kernel."""
    return _in_child(lambda libc: libc.unshare(NEW_USER | NEW_NET))


def trace(given: dict[str, Any]) -> Said:
    """Use the calls by which one process reads and changes another."""
    return _in_child(lambda libc: libc.ptrace(TRACEME, 0, None, None))


def descriptors(given: dict[str, Any]) -> Said:
    """Look what was left open: nothing but the null device and one socket."""
    strange, sockets = [], 0
    null = Path("/dev/null").stat().st_rdev
    for number in range(1024):
        try:
            found = os.fstat(number)
        except OSError:
            continue
        if stat.S_ISSOCK(found.st_mode):
            sockets += 1
        elif not (number < 3 and found.st_rdev == null):
            strange.append(str(number))
    said = f"{sockets} sockets" + (f", and {', '.join(strange[:8])}" if strange else "")
    return not strange and sockets <= 1, said


def hidden_tests(given: dict[str, Any]) -> Said:
    """Look for a hidden test's text in every memory that can be read, and among its objects."""
    # subtle: the pattern must not match itself, nor this file's text
    wanted = re.compile(b"-".join([b"hidden", b"test"]) + rb"-[0-9a-f]{32}")
    found = [f"process {pid}" for pid in pids() if _like_us(pid) and _in_memory(pid, wanted)]
    if any(type(one) is str and wanted.search(one.encode()) for one in _strings()):
        found.append("an object")
    return not found, f"in {', '.join(found)}" if found else "nowhere"


def _strings() -> list[str]:
    held = [one for each in gc.get_objects() if type(each) in (list, tuple) for one in each]
    held += [one for each in gc.get_objects() if type(each) is dict for one in each.values()]
    return [one for one in held if type(one) is str]


def _in_memory(pid: int, wanted: re.Pattern) -> bool:
    try:
        ranges = Path(f"/proc/{pid}/maps").read_text().splitlines()
        memory = Path(f"/proc/{pid}/mem").open("rb", buffering=0)
    except OSError:
        return False
    with memory:
        for line in ranges:
            low, high = (int(one, 16) for one in line.split()[0].split("-"))
            if line.split()[1].startswith("rw"):
                with contextlib.suppress(OSError, OverflowError, ValueError):
                    memory.seek(low)
                    if wanted.search(memory.read(high - low)):
                        return True
    return False


def _like_us(pid: int) -> bool:
    """Whether a process runs this package; no other one's memory is looked at."""
    with contextlib.suppress(OSError):
        return b"course_lib" in Path(f"/proc/{pid}/cmdline").read_bytes() or pid == os.getpid()
    return False


def _status() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}


def _in_child(attempt: Callable[[Any], int]) -> Said:
    """Make a system call in a process of its own, for it may succeed."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        number = ctypes.get_errno() if attempt(libc) else 0
        os.write(theirs, bytes([number]))
        os._exit(0)
    os.close(theirs)
    said = os.read(ours, 1)
    os.close(ours)
    os.waitpid(pid, 0)
    if not said:
        return True, "the process was ended"
    return bool(said[0]), os.strerror(said[0]) if said[0] else "allowed"
