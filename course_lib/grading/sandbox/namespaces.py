"""A process of its own world: forked from a warm one into new namespaces, in some milliseconds.

The fork sees no other process, no network, an empty /tmp and /dev/shm, and a read-only rest. It
gives up every right to change that before the student's first line runs.
"""

import contextlib
import ctypes
import os
import platform
import resource
import signal
from pathlib import Path

from course_lib.grading.course.limits import Limits
from course_lib.grading.sandbox import seccomp
from course_lib.grading.sandbox.bubblewrap import python_folders

MOUNT, USER, PID, NET, IPC, UTS, CGROUP = (
    0x00020000, 0x10000000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000,
)  # fmt: skip
ALL = MOUNT | USER | PID | NET | IPC | UTS | CGROUP
NOSUID, NODEV, NOEXEC, BIND, REC, PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
SET_NO_NEW_PRIVS, SET_PDEATHSIG, CAPBSET_DROP, SET_DUMPABLE = 38, 1, 24, 4
SYS_CLONE = {"x86_64": 56, "aarch64": 220}
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
WORK, HOME = "/tmp/work", "/tmp/home"

_libc = ctypes.PyDLL(None, use_errno=True)  # keeps the interpreter's lock: a fork is under way


def fork(namespaces: bool) -> int:
    """Fork this process, which must have one thread, into new namespaces; return as os.fork does.

    Raises: OSError where the kernel refuses.
    """
    if not namespaces:
        return os.fork()
    api = ctypes.pythonapi
    api.PyOS_BeforeFork()
    pid = _libc.syscall(SYS_CLONE[platform.machine()], ALL | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        api.PyOS_AfterFork_Child()
        return 0
    api.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(ctypes.get_errno(), "no new namespaces: " + os.strerror(ctypes.get_errno()))
    return pid


def work_folder(pid: int, namespaces: bool) -> Path:
    """Return the folder that a process works in: a /tmp that all share has one for each."""
    return Path(WORK if namespaces else f"{WORK}-{pid}")


def settle(uid: int, gid: int, limits: Limits, namespaces: bool) -> None:
    """Make the forked process's world: its users, its mounts, its limits; then lock it."""
    with contextlib.suppress(PermissionError):  # a container's first process leads one already
        os.setsid()
    _checked(_libc.prctl(SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    if namespaces:
        _map_user(uid, gid)
        _mount(limits.disk)
    work = work_folder(os.getpid(), namespaces)
    work.mkdir(parents=True, exist_ok=True)
    Path(HOME).mkdir(exist_ok=True)
    os.chdir(work)
    os.umask(0o077)
    _limit(limits)
    for capability in range(64):
        _libc.prctl(CAPBSET_DROP, capability, 0, 0, 0)
    _checked(_libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if namespaces:
        _drop_capabilities()
        seccomp.install()


def _map_user(uid: int, gid: int) -> None:
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _mount(disk: int) -> None:
    own = f"size={disk},nr_inodes=100000,mode=0700".encode()
    _checked(_libc.mount(b"none", b"/", None, REC | PRIVATE, None), "private mounts")
    # a Python that lives below /tmp is held open, and bound again into the new /tmp
    held = {f: os.open(f, os.O_PATH) for f in python_folders() if f.is_relative_to("/tmp")}
    for place in (b"/tmp", b"/dev/shm"):
        _checked(_libc.mount(b"tmpfs", place, b"tmpfs", NOSUID | NODEV, own), "tmpfs")
    for folder, descriptor in held.items():
        folder.mkdir(parents=True)
        source = f"/proc/self/fd/{descriptor}".encode()
        _checked(_libc.mount(source, str(folder).encode(), None, BIND | REC, None), "bind")
        os.close(descriptor)
    _checked(_libc.mount(b"proc", b"/proc", b"proc", NOSUID | NODEV | NOEXEC, None), "proc")


def _limit(limits: Limits) -> None:
    seconds = int(limits.submission_seconds) + 60
    wanted = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: limits.disk,
        resource.RLIMIT_MEMLOCK: 1 << 16,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_NOFILE: 512,
        resource.RLIMIT_NPROC: limits.processes,
    }
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this process
    none = (ctypes.c_uint32 * 6)()
    _checked(
        _libc.syscall(SYS_CAPSET[platform.machine()], ctypes.byref(header), ctypes.byref(none)),
        "capset",
    )


def close_descriptors(keep: set[int]) -> None:
    """Close every descriptor but these; 0, 1 and 2 become /dev/null."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    kept = sorted(keep | {0, 1, 2})
    for low, high in zip(kept, [*kept[1:], 65_536], strict=True):
        os.closerange(low + 1, high)


def _checked(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
