"""`course autograde`: its options, its exit codes, what it prints."""

import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner
from ledger_course import ASSIGNMENT, RIGHT, hand_in, make_course, rows
from stand_in import factory

from course_lib.cli.autograde import command
from course_lib.errors import CourseError
from course_lib.grading.engine import head_start
from course_lib.grading.engine.worker import Worker


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("cli") / "course")
    for student in ("ann", "bob"):
        hand_in(course, student, None, RIGHT | {"free": f"# {student}"})
    return course


@pytest.fixture
def root(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def opened(monkeypatch):
    """Put the stand-in where the engine is; return what it was opened with."""
    calls = []

    def open_engine(bundle, workers, *, ahead, **options):
        calls.append({"workers": workers, "seconds": bundle.limits.cell_seconds, **options})
        return factory()(bundle, workers)

    monkeypatch.setattr(head_start, "open_engine", open_engine)
    monkeypatch.setattr(Worker, "begin", lambda self: None)
    return calls


def run(root, *args):
    return CliRunner().invoke(command, [ASSIGNMENT, "--course-dir", str(root), *map(str, args)])


def test_everybody_has_a_score_and_the_exit_code_is_0(root, opened):
    done = run(root, "--workers", 3, "--timeout", 7)
    assert done.exit_code == 0, done.output
    assert "2 graded; 0 to be looked at" in done.output
    assert f"report: {root}/.course_grading/ps/report.json" in done.output
    assert opened == [{"workers": 3, "seconds": 7.0, "sandbox": "bubblewrap", "cluster": ""}]
    again = run(root, "--timeout", 7)
    assert "2 unchanged; 0 to be looked at" in again.output
    assert len(opened) == 1  # no engine is started for nothing
    forced = run(root, "--force", "--student", "ann", "--timeout", 7)
    assert "1 graded; 0 to be looked at" in forced.output


def test_somebody_to_be_looked_at_is_exit_code_1(root, opened):
    (root / "submitted" / "bob" / ASSIGNMENT / "timestamp.txt").write_text("soon")
    done = run(root)
    assert done.exit_code == 1
    assert "look" in done.output


def test_what_is_not_isolated_must_be_asked_for_in_words(root, opened):
    refused = run(root, "--sandbox", "none")
    assert isinstance(refused.exception, CourseError)
    assert "--i-trust-every-submission" in refused.exception.expected
    assert opened == []
    done = run(root, "--sandbox", "none", "--i-trust-every-submission")
    assert done.exit_code == 0
    assert "not isolated" in done.output
    assert '"isolated": false' in (root / ".course_grading" / "ps" / "report.json").read_text()


def test_cluster_and_sandbox_are_handed_on(root, opened):
    run(root, "--cluster", "tcp://there:8786", "--sandbox", "container")
    assert opened[0]["cluster"] == "tcp://there:8786"
    assert opened[0]["sandbox"] == "container"


def test_another_gradebook_by_url(root, opened, made):
    from course_lib.grading.course.course_dir import open_course

    shutil.copy(root / "gradebook.db", root / "other.db")
    done = run(root, "--db", "sqlite:///other.db")
    assert done.exit_code == 0, done.output
    assert len(rows(open_course(root, "sqlite:///other.db"))["submitted_assignment"]) == 2
    assert rows(open_course(root))["submitted_assignment"] == []


@pytest.mark.parametrize("args", [("--workers", "0"), ("--timeout", "x"), ("--sandbox", "cage")])
def test_a_wrong_option_is_exit_code_2(root, opened, args):
    assert run(root, *args).exit_code == 2


def test_a_mistake_of_the_course_is_three_lines_and_exit_code_2(root):
    (root / "gradebook.db").unlink()
    code = "from course_lib.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "autograde", ASSIGNMENT, "--course-dir", root],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert [line.split(":")[0] for line in done.stderr.splitlines()[1:]] == [
        "expected",
        "received",
        "to do",
    ]


def test_stopped_is_exit_code_130_and_says_how_to_go_on(root, opened, monkeypatch):
    def interrupt(bundle, workers, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(head_start, "open_engine", interrupt)
    done = run(root)
    assert done.exit_code == 130
    assert "the same command goes on" in done.output
