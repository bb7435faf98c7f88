"""Does the self-test say what a sandbox denies, and would it notice what one does not deny?"""

import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from course_lib.grading.course.limits import Limits
from course_lib.grading.intake.work import GradedNotebook, SubmissionResult
from course_lib.grading.selftest import probes, selftest
from course_lib.grading.selftest.selftest import TEST, Finding, Probe

GENEROUS = Limits(cell_seconds=30, memory=8 << 30, processes=500, output=10_000_000, disk=1 << 30)
NAMES = [probe.name for probe in selftest.probes({})]
# true of every process that the engine makes, sandbox or not: tried in a plain process below
ALWAYS = {"new_privileges", "descriptors"}
needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")


def not_denied_here():
    """Return the probes that an unprotected process on this machine must get through with."""
    wanted = set(NAMES) - ALWAYS
    if os.geteuid() != 0:
        wanted -= {"capabilities", "hidden_tests", "new_namespaces"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))
        except OSError:
            wanted.discard("route")
    try:
        socket.getaddrinfo("example.org", 80)
    except OSError:
        wanted.discard("name")
    return wanted


def in_a_plain_process(name, given, before=""):
    """Return what a probe says in a process that nothing protects."""
    code = (
        f"{before}\nfrom course_lib.grading.selftest import probes\nprobes.run({name!r}, {given!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, close_fds=True
    )
    return json.loads(done.stdout.removeprefix(probes.SIGN))


@needs_sandbox
def test_the_sandbox_denies_everything(tmp_path):
    found = list(selftest.run("bubblewrap", tmp_path))
    assert {one.probe.name for one in found} == {*NAMES, "read_file"}
    assert not [f"{one.probe.tries}: {one.seen}" for one in found if one.denied is not True]
    # all three canaries and the file of passwords were really tried
    assert sum(one.probe.name == "read_file" for one in found) == 4


def test_without_a_sandbox_everything_is_noticed(tmp_path):
    """Harmless: each probe touches only what the self-test laid out for it."""
    shadow = "/etc/shadow"
    before = set(os.listdir("/tmp"))  # noqa: PTH208
    found = list(selftest.run("none", tmp_path, GENEROUS))
    open_to = {one.probe.name for one in found if one.denied is False}
    assert not not_denied_here() - open_to
    unsure = [f"{one.probe.tries}: {one.seen}" for one in found if one.denied is None]
    assert not unsure
    files = [one for one in found if one.probe.name == "read_file"]
    assert all(one.denied is False for one in files if one.probe.given["file"] != shadow)
    # and nothing of it is left
    left = {name for name in set(os.listdir("/tmp")) - before if "self-test" in name}  # noqa: PTH208
    assert not left
    assert not list(tmp_path.iterdir())


def test_an_open_descriptor_is_noticed():
    denied, seen = in_a_plain_process("descriptors", {}, "file = open('/etc/passwd')")
    assert denied is False
    assert "3" in seen


def test_a_process_that_may_gain_privileges_is_noticed():
    denied, seen = in_a_plain_process("new_privileges", {})
    assert (denied, seen) == (False, "no_new_privs 0")


def test_a_hidden_test_in_memory_is_noticed():
    held = "import secrets\nheld = ['-'.join(['hidden', 'test', secrets.token_hex(16)])]"
    assert in_a_plain_process("hidden_tests", {}, held)[0] is False
    assert in_a_plain_process("hidden_tests", {}, "held = ['hidden-test']")[0] is True


def result(outputs, notes=()):
    cells = [{"cell_type": "code", "source": "", "outputs": outputs}]
    text = json.dumps({"cells": cells})
    return SubmissionResult("x", {selftest.NOTEBOOK: GradedNotebook(text)}, list(notes))


def finding(name, group, outputs, notes=(), outside=""):
    return selftest._finding(Probe(group, name, name), result(outputs, notes), outside)


def said(denied):
    return [{"output_type": "stream", "text": probes.SIGN + json.dumps([denied, "words"])}]


def test_no_answer_is_no_denial():
    failed = [{"output_type": "error", "ename": "KeyError", "evalue": "'file'"}]
    assert finding("read_file", "files", failed) == Finding(
        Probe("files", "read_file", "read_file"), None, "KeyError: 'file'"
    )
    assert finding("tcp", "network", []).denied is None
    assert selftest._finding(Probe("network", "tcp", ""), SubmissionResult("x"), "").denied is None


def test_what_is_seen_from_outside_outweighs_the_words():
    assert finding("tcp", "network", said(True)).denied is True
    assert finding("tcp", "network", said(True), outside="a connection came").denied is False


def test_a_process_that_was_ended_counts_where_a_limit_was_tried():
    notes = ["a cell of their own: longer than 1 s, deaf to interrupts"]
    assert finding("deaf", "time", [], notes).denied is True
    assert finding("tcp", "network", [], notes).denied is None


def test_the_hidden_text_is_new_each_time_and_stands_in_the_test_alone():
    one, two = (selftest._bundle(GENEROUS).notebooks[0].cells[0].source for _ in range(2))
    assert one != two
    job = selftest._job(Probe("tests", "hidden_tests", ""), {})
    assert one.partition("# ")[2].encode() not in job.notebooks[selftest.NOTEBOOK]
    assert TEST.encode() in job.notebooks[selftest.NOTEBOOK]
