"""Probes of what lies outside a submission: network, files, other processes."""

import contextlib
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

Said = tuple[bool, str]  # whether it was denied, and what was seen
PATIENCE = 3.0  # seconds to wait for what should never come


def _connect(family: int, kind: int, address: Any) -> Said:
    with socket.socket(family, kind) as sock:
        sock.settimeout(PATIENCE)
        try:
            sock.connect(address)
            sock.send(b"hello")
        except OSError as error:
            return True, words(error)
    return False, "connected" if kind == socket.SOCK_STREAM else "sent"


def tcp(given: dict[str, Any]) -> Said:
    """Connect to a port of the machine."""
    return _connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", given["tcp"]))


def udp(given: dict[str, Any]) -> Said:
    """Send a datagram to a port of the machine; the self-test looks whether it came."""
    return _connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", given["udp"]))


def route(given: dict[str, Any]) -> Said:
    """Look for a way to any address outside; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # an address kept for examples
        except OSError as error:
            return True, words(error)
        return False, f"from {sock.getsockname()[0]}"


def name(given: dict[str, Any]) -> Said:
    """Look up a name."""
    try:
        found = socket.getaddrinfo("example.org", 80)
    except OSError as error:
        return True, words(error)
    return False, f"{found[0][4][0]}"


def abstract_socket(given: dict[str, Any]) -> Said:
    """Connect to a Unix socket that has no path."""
    return _connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + given["abstract"])


def path_socket(given: dict[str, Any]) -> Said:
    """Connect to a Unix socket in the file system."""
    return _connect(socket.AF_UNIX, socket.SOCK_STREAM, given["path"])


def read_file(given: dict[str, Any]) -> Said:
    """Read a file."""
    try:
        content = Path(given["file"]).read_bytes()
    except OSError as error:
        return True, words(error)
    return False, f"{len(content)} bytes"


def write_elsewhere(given: dict[str, Any]) -> Said:
    """Put a file into every folder that is not the submission's own."""
    own = [Path(one).resolve() for one in ("/tmp", "/dev/shm", Path.cwd())]
    places = [Path(one) for one in given["places"]] + [Path(one) for one in sys.path if one]
    done = []
    for place in dict.fromkeys(places):
        if any(place.resolve().is_relative_to(one) for one in own):
            continue
        path = place / given["mark"]
        with contextlib.suppress(OSError):
            path.write_text("x")
            done.append(str(place))
            path.unlink()
    return not done, f"written: {', '.join(done)}" if done else f"none of {len(places)} folders"


def write_temporary(given: dict[str, Any]) -> Said:
    """Put a file into /tmp; the self-test looks whether the machine's own /tmp has it."""
    (Path("/tmp") / given["mark"]).write_text("x")
    return True, "its own /tmp"


def environment(given: dict[str, Any]) -> Said:
    """Look for the grader's environment in this process and in every other one."""
    wanted = given["secret"].encode()
    found = ["its own"] if given["secret"] in os.environ.values() else []
    for pid in pids():
        with contextlib.suppress(OSError):
            if wanted in Path(f"/proc/{pid}/environ").read_bytes():
                found.append(f"process {pid}")
    return not found, f"in {', '.join(found)[:80]}" if found else "no variable of the grader's"


def see_processes(given: dict[str, Any]) -> Said:
    """Look for other processes."""
    others = [pid for pid in pids() if pid != os.getpid()]
    return not others, f"{len(others)} other processes"


def signal_process(given: dict[str, Any]) -> Said:
    """End a process of the self-test's."""
    try:
        os.kill(given["witness"], signal.SIGTERM)
    except OSError as error:
        return True, words(error)
    return False, "the signal went out"


def pids() -> list[int]:
    """Return every process that can be seen."""
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]


def words(error: OSError) -> str:
    """Return the system's words for an error."""
    return error.strerror or type(error).__name__
