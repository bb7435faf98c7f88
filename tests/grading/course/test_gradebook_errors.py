"""A gradebook that cannot be written: three lines, nothing lost, and the run can be repeated."""

import errno
import os
import shutil
import sqlite3
import subprocess

import pytest
from ledger_course import ASSIGNMENT, RIGHT, files, hand_in, make_course, rows
from stand_in import factory

from course_lib.errors import CourseDirectoryError
from course_lib.grading.course import gradebook_errors
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.ledger import autograded
from course_lib.grading.run.autograde import autograde

STUDENTS = [f"s{i}" for i in range(6)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("errors") / "course")
    for i, student in enumerate(STUDENTS):
        hand_in(course, student, None, RIGHT | {"free": f"# {i}"})
    return course


@pytest.fixture
def course(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "course")
    return open_course(tmp_path / "course")


@pytest.fixture(scope="module")
def undisturbed(made, tmp_path_factory):
    root = tmp_path_factory.mktemp("undisturbed") / "course"
    shutil.copytree(made.root, root)
    grade(open_course(root))
    return rows(open_course(root)), files(root / "autograded")


@pytest.fixture
def small_disk(made, tmp_path):
    """Return (a course on a disk of 2 MB, the folder where the disk is mounted)."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("mounting a small disk needs root; as root this test runs")
    try:
        shutil.copytree(made.root, disk / "course")
        yield open_course(disk / "course"), disk
    finally:
        subprocess.run(["umount", disk], check=True)


def grade(course, **options):
    opened = options.pop("engine_factory", factory())
    return autograde(course, ASSIGNMENT, engine_factory=opened, progress=False, **options)


def engine_that(act, at=3):
    """Return an engine factory that does something before the result number `at`."""

    class Engine:
        def __init__(self, bundle, workers):
            self.inner = factory()(bundle, workers)

        def __enter__(self):
            inner = self.inner.__enter__()

            class Acting:
                def grade(self, jobs):
                    for number, result in enumerate(inner.grade(jobs)):
                        if number == at:
                            act()
                        yield result

            return Acting()

        def __exit__(self, *_):
            return None

    return Engine


def refused(course, **options):
    with pytest.raises(CourseDirectoryError) as error:
        grade(course, **options)
    assert len(error.value.report().splitlines()) == 3
    return error.value


def write_for_ever(path):
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def test_a_gradebook_that_somebody_holds(course, undisturbed, monkeypatch):
    monkeypatch.setattr(gradebook_errors, "LOCK_SECONDS", 0.2)
    other = sqlite3.connect(course.root / "gradebook.db")
    error = refused(course, engine_factory=engine_that(lambda: other.execute("BEGIN IMMEDIATE")))
    assert error.received == "database is locked"
    assert "nobody else is writing" in error.expected
    other.rollback()
    states = [outcome.state for outcome in grade(course)]
    assert states.count("unchanged") == 4  # three in the gradebook, one in the journal
    assert (rows(course), files(course.root / "autograded")) == undisturbed


def test_a_gradebook_that_is_held_from_the_start(course, monkeypatch):
    monkeypatch.setattr(gradebook_errors, "LOCK_SECONDS", 0.2)
    other = sqlite3.connect(course.root / "gradebook.db")
    other.execute("BEGIN EXCLUSIVE")
    assert refused(course).received == "database is locked"
    other.close()
    assert not (course.root / "autograded").exists()


def test_a_short_lock_is_waited_for(course):
    import threading

    other = sqlite3.connect(course.root / "gradebook.db", check_same_thread=False)
    release = threading.Timer(0.5, other.rollback)

    def hold():
        other.execute("BEGIN IMMEDIATE")
        release.start()

    assert {o.state for o in grade(course, engine_factory=engine_that(hold))} == {"graded"}


def test_a_disk_that_is_full(small_disk, undisturbed):
    course, disk = small_disk
    ballast = disk / "ballast"

    def fill():
        with pytest.raises(OSError, match="space left"):
            write_for_ever(ballast)

    error = refused(course, engine_factory=engine_that(fill))
    assert "room on the disk" in error.expected
    assert "free some space" in error.action
    done = files(course.root / "autograded")
    assert all(content for _, content in done.values())
    ballast.unlink()
    states = [outcome.state for outcome in grade(course)]
    assert states.count("unchanged") >= 3
    assert (rows(course), files(course.root / "autograded")) == undisturbed


def test_a_disk_that_becomes_read_only(small_disk, undisturbed):
    course, disk = small_disk

    def remount(how):
        subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)

    remount("ro")
    error = refused(course)
    assert "may write" in error.expected
    remount("rw")
    grade(course)
    assert (rows(course), files(course.root / "autograded")) == undisturbed


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_file_that_cannot_be_written_leaves_the_old_folder(course, monkeypatch, number):
    grade(course)
    before = rows(course), files(course.root / "autograded")
    write, written = autograded._write, []

    def fail(folder, name, content):
        written.append(name)
        if len(written) == 4:
            raise OSError(number, os.strerror(number), name)
        write(folder, name, content)

    monkeypatch.setattr(autograded, "_write", fail)
    refused(course, force=True)
    assert (rows(course), files(course.root / "autograded")) == before
    assert not list(course.root.glob("autograded/*/.*"))


def test_an_error_of_one_file_alone_costs_one_submission(course, monkeypatch):
    write = autograded._write

    def fail(folder, name, content):
        if folder.parent.name == "s2":
            raise OSError(errno.ENAMETOOLONG, "too long", name)
        write(folder, name, content)

    monkeypatch.setattr(autograded, "_write", fail)
    outcomes = {outcome.student: outcome for outcome in grade(course)}
    assert outcomes["s2"].state == "ungraded"
    assert "too long" in outcomes["s2"].doubts[0]
    assert sum(outcome.state == "graded" for outcome in outcomes.values()) == 5


def test_a_gradebook_of_another_program(course):
    (course.root / "gradebook.db").unlink()
    with sqlite3.connect(course.root / "gradebook.db") as other:
        other.execute("CREATE TABLE birds (name TEXT)")
    error = refused(course)
    assert "without nbgrader's tables" in error.received
    assert "nbgrader generate_assignment NAME --db" in error.action
