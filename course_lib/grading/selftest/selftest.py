"""Try what a hostile submission would try, in a real student's process, and say what was denied.

Each probe is a submission of its own and goes the way of every submission: worker, checker,
student's process. Its own words count only as far as nothing else is seen from outside.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.grading.course.limits import Limits
from course_lib.grading.intake.source_cell import SourceCell
from course_lib.grading.intake.work import Bundle, BundleCell, BundleNotebook, Job, SubmissionResult
from course_lib.grading.notebook.format import KERNELSPEC
from course_lib.grading.selftest.bait import Bait
from course_lib.grading.selftest.probes import SIGN

LIMITS = Limits(
    cell_seconds=1.0,
    patience=4.0,
    submission_seconds=30.0,
    memory=768 << 20,
    processes=12,
    output=100_000,
    disk=16 << 20,
)
FOLDERS = (
    "/", "/usr", "/usr/bin", "/etc", "/var/tmp", "/run", "/opt", "/srv", "/home", "/dev",
    "/proc/self", "/sys", "/mnt",
)  # fmt: skip
NOTEBOOK, TEST = "self-test", "hidden"


@dataclass(frozen=True)
class Probe:
    """One attempt. `name` is its function in probes.py, `given` what that needs beside the rest."""

    group: str
    name: str
    tries: str
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What came of a probe; denied is None where no answer came, which is no denial."""

    probe: Probe
    denied: bool | None
    seen: str


def probes(files: dict[str, str], limits: Limits = LIMITS) -> list[Probe]:
    """Return the table of attempts; files: name -> path of files of ours."""
    amounts = {
        "memory": limits.memory,
        "processes": limits.processes,
        "disk": limits.disk,
        "output": limits.output,
        "seconds": 4 * limits.cell_seconds,
    }
    said = {"home": "a file in the home directory", "course": "a file of the course"}
    table = [
        ("network", "tcp", "a TCP port of this machine"),
        ("network", "udp", "a datagram to this machine"),
        ("network", "route", "a route to other machines"),
        ("network", "name", "look up a name"),
        ("network", "abstract_socket", "a Unix socket without a path"),
        ("network", "path_socket", "a Unix socket in /tmp"),
        *(
            ("files", "read_file", said.get(name, f"a file in {name}"), {"file": path})
            for name, path in files.items()
        ),
        ("files", "read_file", "/etc/shadow", {"file": "/etc/shadow"}),
        ("files", "write_elsewhere", "write outside its folder", {"places": FOLDERS}),
        ("files", "write_temporary", "write to the machine's /tmp"),
        ("files", "environment", "the grader's environment"),
        ("processes", "see_processes", "see other processes"),
        ("processes", "signal_process", "end a process of ours"),
        ("processes", "many_processes", f"more than {limits.processes} processes"),
        ("processes", "leave_process", "leave a process behind"),
        ("memory", "large_memory", f"{limits.memory >> 20} MiB in one piece"),
        ("memory", "shared_memory", "the same in several processes"),
        ("disk", "disk", f"more than {limits.disk >> 20} MiB of files"),
        ("output", "output", f"print more than {limits.output // 1000} kB"),
        ("time", "endless", f"more than {limits.cell_seconds:g} s"),
        ("time", "deaf", "the same, deaf to interrupts"),
        ("rights", "capabilities", "capabilities"),
        ("rights", "new_privileges", "gain privileges by a program"),
        ("rights", "filtered", "every system call"),
        ("rights", "new_namespaces", "root in a new namespace"),
        ("rights", "trace", "read another process (ptrace)"),
        ("rights", "descriptors", "descriptors left open"),
        ("tests", "hidden_tests", "a hidden test in memory"),
    ]
    made = [Probe(*row) for row in table]
    return [Probe(p.group, p.name, p.tries, amounts | p.given) for p in made]


def run(
    sandbox: str = "bubblewrap", folder: Path | None = None, limits: Limits = LIMITS
) -> Iterator[Finding]:
    """Yield what came of each probe, in the order of the table.

    folder: the course's; limits: what is imposed, while the probes always go beyond LIMITS.
    Raises: SandboxError where no sandbox starts.
    """
    from course_lib.grading.engine import open_engine

    with Bait(folder or Path.cwd()) as bait, open_engine(_bundle(limits), sandbox=sandbox) as pool:
        for probe in probes(bait.files):
            job = _job(probe, bait.given() | probe.given)
            (result,) = pool.grade([job])
            yield _finding(probe, result, bait.reached(probe.name))


def _bundle(limits: Limits) -> Bundle:
    """Return an assignment with one hidden test, whose text must not be found."""
    text = f"assert True  # {'-'.join(['hidden', 'test'])}-{secrets.token_hex(16)}"
    known = SourceCell(TEST, "code", text, "", True, False, False, True, 1.0, None)
    return Bundle(
        "self-test",
        (BundleNotebook(NOTEBOOK, (BundleCell(TEST, "code", text, known),), dict(KERNELSPEC)),),
        limits=limits,
    )


def _job(probe: Probe, given: dict[str, Any]) -> Job:
    text = (
        "from course_lib.grading.selftest import probes\n"
        f"probes.run({probe.name!r}, {json.dumps(given)!s})"
    )
    cells = [
        {"cell_type": "code", "id": "probe", "metadata": {}, "source": text},
        {
            "cell_type": "code",
            "id": TEST,
            "metadata": {"nbgrader": {"grade_id": TEST}},
            "source": "",
        },
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return Job(probe.name, {NOTEBOOK: json.dumps(notebook).encode()})


def _finding(probe: Probe, result: SubmissionResult, outside: str) -> Finding:
    if NOTEBOOK not in result.notebooks:
        return Finding(probe, None, "; ".join(result.doubts) or "no result")
    cell = json.loads(result.notebooks[NOTEBOOK].text)["cells"][0]
    printed = "".join("".join(one.get("text", "")) for one in cell["outputs"])
    words = [line for line in printed.splitlines() if line.startswith(SIGN)]
    ended = [one for one in result.notes if "longer than" in one or "more than" in one]
    if outside:
        return Finding(probe, False, outside)
    if probe.name == "output":
        return _output(probe, printed, result)
    if words:
        denied, seen = json.loads(words[-1].removeprefix(SIGN))
        return Finding(probe, denied, seen)
    if ended and probe.group in ("memory", "time", "processes"):
        return Finding(probe, True, f"ended: {ended[0].partition(': ')[2]}")
    errors = [f"{one['ename']}: {one['evalue']}" for one in cell["outputs"] if "ename" in one]
    return Finding(probe, None, "; ".join([*errors, *result.notes])[:200] or "it said nothing")


def _output(probe: Probe, printed: str, result: SubmissionResult) -> Finding:
    cut = any("cut" in note for note in result.notes)
    return Finding(probe, cut, f"{len(printed) // 1000} kB kept")
