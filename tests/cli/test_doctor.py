"""Does `course doctor` fail where a sandbox lets something through, and say what to do?"""

import shutil

import pytest
from click.testing import CliRunner

from course_lib.cli import doctor
from course_lib.grading.sandbox.bubblewrap import explain
from course_lib.grading.selftest import selftest
from course_lib.grading.selftest.selftest import Finding, Probe


@pytest.fixture
def tried(monkeypatch):
    """Let the self-test find what a test says; the other checks are fine."""
    found = []
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    for name in ("python", "packages", "checkpoints", "cache"):
        monkeypatch.setattr(doctor, name, lambda *_: ("something", True, "there", ""))
    monkeypatch.setattr(doctor, "models", list)

    def run(backend, folder):
        for one in found:
            if isinstance(one, Exception):
                raise one
            yield Finding(Probe("network", "tcp", "a TCP port"), *one)

    monkeypatch.setattr(selftest, "run", run)
    return found


def test_denials_are_a_table_and_no_failure(tried):
    tried += [(True, "Network is unreachable"), (True, "Connection refused")]
    done = CliRunner().invoke(doctor.command, [])
    assert done.exit_code == 0, done.output
    assert "denied   network: a TCP port  Network is unreachable" in done.output
    assert "->" not in done.output


@pytest.mark.parametrize(
    ("denied", "line"),
    [
        (False, "NOT DENIED  network: a TCP port  a connection came"),
        (None, "NOT DENIED  network: a TCP port  no answer: a connection came"),
    ],
)
def test_what_is_not_denied_fails_and_says_what_to_do(tried, denied, line):
    tried += [(True, "Network is unreachable"), (denied, "a connection came")]
    done = CliRunner().invoke(doctor.command, [])
    assert done.exit_code == 1
    assert line in done.output
    assert "denied      network: a TCP port  Network is unreachable" in done.output
    assert f"-> {doctor.TODO}" in done.output


def test_a_sandbox_that_does_not_start_is_said_and_lets_nothing_through(tried):
    tried.append(explain(1, "bwrap: setting up uid map: Permission denied"))
    done = CliRunner().invoke(doctor.command, [])
    assert done.exit_code == 0
    assert "MISSING  sandbox  a sandbox that starts expected" in done.output
    assert "allow user namespaces" in done.output


def test_a_sandbox_that_ends_in_the_middle_is_a_failure_when_something_went_through(tried):
    tried += [(False, "a connection came"), explain(1, "it ended")]
    assert CliRunner().invoke(doctor.command, []).exit_code == 1


def test_it_is_left_out_where_there_is_no_bubblewrap_or_nobody_wants_it(tried, monkeypatch):
    tried.append((False, "a connection came"))
    done = CliRunner().invoke(doctor.command, ["--sandbox", "skip"])
    assert done.exit_code == 0
    monkeypatch.setattr(shutil, "which", lambda name: None)
    done = CliRunner().invoke(doctor.command, [])
    assert done.exit_code == 0
    assert "MISSING  bwrap" in done.output
    assert "tried" not in done.output
