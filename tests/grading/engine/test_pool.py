"""Do warm processes outlive the thread that started them, and does the pool read few jobs ahead?"""

import re
import threading
import time
from dataclasses import replace
from pathlib import Path

from course_lib.grading.engine import open_engine
from course_lib.grading.engine.calibrate import solved
from course_lib.grading.engine.pool import LocalPool
from course_lib.grading.engine.worker import Worker
from course_lib.grading.intake.bundle import bundle_of
from course_lib.grading.intake.work import Bundle, Job
from tests.grading.engine_notebooks import answer, check, notebook


def test_a_warm_process_outlives_the_thread_that_started_it():
    worker = Worker([])
    thread = threading.Thread(target=worker.start)
    thread.start()
    thread.join()
    try:
        assert worker._process is not None
        # it is killed when its parent thread ends, if that is the thread above
        assert worker._process.poll() is None
        answer = worker.grade(Bundle("empty", ()).to_bytes(), Job("ada", {}).to_bytes(), 60)
        assert b'"student": "ada"' in answer
        assert worker._process.poll() is None
    finally:
        worker.close()
    assert worker._process is None


def test_without_a_sandbox_no_two_submissions_share_a_folder_and_none_is_left(tmp_path):
    seen = "import os\nprint('in', os.getcwd())\nopen('mine.txt', 'w').write('x')"
    bundle = bundle_of("hw", notebook(answer(seen), check("1")))
    with open_engine(bundle, 2, sandbox="none") as engine:
        job = replace(solved(engine.bundle), learn=False)
        results = engine.grade([replace(job, student=name) for name in ("ada", "bob")])
        texts = [result.notebooks["hw"].text for result in results]
    folders = {Path(word) for text in texts for word in re.findall(r"in (/tmp/work-\d+)", text)}
    assert len(folders) == 2
    for _ in range(50):
        if not any(folder.exists() for folder in folders):
            break
        time.sleep(0.1)
    assert [folder for folder in folders if folder.exists()] == []


class _Echo:
    """A worker that has nothing to do: no notebook, no cell."""

    def grade(self, bundle, job, seconds):
        from course_lib.grading.intake.work import SubmissionResult

        return SubmissionResult(Job.from_bytes(job).student).to_bytes()

    def close(self):
        pass


def test_only_a_few_jobs_are_read_ahead():
    read, ahead = [], []

    def jobs():
        for number in range(200):
            read.append(number)
            yield Job(f"student_{number}", {})

    with LocalPool(Bundle("empty", ()), [_Echo(), _Echo()]) as pool:  # type: ignore[list-item]
        students = []
        for result in pool.grade(jobs()):
            students.append(result.student)
            ahead.append(len(read) - len(students))
    assert sorted(students) == sorted(f"student_{number}" for number in range(200))
    assert max(ahead) <= 4  # two a worker
