"""Does a class come out of a Dask cluster as out of the local pool, whatever dies meanwhile?"""

import socket
import time

import pytest
from dask_processes import HOW, dask_cluster, free_port

from course_lib.errors import CourseError
from course_lib.grading.engine import open_engine
from course_lib.grading.intake.work import Job

psutil = pytest.importorskip("psutil")
pytest.importorskip("distributed", reason=HOW)

QUICK = ("perfect", "first_task_only", "first_half", "blank", "wrong_answer", "noisy")

KILLER = """
import os
from course_lib.grading.engine import cluster_worker
from course_lib.grading.engine.worker import grade_bytes as honest
def grade_bytes(worker, bundle, job):
    if b'"student": "killer"' in job:
        os._exit(1)
    return honest(worker, bundle, job)
cluster_worker.grade_bytes = grade_bytes
"""
OLDER = "import course_lib; course_lib.__version__ = '0.0.9'"


@pytest.fixture(scope="module")
def course_and_bundle(counting, tmp_path_factory):
    from course_lib.grading.authoring.demo_class import make_demo_class
    from course_lib.grading.course.course_dir import open_course
    from course_lib.grading.intake.bundle import make_bundle

    folder = tmp_path_factory.mktemp("cluster") / "course"
    make_demo_class(folder, counting, timeout=4)
    course = open_course(folder)
    return course, make_bundle(course, "counting")


@pytest.fixture(scope="module")
def bundle(course_and_bundle):
    return course_and_bundle[1]


@pytest.fixture(scope="module")
def jobs(course_and_bundle):
    """Return thirty submissions that are quick to grade, six kinds of them."""
    from course_lib.grading.intake.bundle import make_job

    made = [make_job(course_and_bundle[0], "counting", name) for name in QUICK]
    return [
        Job(f"{job.student}_{turn}", job.notebooks, job.files) for turn in range(5) for job in made
    ]


@pytest.fixture(scope="module")
def local(bundle, jobs):
    with open_engine(bundle, 1) as engine:
        return {result.student: same(result) for result in engine.grade(jobs)}


@pytest.fixture
def cluster(tmp_path):
    with dask_cluster(tmp_path) as made:
        yield made


def same(result):
    """Return a result's bytes without the time it took."""
    result.seconds = 0.0
    return result.to_bytes()


def wait_until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_killed_workers_submissions_are_graded_by_others(cluster, bundle, jobs, local):
    first = cluster.worker()
    cluster.worker()
    found, below = {}, []
    with open_engine(bundle, cluster=cluster.address) as engine:
        wait_until(lambda: len(engine.fleet.present()) == 2)
        for result in engine.grade(jobs):
            assert result.student not in found, "given twice"
            found[result.student] = same(result)
            if len(found) == 5:
                below = psutil.Process(first.pid).children(recursive=True)
                first.kill()
                first.wait()
    assert found == local
    assert below
    wait_until(lambda: not any(process.is_running() for process in below))


def test_a_worker_that_joins_later_takes_over(cluster, bundle, jobs, local):
    only = cluster.worker()
    found = {}
    with open_engine(bundle, cluster=cluster.address) as engine:
        for result in engine.grade(jobs[:12]):
            found[result.student] = same(result)
            if len(found) == 3:
                only.kill()
                cluster.worker()
    assert found == {job.student: local[job.student] for job in jobs[:12]}


def test_a_submission_that_ends_two_workers_is_left_to_a_person(
    cluster, bundle, jobs, local, monkeypatch
):
    monkeypatch.setattr("course_lib.grading.engine.cluster.WORKERLESS_SECONDS", 8.0)
    for _ in range(3):  # the third one is left for the others
        cluster.worker(KILLER)
    killer = Job("killer", jobs[0].notebooks)
    with open_engine(bundle, cluster=cluster.address) as engine:
        wait_until(lambda: len(engine.fleet.present()) == 3)
        results = {one.student: one for one in engine.grade([*jobs[:3], killer, *jobs[3:8]])}
    left = results.pop("killer")
    assert not left.notebooks
    assert left.doubts == ["the grader failed 2 times: its Dask worker ended"]
    assert {name: same(one) for name, one in results.items()} == {
        job.student: local[job.student] for job in jobs[:8]
    }


def test_a_scheduler_that_goes_away_ends_the_run_with_one_error(cluster, bundle, jobs):
    cluster.worker()
    given, killed = [], 0.0

    def grade_until_it_is_gone():
        nonlocal killed
        with open_engine(bundle, cluster=cluster.address) as engine:
            for result in engine.grade(jobs):
                given.append(result)
                if len(given) == 2:
                    cluster.scheduler.kill()
                    killed = time.monotonic()

    with pytest.raises(CourseError, match="the same command goes on"):
        grade_until_it_is_gone()
    assert 2 <= len(given) < len(jobs)
    assert time.monotonic() - killed < 20


def test_a_worker_with_another_version_is_named_and_not_used(cluster, bundle):
    cluster.worker(OLDER)
    with pytest.raises(CourseError, match=r"course_lib is 0\.0\.9, here it is"):
        open_engine(bundle, cluster=cluster.address)


def test_nobody_at_the_address(bundle):
    started = time.monotonic()
    with pytest.raises(CourseError, match="expected a Dask scheduler"):
        open_engine(bundle, cluster=f"tcp://127.0.0.1:{free_port()}")
    assert time.monotonic() - started < 15


def test_somebody_else_at_the_address(bundle):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(CourseError, match="no answer as a scheduler gives"):
            open_engine(bundle, cluster=f"tcp://127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - started < 15
