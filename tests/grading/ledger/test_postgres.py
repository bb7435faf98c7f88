"""The gradebook on a real PostgreSQL server: a whole round, a kill, and what can be refused."""

import shutil
import signal
import subprocess
import sys
import time

import pytest
import stand_in
from ledger_course import ASSIGNMENT, RIGHT, files, hand_in, make_course, nbgrader, rows
from postgres_server import HOW, programs, running
from stand_in import factory

from course_lib.errors import CourseDirectoryError
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.run.autograde import autograde

pytest.importorskip("psycopg", reason="no driver; to run this test: pip install -e '.[postgres]'")
pytestmark = pytest.mark.skipif(programs() is None, reason=HOW)
STUDENTS = [f"s{i}" for i in range(6)]


@pytest.fixture(scope="module")
def server():
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a course with submissions whose gradebook is a file."""
    course = make_course(tmp_path_factory.mktemp("files") / "course")
    for i, student in enumerate(STUDENTS):
        only = ("first",) if i == 4 else ("first", "second")
        stamp = f"2026-03-01 {8 + i}:00:00 UTC"
        hand_in(course, student, stamp, RIGHT | {"free": f"# {i}"}, only)
    return course


@pytest.fixture(scope="module")
def released_on_postgres(made, server, tmp_path_factory):
    """Return the same course, released into a database by nbgrader itself."""
    root = tmp_path_factory.mktemp("served") / "course"
    course = make_course(root, server.create("released"))
    shutil.copytree(made.root / "submitted", root / "submitted")
    return course


@pytest.fixture
def pair(made, released_on_postgres, server, tmp_path, request):
    """Return (the course on SQLite, the same on a database of its own)."""
    shutil.copytree(made.root, tmp_path / "sqlite")
    shutil.copytree(released_on_postgres.root, tmp_path / "postgres")
    url = server.create(request.node.name[:60], "released")
    config = tmp_path / "postgres" / "nbgrader_config.py"
    config.write_text(config.read_text().replace(released_on_postgres.db_url, url))
    return open_course(tmp_path / "sqlite"), open_course(tmp_path / "postgres")


def grade(course, **options):
    return autograde(course, ASSIGNMENT, engine_factory=factory(), progress=False, **options)


def test_a_whole_round_is_the_same_on_both(pair):
    for course in pair:
        assert {o.state for o in grade(course)} == {"graded"}
        assert {o.state for o in grade(course)} == {"unchanged"}
        with course.gradebook() as gradebook:
            found = gradebook.find_grade("essay", "first", ASSIGNMENT, "s1")
            found.manual_score, found.needs_manual_grade = 3.5, False
            gradebook.db.commit()
        assert {o.state for o in grade(course, force=True)} == {"graded"}
    sqlite, postgres = pair
    assert rows(postgres) == rows(sqlite)
    assert files(postgres.root / "autograded") == files(sqlite.root / "autograded")
    scores = [{o.student: o.score for o in grade(course)} for course in pair]
    assert scores[0] == scores[1]


def test_nbgraders_own_commands_work_on_it(pair):
    tables = []
    for course in pair:
        grade(course)
        done = nbgrader(course, "export")
        assert done.returncode == 0, done.stderr
        tables.append(sorted((course.root / "grades.csv").read_text().splitlines()))
    assert tables[0] == tables[1]
    assert len(tables[0]) == len(STUDENTS) + 1
    done = nbgrader(pair[1], "generate_feedback", ASSIGNMENT, "--student=s1")
    assert done.returncode == 0, done.stderr
    assert (pair[1].folder("feedback", ASSIGNMENT, "s1") / "first.html").is_file()


def test_the_url_on_the_command_line_goes_before_the_courses(pair):
    sqlite, postgres = pair
    course = open_course(sqlite.root, postgres.db_url)
    grade(course)
    assert len(rows(postgres)["submitted_assignment"]) == len(STUDENTS)
    assert rows(sqlite)["submitted_assignment"] == []


def test_killed_and_run_again(pair):
    sqlite, postgres = pair
    grade(sqlite)
    log = postgres.root / "ran.txt"
    for lines in (1, 3):
        process = subprocess.Popen([sys.executable, stand_in.__file__, str(postgres.root)])
        end = time.monotonic() + 60
        while not log.exists() or len(log.read_text().split()) < lines:
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.002)
        process.kill()
        assert process.wait() == -signal.SIGKILL
    grade(postgres)
    assert rows(postgres) == rows(sqlite)


def test_a_server_that_goes_away_in_the_middle_loses_nothing(pair, server):
    sqlite, postgres = pair
    grade(sqlite)

    class Engine:
        def __init__(self, bundle, workers):
            self.inner = factory()(bundle, 1)

        def __enter__(self):
            inner = self.inner.__enter__()

            class Broken:
                def grade(self, jobs):
                    for at, result in enumerate(inner.grade(jobs)):
                        if at == 3:
                            server.stop()
                        yield result

            return Broken()

        def __exit__(self, *_):
            return None

    try:
        with pytest.raises(CourseDirectoryError, match="a database server that answers") as error:
            autograde(postgres, ASSIGNMENT, engine_factory=Engine, progress=False)
    finally:
        server.start()
    assert "run the same command again" in error.value.action
    assert "sesame" not in str(error.value)
    states = [o.state for o in grade(postgres)]
    assert states.count("unchanged") == 4  # three in the gradebook, one in the journal
    assert rows(postgres) == rows(sqlite)


def refused(course, url):
    """Return the three parts of the error that opening a gradebook gives."""
    with pytest.raises(CourseDirectoryError) as error:
        grade(open_course(course.root, url))
    assert len(error.value.report().splitlines()) == 3
    assert "sesame" not in error.value.report()
    return error.value


def test_what_a_server_can_refuse(made, server):
    name = server.create("empty").rsplit("/", 1)[1]
    wrong = refused(made, server.url(name, "wrong"))
    assert "password authentication failed" in wrong.received
    assert "PGPASSWORD" in wrong.action
    assert "a database of that name" in refused(made, server.url("nowhere")).expected
    assert "nbgrader generate_assignment NAME --db" in refused(made, server.url(name)).action
    closed = server.url(name).replace(str(server.port), "1")
    assert "a database server that answers" in refused(made, closed).expected
    nameless = server.url(name).replace("127.0.0.1", "no-such-host.invalid")
    assert "a database server that answers" in refused(made, nameless).expected


def test_a_url_that_is_none_and_a_driver_that_is_not_there(made):
    assert "a database URL" in refused(made, "gradebook").expected
    assert "a database URL" in refused(made, "oracel://x").expected
    assert "driver" in refused(made, "mysql+mysqldb://u:sesame@h/n").expected
