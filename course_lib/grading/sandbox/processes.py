"""What the processes below one process use, read from /proc."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def descendants(pid: int) -> list[int]:
    """Return every process below one, in no order."""
    children = _children()
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def usage(pid: int, limit: int) -> tuple[int, int]:
    """Return (bytes of memory, number of processes) of a process and all below it.

    Memory is first counted fast: what forks share counts for each. Only where that passes the limit
    it is counted well, which takes some milliseconds a process.
    """
    group = [pid, *descendants(pid)]
    memory = sum(_memory(one) for one in group)
    if memory > limit and len(group) > 1:
        memory = sum(_fair_memory(one) for one in group)
    return memory, len(group)


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and of all below it, ended ones included."""
    return sum(_ticks(one) for one in [pid, *descendants(pid)]) / TICK


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        fields = _stat(int(folder.name)) if folder.name.isdigit() else []
        if fields:
            found.setdefault(int(fields[1]), []).append(int(folder.name))
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the name, which may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _memory(pid: int) -> int:
    """Return what is the process's own: resident pages less those of files."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * PAGE


def memory_share(pid: int) -> int:
    """Return the bytes of a process and all below it, files included, shared pages counted once."""
    return sum(_fair_memory(one, "Pss") for one in [pid, *descendants(pid)])


def _fair_memory(pid: int, kind: str = "Pss_Anon") -> int:
    """Return the process's part of the memory: a page that n processes share counts as 1/n."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    fields = dict(line.split(":", 1) for line in lines[1:])
    return 1024 * int(fields[kind].split()[0])


def _ticks(pid: int) -> int:
    fields = _stat(pid)
    return sum(int(one) for one in fields[11:15]) if fields else 0
