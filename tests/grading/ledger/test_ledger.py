"""Does the ledger leave what nbgrader leaves: every row, every file? And what when it cannot?"""

import json
import shutil

import pytest
from ledger_course import (
    ASSIGNMENT,
    RIGHT,
    files,
    hand_in,
    job_of,
    make_class,
    make_course,
    nbgrader,
    result_of,
    rows,
)

from course_lib.errors import SubmissionError
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.course.nbgrader_settings import Settings
from course_lib.grading.intake.work import CellGrade
from course_lib.grading.ledger.autograded import deliver
from course_lib.grading.ledger.journal import entry_of
from course_lib.grading.ledger.ledger import Ledger


def grade_with_ledger(course, executed, students):
    """Enter what nbgrader executed in the course `executed` into the gradebook of `course`."""
    settings, scores = Settings(course, ASSIGNMENT), {}
    with Ledger(course, ASSIGNMENT, settings) as ledger:
        for student in students:
            result = result_of(executed.folder("autograded", ASSIGNMENT, student), student)
            job = job_of(course, student)
            when = settings.timestamp(course.folder("submitted", ASSIGNMENT, student))
            stamp = when.isoformat() if when else None
            entry = entry_of(result, "key", list(job.notebooks), stamp)
            source = course.folder("source", ASSIGNMENT)
            deliver(
                course.folder("autograded", ASSIGNMENT, student),
                {name: one.text for name, one in result.notebooks.items()},
                {"data/table.csv": (source / "data" / "table.csv").read_bytes()},
                job.files,
                ignore=settings.ignore,
                mode=settings.mode,
            )
            scores[student] = ledger.record(entry)
    return scores


def grade_by_hand(course):
    """Enter what a person enters in formgrader: points over a test, for an essay, for a task."""
    with course.gradebook() as gradebook:
        for cell, notebook, points in (
            ("check_add", "first", 2.5),
            ("essay", "first", 3.0),
            ("picture", "second", 4.0),
        ):
            grade = gradebook.find_grade(cell, notebook, ASSIGNMENT, "again")
            grade.manual_score, grade.needs_manual_grade = points, False
        comment = gradebook.find_comment("essay", "first", ASSIGNMENT, "again")
        comment.manual_comment = "Short, and right."
        gradebook.db.commit()


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Return (graded by nbgrader, graded by the ledger, students): the same class twice."""
    theirs = make_course(tmp_path_factory.mktemp("theirs") / "course")
    students = make_class(theirs)
    root = tmp_path_factory.mktemp("ours") / "course"
    shutil.copytree(theirs.root, root)
    ours = open_course(root)
    for round_ in ("first", "second"):
        for course in (theirs, ours):
            if round_ == "second":
                grade_by_hand(course)
                (course.folder("submitted", ASSIGNMENT, "again") / "old.txt").unlink()
                hand_in(course, "again", "2026-03-01 15:00:00 UTC", RIGHT, files={"new.txt": "2"})
        done = nbgrader(theirs, "autograde", ASSIGNMENT)
        assert done.returncode == 0, done.stderr
        grade_with_ledger(ours, theirs, students if round_ == "first" else ["again"])
    return theirs, ours, students


def test_every_row_of_the_gradebook_is_nbgraders(twins):
    theirs, ours, _ = twins
    expected, got = rows(theirs), rows(ours)
    assert set(got) == set(expected)
    assert {table: len(found) for table, found in expected.items()}["grade"] == 7 * 5
    for table in expected:
        assert got[table] == expected[table], table


def test_the_class_meets_every_rule(twins):
    """The comparison says nothing about rules that no row shows: each must show somewhere."""
    found = rows(twins[0])
    assert any(g["manual_score"] == 2.5 and g["needs_manual_grade"] for g in found["grade"])
    assert {g["auto_score"] for g in found["grade"]} >= {None, 0.0, 1.5, 2.0, 3.0}
    assert {c["auto_comment"] for c in found["comment"]} == {None, "No response."}
    penalties = {n["late_submission_penalty"] for n in found["submitted_notebook"]}
    assert penalties >= {None, 1.5, 0.75, 5.0, 1.0}, penalties
    assert len({(g["notebook_id"], g["cell_id"]) for g in found["grade"]}) == 35


def test_every_file_below_autograded_is_nbgraders(twins):
    theirs, ours, students = twins
    for student in students:
        expected = files(theirs.folder("autograded", ASSIGNMENT, student))
        assert files(ours.folder("autograded", ASSIGNMENT, student)) == expected
    assert "old.txt" not in files(ours.folder("autograded", ASSIGNMENT, "again"))
    right = files(ours.folder("autograded", ASSIGNMENT, "right"))
    assert right["helper.py"][1] == b"HELP = 'mine'"
    assert right["data/table.csv"][1] == b"a,b\n1,2\n"
    assert {"junk.pyc", "other.ipynb"}.isdisjoint(right)


def test_nbgraders_own_commands_go_on_from_there(twins):
    for course in twins[:2]:
        done = nbgrader(course, "generate_feedback", ASSIGNMENT)
        assert done.returncode == 0, done.stderr
        done = nbgrader(course, "export")
        assert done.returncode == 0, done.stderr
    texts = [(course.root / "grades.csv").read_text() for course in twins[:2]]
    assert texts[0] == texts[1]
    assert len(texts[0].splitlines()) == 8
    page = twins[1].folder("feedback", ASSIGNMENT, "again") / "first.html"
    assert "Short, and right." in page.read_text()


def test_a_plain_autograde_afterwards_finds_nothing_to_do(twins, tmp_path):
    root = tmp_path / "course"
    shutil.copytree(twins[1].root, root)
    course = open_course(root)
    done = nbgrader(course, "autograde", ASSIGNMENT)
    assert done.stderr.count("Skipping existing") == 7, done.stderr
    assert rows(course) == rows(twins[1])


@pytest.fixture
def fresh(tmp_path, twins):
    """Return (a course with submissions and nothing graded, the twin that nbgrader executed)."""
    root = tmp_path / "course"
    shutil.copytree(twins[0].root, root)
    shutil.rmtree(root / "autograded")
    course = open_course(root)
    with course.gradebook() as gradebook:
        for student in twins[2]:
            gradebook.remove_student(student)
    return course, twins[0]


def entry(course, executed, student):
    result = result_of(executed.folder("autograded", ASSIGNMENT, student), student)
    return entry_of(result, "key", list(job_of(course, student).notebooks), "2026-03-01T11:00:00")


def test_scores_are_what_the_gradebook_says(fresh):
    course, executed = fresh
    with Ledger(course, ASSIGNMENT, Settings(course, ASSIGNMENT)) as ledger:
        score = ledger.record(entry(course, executed, "right"))
        assert (score.final, score.waiting, score.missing) == (6.0, 2, 0)
        assert ledger.scores() == {"right": score}
        assert ledger.max_score == 15.0
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "right").score == 6.0


def test_a_failure_in_the_middle_leaves_nothing_of_it(fresh, monkeypatch):
    course, executed = fresh
    before = rows(course)
    settings = Settings(course, ASSIGNMENT)
    with Ledger(course, ASSIGNMENT, settings) as ledger:
        monkeypatch.setattr(ledger.rows, "comments", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ledger.record(entry(course, executed, "right"))
        monkeypatch.undo()
        assert rows(course) == before
        ledger.record(entry(course, executed, "late"))  # the session goes on
    assert [s["student_id"] for s in rows(course)["submitted_assignment"]] == ["late"]


def test_a_student_whom_the_course_does_not_let_in(fresh):
    course, executed = fresh
    course.config.Autograde.create_student = False
    with (
        Ledger(course, ASSIGNMENT, Settings(course, ASSIGNMENT)) as ledger,
        pytest.raises(SubmissionError, match="nbgrader db student add right"),
    ):
        ledger.record(entry(course, executed, "right"))
    assert rows(course)["student"] == []


def test_a_penalty_plugin_that_fails_costs_one_submission(fresh):
    course, executed = fresh
    late, on_time = entry(course, executed, "late"), entry(course, executed, "right")
    late.timestamp = "2026-03-02T12:00:00"
    settings = Settings(course, ASSIGNMENT)
    settings._late.plugin_inst.late_submission_penalty = lambda *_: "much"
    with Ledger(course, ASSIGNMENT, settings) as ledger:
        with pytest.raises(SubmissionError, match="plugin"):
            ledger.record(late)
        ledger.record(on_time)
    assert [s["id"] for s in rows(course)["student"]] == ["right"]


def test_penalties_are_left_alone_where_the_course_took_them_out(fresh):
    course, executed = fresh
    course.config.Autograde.autograde_preprocessors = ["nbgrader.preprocessors.SaveAutoGrades"]
    late = entry(course, executed, "late")
    late.timestamp = "2026-03-02T12:00:00"
    with Ledger(course, ASSIGNMENT, Settings(course, ASSIGNMENT)) as ledger:
        assert ledger.record(late).penalty == 0.0


def test_a_notebook_that_could_not_be_graded_is_left_to_a_person(fresh):
    course, executed = fresh
    half = entry(course, executed, "right")
    del half.notebooks["first"]
    with Ledger(course, ASSIGNMENT, Settings(course, ASSIGNMENT)) as ledger:
        score = ledger.record(half)
    assert (score.points, score.missing, score.waiting) == (1.0, 2, 4)


def test_a_score_that_is_no_number_becomes_a_missing_one(fresh):
    course, executed = fresh
    odd = result_of(executed.folder("autograded", ASSIGNMENT, "right"), "right")
    odd.notebooks["first"].cells[1].auto_score = float("nan")
    odd.notebooks["second"].cells.append(CellGrade("unknown", "grade", 9.0, 9.0))
    kept = entry_of(odd, "key", ["first", "second"], None)
    with Ledger(course, ASSIGNMENT, Settings(course, ASSIGNMENT)) as ledger:
        score = ledger.record(kept)
    assert (score.missing, score.points) == (1, 3.0)
    assert json.dumps(rows(course)["grade"]).count("NaN") == 0
