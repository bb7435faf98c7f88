"""The loop around an engine: who is graded, who is not again, and what a kill leaves.

The engine is a stand-in whose results follow from the bytes handed in (stand_in.py).
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import nbformat
import pytest
import stand_in
from ledger_course import ASSIGNMENT, RIGHT, files, hand_in, make_course, nbgrader, rows
from stand_in import factory
from tqdm import tqdm

from course_lib.errors import CourseError, UnknownNameError
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.ledger.ledger import Ledger
from course_lib.grading.ledger.outcome import Outcome
from course_lib.grading.run import one_run
from course_lib.grading.run.autograde import StoppedError, autograde, report

STUDENTS = [f"s{i:02}" for i in range(12)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a course in which everybody handed in something else, and nobody is graded."""
    course = make_course(tmp_path_factory.mktemp("loop") / "course")
    for i, student in enumerate(STUDENTS):
        stamp = f"2026-03-01 {8 + i}:00:00 UTC"  # s05 and later are late
        only = ("first",) if i == 7 else ("first", "second")
        hand_in(course, student, stamp, RIGHT | {"free": f"# {i}"}, only, {"own.txt": f"{i}"})
    return course


@pytest.fixture
def course(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "course")
    return open_course(tmp_path / "course")


@pytest.fixture(scope="module")
def undisturbed(made, tmp_path_factory):
    """Return (rows, files) of a run that nothing disturbed."""
    root = tmp_path_factory.mktemp("undisturbed") / "course"
    shutil.copytree(made.root, root)
    course = open_course(root)
    assert {outcome.state for outcome in grade(course)} == {"graded"}
    return rows(course), files(root / "autograded")


def grade(course, students=(), *, log=None, breaks=(), **options):
    engine = factory(log=log, breaks=breaks)
    return autograde(course, ASSIGNMENT, students, engine_factory=engine, progress=False, **options)


def ran(course, *args, **options):
    """Return whom a run gave to its engine, and the outcomes by student."""
    log = course.root / "ran.txt"
    log.unlink(missing_ok=True)
    outcomes = grade(course, *args, log=log, **options)
    names = log.read_text().split() if log.exists() else []
    return sorted(names), {outcome.student: outcome for outcome in outcomes}


def in_gradebook(course):
    return {s["student_id"] for s in rows(course)["submitted_assignment"]}


def test_everybody_has_a_score_and_then_nobody_runs_again(course, undisturbed):
    names, first = ran(course)
    assert names == STUDENTS
    assert list(first) == STUDENTS
    assert {o.state for o in first.values()} == {"graded"}
    assert (rows(course), files(course.root / "autograded")) == undisturbed
    names, second = ran(course)
    assert names == []
    assert {o.state for o in second.values()} == {"unchanged"}
    assert {s: o.score for s, o in second.items()} == {s: o.score for s, o in first.items()}
    assert (rows(course), files(course.root / "autograded")) == undisturbed


def test_scores_are_those_of_the_gradebook_with_the_penalty_off(course):
    _, outcomes = ran(course)
    with course.gradebook() as gradebook:
        for student, outcome in outcomes.items():
            handed = gradebook.find_submission(ASSIGNMENT, student)
            penalty = sum(nb.late_submission_penalty or 0 for nb in handed.notebooks)
            assert outcome.score == max(0.0, handed.score - penalty)
    assert any("points off" in "".join(o.notes) for o in outcomes.values())
    assert "second.ipynb was not handed in: 0 points" in outcomes["s07"].notes
    assert "2 answers to grade by hand" in outcomes["s00"].notes


def change_submission(course):
    hand_in(course, "s03", None, RIGHT | {"free": "# changed"})


def change_stamp(course):
    path = course.folder("submitted", ASSIGNMENT, "s03") / "timestamp.txt"
    path.write_text("2026-03-05 08:00:00 UTC")


def change_own_file(course):
    (course.folder("submitted", ASSIGNMENT, "s03") / "own.txt").write_text("other")


def lose_folder(course):
    shutil.rmtree(course.folder("autograded", ASSIGNMENT, "s03"))


def lose_notebook(course):
    (course.folder("autograded", ASSIGNMENT, "s03") / "first.ipynb").unlink()


def lose_row(course):
    with course.gradebook() as gradebook:
        gradebook.remove_submission(ASSIGNMENT, "s03")


def lose_score(course):
    with course.gradebook() as gradebook:
        gradebook.find_grade("check_add", "first", ASSIGNMENT, "s03").auto_score = None
        gradebook.db.commit()


def lose_journal(course):
    (course.root / ".course_grading" / ASSIGNMENT / "students" / "s03.json").write_text('{"key":')


CHANGES = [change_submission, change_stamp, change_own_file, lose_folder, lose_notebook, lose_row,
           lose_score, lose_journal]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_or_was_lost_is_graded_again_and_nothing_else(course, change):
    ran(course)
    change(course)
    names, outcomes = ran(course)
    assert names == ["s03"]
    assert outcomes["s03"].state == "graded"
    assert ran(course)[0] == []


def test_a_changed_test_and_force_grade_everybody_again(course):
    ran(course)
    assert ran(course, force=True)[0] == STUDENTS
    assert not list(course.root.glob("autograded/*/.*"))  # nothing moved aside stays
    path = course.folder("source", ASSIGNMENT) / "data" / "table.csv"
    path.write_text("a,b\n3,4\n")
    assert ran(course)[0] == STUDENTS
    assert ran(course, ["s01", "s04"], force=True)[0] == ["s01", "s04"]


def test_points_entered_by_hand_survive_a_regrade(course):
    """Over a test as well: nbgrader then marks the cell for another look."""
    ran(course)
    with course.gradebook() as gradebook:
        for cell, points in (("essay", 3.5), ("check_add", 2.75)):
            found = gradebook.find_grade(cell, "first", ASSIGNMENT, "s02")
            found.manual_score, found.needs_manual_grade = points, False
        gradebook.db.commit()
    names, outcomes = ran(course)
    assert names == []
    again = ran(course, ["s02"], force=True)[1]["s02"]
    assert again.score == outcomes["s02"].score
    by_hand = [g for g in rows(course)["grade"] if g["manual_score"] is not None]
    assert sorted(g["manual_score"] for g in by_hand) == [2.75, 3.5]
    assert all(g["needs_manual_grade"] for g in by_hand)


def test_a_submission_without_a_notebook_gets_a_reason_and_no_row(course):
    folder = course.folder("submitted", ASSIGNMENT, "s05")
    for path in folder.glob("*.ipynb"):
        path.unlink()
    (folder / "essay.txt").write_text("My answer.")
    _, outcomes = ran(course)
    assert outcomes["s05"].state == "ungraded"
    assert outcomes["s05"].needs_person
    assert outcomes["s05"].doubts
    assert "s05" not in in_gradebook(course)
    assert in_gradebook(course) == set(STUDENTS) - {"s05"}
    assert all(g["auto_score"] is not None for g in rows(course)["grade"]
               if "check" in g["cell_id"])  # fmt: skip


def test_the_score_of_an_earlier_submission_stays_and_is_said(course):
    before = ran(course)[1]["s05"]
    kept = rows(course), files(course.root / "autograded")
    for path in course.folder("submitted", ASSIGNMENT, "s05").glob("*.ipynb"):
        path.unlink()
    _, outcomes = ran(course)
    assert outcomes["s05"].score is None
    assert "an earlier submission stands" in outcomes["s05"].doubts[-1]
    assert (rows(course), files(course.root / "autograded")) == kept
    assert before.score is not None


def test_a_time_stamp_that_is_none_needs_a_person_and_is_graded(course):
    path = course.folder("submitted", ASSIGNMENT, "s04") / "timestamp.txt"
    path.write_text("yesterday evening")
    outcome = ran(course)[1]["s04"]
    assert (outcome.state, outcome.needs_person) == ("graded", True)
    assert "whether it came late is not known" in outcome.doubts[0]
    assert "write it as 2026-11-30T10:00:00+09:00" in outcome.doubts[0]
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert "no plain file" in " ".join(ran(course)[1]["s04"].doubts)


def test_a_run_brings_penalties_up_to_date_in_the_gradebook(course):
    """Formgrader and nbgrader's export read them there."""
    from datetime import timedelta

    (late, outcome), *_ = (
        (student, one)
        for student, one in ran(course)[1].items()
        if any("points off" in note for note in one.notes)
    )
    with course.gradebook() as gradebook:
        gradebook.find_submission(ASSIGNMENT, late).extension = timedelta(days=30)
        gradebook.db.commit()
    graded, outcomes = ran(course)
    assert (graded, outcomes[late].state) == ([], "unchanged")
    assert outcomes[late].score > outcome.score
    with course.gradebook() as gradebook:
        parts = gradebook.find_submission(ASSIGNMENT, late).notebooks
        assert {part.late_submission_penalty for part in parts} <= {0.0, None}


def test_a_time_in_another_zone_costs_a_punctual_student_nothing(course):
    """Due at 12:00 UTC; nbgrader reads these as 20:45 and 21:00 UTC, and takes points off."""
    path = course.folder("submitted", ASSIGNMENT, "s04") / "timestamp.txt"
    for stamp in ("2026-03-01 21:00:00 +0900", "2026-03-01 21:00:00 KST"):
        path.write_text(stamp)
        assert "points off" not in "".join(ran(course)[1]["s04"].notes)
    path.write_text("2026-03-01 23:00:00 KST")
    assert "points off" in "".join(ran(course)[1]["s04"].notes)


def test_an_engine_that_breaks_over_one_submission_grades_the_others(course):
    _, outcomes = ran(course, breaks=["s04"])
    assert outcomes["s04"].state == "ungraded"
    assert "a worker died over s04" in outcomes["s04"].doubts[0]
    others = {s: o.state for s, o in outcomes.items() if s != "s04"}
    assert set(others.values()) == {"graded"}
    assert len(others) == 11
    assert ran(course)[0] == ["s04"]


def test_a_result_that_no_file_can_hold_costs_one_submission(course, monkeypatch):
    honest = stand_in.result_for

    def odd(bundle, job):
        result = honest(bundle, job)
        if job.student == "s04":
            result.notebooks["first"].text = "a lone surrogate: \ud800"
        return result

    monkeypatch.setattr(stand_in, "result_for", odd)
    _, outcomes = ran(course)
    assert "surrogates not allowed" in outcomes["s04"].doubts[0]
    assert sum(o.state == "graded" for o in outcomes.values()) == 11
    assert "s04" not in in_gradebook(course)


def test_what_the_engine_says_about_the_assignment_is_in_the_report(course):
    class Telling:
        def __init__(self, bundle, workers):
            self.inner = factory()(bundle, workers)

        def __enter__(self):
            engine = self.inner.__enter__()
            engine.notes = ["check_add runs beside the student's code"]
            return engine

        def __exit__(self, *_):
            return None

    autograde(course, ASSIGNMENT, engine_factory=Telling, progress=False)
    raw = json.loads((course.root / ".course_grading" / ASSIGNMENT / "report.json").read_text())
    assert raw["notes"] == ["check_add runs beside the student's code"]


def test_an_engine_that_breaks_always_is_one_error(course):
    with pytest.raises(CourseError, match="course doctor"):
        ran(course, breaks=STUDENTS)
    assert in_gradebook(course) == set()


def test_results_nobody_asked_for_change_nothing(course):
    class Forger:
        def __init__(self, bundle):
            self.inner = factory()(bundle, 1)

        def grade(self, jobs):
            with self.inner as engine:
                for result in engine.grade(jobs):
                    yield result
                    yield result
                    yield type(result)("nobody", result.notebooks)

    class Open:
        def __init__(self, bundle, workers):
            self.bundle = bundle

        def __enter__(self):
            return Forger(self.bundle)

        def __exit__(self, *_):
            return None

    outcomes = autograde(course, ASSIGNMENT, engine_factory=Open, progress=False)
    assert [o.student for o in outcomes] == STUDENTS
    assert in_gradebook(course) == set(STUDENTS)


def test_submissions_are_read_when_they_are_wanted_and_then_forgotten(course):
    """Two thousand submissions must not lie in memory: a few in flight may."""
    import gc

    from course_lib.grading.intake.work import Job

    alive = []

    class Watching:
        def __init__(self, bundle, workers):
            self.engine = factory(in_flight=2)(bundle, workers)

        def __enter__(self):
            inner = self.engine.__enter__()

            class Engine:
                def grade(self, jobs):
                    for result in inner.grade(jobs):
                        yield result
                        gc.collect()
                        alive.append(sum(isinstance(o, Job) for o in gc.get_objects()))

            return Engine()

        def __exit__(self, *_):
            return None

    autograde(course, ASSIGNMENT, engine_factory=Watching, progress=False)
    assert len(alive) == 12
    assert max(alive) <= 3


def test_the_report_for_programs_says_what_the_table_says(course):
    _, outcomes = ran(course, sandbox="none")
    path = course.root / ".course_grading" / ASSIGNMENT / "report.json"
    raw = json.loads(path.read_text())
    assert raw["finished"] is True
    assert raw["isolated"] is False
    assert raw["counts"] == {"graded": 12, "unchanged": 0, "ungraded": 0, "needs_person": 0}
    assert {s["student"]: s["score"] for s in raw["students"]} == {
        name: outcome.score for name, outcome in outcomes.items()
    }
    text = report(list(outcomes.values()))
    assert text.endswith("12 graded; 0 to be looked at")
    assert all(student in text for student in STUDENTS)


def test_a_long_table_shows_those_that_need_a_person(course):
    outcome = ran(course, ["s00"])[1]["s00"]
    many = [type(outcome)(f"p{i}", "graded", 1.0, 2.0) for i in range(50)]
    many.append(type(outcome)("odd", "ungraded", doubts=["no notebook"]))
    text = report(many)
    assert "odd" in text
    assert "p7" not in text
    assert text.endswith("50 graded, 1 ungraded; 1 to be looked at")


def start(course, *args):
    return subprocess.Popen(
        [sys.executable, stand_in.__file__, str(course.root), *args],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def wait_for(path, lines, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists() and len(path.read_text().split()) >= lines:
            return
        time.sleep(0.005)
    raise AssertionError(f"{path} did not get {lines} lines")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_keeps_what_is_done(course, undisturbed, number):
    process = start(course)
    wait_for(course.root / "ran.txt", 4)
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "StoppedError" in error
    done = in_gradebook(course)
    assert 3 <= len(done) < 12
    raw = json.loads((course.root / ".course_grading" / ASSIGNMENT / "report.json").read_text())
    assert raw["finished"] is False
    assert {s["student"] for s in raw["students"]} == done
    names, _ = ran(course)
    assert set(names) == set(STUDENTS) - done
    assert (rows(course), files(course.root / "autograded")) == undisturbed


def test_a_second_run_is_told_whose_the_lock_is(course):
    process = start(course)
    try:
        wait_for(course.root / "ran.txt", 1)
        with pytest.raises(one_run.AlreadyRunningError, match=f"process {process.pid} on"):
            grade(course)
    finally:
        process.kill()
        process.communicate()
    ran(course)  # the lock died with its holder


def grade_in_a_child(course):
    """Start the same run in a process of its own and return its id."""
    child = os.fork()
    if child:
        return child
    # subtle: tqdm's lock is a semaphore that children share; one killed with it held stops them all
    tqdm.set_lock(threading.RLock())
    try:
        engine = factory(delay=0.002, log=course.root / "ran.txt")
        autograde(course, ASSIGNMENT, engine_factory=engine, progress=False)
        os._exit(0)
    except BaseException:
        os._exit(1)


def start_over(course):
    shutil.rmtree(course.root / ".course_grading")
    shutil.rmtree(course.root / "autograded")
    (course.root / "ran.txt").unlink()
    with course.gradebook() as gradebook:
        for student in STUDENTS:
            gradebook.remove_student(student)


def test_killed_at_any_moment_the_same_command_ends_the_same(course, undisturbed):
    """Forty SIGKILLs at random moments: the same grades, and nothing that was kept runs again."""
    chance, kills, log = random.Random(3), 0, course.root / "ran.txt"
    log.touch()
    while kills < 40:
        before, kept = len(log.read_text().split()), journalled(course)
        child = grade_in_a_child(course)
        time.sleep(chance.uniform(0.05, 0.35))
        os.kill(child, signal.SIGKILL)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        kills += killed
        assert_consistent(course)
        assert kept.isdisjoint(log.read_text().split()[before:])
        if not killed:
            assert (rows(course), files(course.root / "autograded")) == undisturbed
            start_over(course)
            log.touch()
    kept, before = journalled(course), len(log.read_text().split())
    assert os.waitpid(grade_in_a_child(course), 0)[1] == 0
    assert kept.isdisjoint(log.read_text().split()[before:])
    assert (rows(course), files(course.root / "autograded")) == undisturbed


def journalled(course):
    return {path.stem for path in course.root.glob(".course_grading/ps/students/*.json")}


def assert_consistent(course):
    """Whatever the moment: no half row, no half folder, and what the journal has is in place."""
    found = rows(course)
    assert len(found["grade"]) == 5 * len(found["submitted_assignment"])
    assert all(g["auto_score"] is not None for g in found["grade"] if "check" in g["cell_id"])
    for folder in course.root.glob("autograded/*/ps"):
        for path in folder.glob("*.ipynb"):
            nbformat.read(path, as_version=4)
    for path in course.root.glob(".course_grading/ps/students/*.json"):
        entry = json.loads(path.read_text())
        folder = course.folder("autograded", ASSIGNMENT, entry["student"])
        assert {p.stem for p in folder.glob("*.ipynb")} == set(entry["notebooks"])
        if entry["state"] == "recorded":
            assert entry["student"] in in_gradebook(course)


STOPS = ["forget", "deliver", "journal graded", "record", "journal recorded"]


@pytest.mark.parametrize("moment", STOPS)
def test_cut_off_between_any_two_steps_nothing_is_lost_or_run_twice(
    course, undisturbed, monkeypatch, moment
):
    """The same at every step of one submission, without luck."""
    from course_lib.grading.ledger.journal import Journal
    from course_lib.grading.run import runner

    class Cut(BaseException):
        pass

    def cut(*_, **__):
        raise Cut

    write = Journal.write

    def cut_write(self, entry):
        if moment == f"journal {entry.state}":
            raise Cut
        write(self, entry)

    with monkeypatch.context() as patch:
        if moment == "forget":
            patch.setattr(Journal, "forget", cut)
        elif moment == "deliver":
            patch.setattr(runner, "deliver", cut)
        elif moment == "record":
            patch.setattr(Ledger, "record", cut)
        else:
            patch.setattr(Journal, "write", cut_write)
        with pytest.raises(Cut):
            grade(course, ["s06"])
    names, outcomes = ran(course)
    journalled = moment in ("record", "journal recorded")
    assert ("s06" in names) != journalled
    assert outcomes["s06"].state == ("unchanged" if journalled else "graded")
    assert (rows(course), files(course.root / "autograded")) == undisturbed


def test_a_forced_regrade_that_was_cut_off_is_not_taken_for_the_old_grades(course, monkeypatch):
    """The new notebooks lie in autograded/ and the old grades in the gradebook: grade again."""
    from course_lib.grading.ledger.journal import Journal

    def cut(*_):
        raise KeyboardInterrupt

    ran(course)
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "write", cut)
        with pytest.raises(StoppedError):
            grade(course, ["s06"], force=True)
    assert ran(course)[0] == ["s06"]


def test_an_autograded_folder_that_was_moved_aside_comes_back(course, undisturbed):
    ran(course)
    folder = course.folder("autograded", ASSIGNMENT, "s06")
    folder.rename(folder.with_name(".ps.old"))
    folder.with_name(".ps.new").mkdir()
    assert ran(course)[0] == []
    assert files(course.root / "autograded") == undisturbed[1]


def test_students_and_assignments_that_are_unknown(course):
    with pytest.raises(UnknownNameError, match="did you mean"):
        grade(course, ["s0"])
    with pytest.raises(UnknownNameError):
        autograde(course, "pss", engine_factory=factory(), progress=False)


def test_hooks_of_the_course_run_around_each_submission(course):
    config = course.root / "nbgrader_config.py"
    config.write_text(
        config.read_text()
        + """
def note(which):
    def hook(assignment, student, notebooks):
        with open("hooks.txt", "a") as file:
            print(which, assignment, student, len(notebooks), file=file)
        if student == "s01":
            raise ValueError
    return hook
c.Autograde.pre_convert_hook = note("pre")
c.Autograde.post_convert_hook = note("post")
"""
    )
    again = open_course(course.root)
    ran(again, ["s00", "s01"])
    ran(again, ["s00"])
    lines = sorted((course.root / "hooks.txt").read_text().splitlines())
    assert lines == ["post ps s00 2", "post ps s01 2", "pre ps s00 2", "pre ps s01 2"]


def test_stopped_is_an_interrupt_that_carries_the_outcomes():
    assert issubclass(StoppedError, KeyboardInterrupt)
    assert StoppedError([Outcome("x", "graded")]).outcomes[0].student == "x"


def test_nbgraders_feedback_and_export_take_what_the_loop_leaves(course):
    ran(course)
    for args in (("generate_feedback", ASSIGNMENT, "--student=s00"), ("export",)):
        done = nbgrader(course, *args)
        assert done.returncode == 0, done.stderr
    assert len((course.root / "grades.csv").read_text().splitlines()) == 13
