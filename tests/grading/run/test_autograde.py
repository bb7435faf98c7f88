"""A whole class: does every student end with the honest score, or with a stated reason?"""

import pytest

from course_lib.errors import CourseDirectoryError, UnknownNameError
from course_lib.grading.run.autograde import autograde, report

# what an honest grader gives: the points of the tasks that were solved (3 + 2 + 2 + 3)
HONEST = {
    "perfect": 10.0,
    "first_task_only": 3.0,
    "first_half": 5.0,
    "blank": 0.0,
    "wrong_answer": 7.0,
    "broken_syntax": 7.0,
    "runtime_error": 7.0,
    "noisy": 10.0,
    "infinite_loop": 7.0,
    "stubborn_loop": 7.0,
    "kernel_killer": 7.0,
    "duplicated_cells": 10.0,
    "deleted_test": 10.0,
    "lost_metadata": 10.0,
    "not_a_notebook": None,
}


def test_the_class_is_as_listed(graded_class):
    assert set(graded_class[1]) == set(HONEST)


@pytest.mark.parametrize("student", HONEST)
def test_every_student_has_the_honest_score(graded_class, student):
    outcome = graded_class[1][student]
    assert outcome.score == HONEST[student], (outcome.notes, outcome.doubts)


def test_the_gradebook_says_the_same(graded_class):
    course, outcomes = graded_class
    with course.gradebook() as gradebook:
        kept = {s.student.id: s.score for s in gradebook.find_assignment("counting").submissions}
    assert kept == {name: o.score for name, o in outcomes.items() if o.score is not None}


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("infinite_loop", "longer than 4 s"),
        ("stubborn_loop", "deaf to interrupts"),
        ("kernel_killer", "ended itself with exit code 1"),
        ("duplicated_cells", "2 copies of the answer 'count_words': one kept"),
        ("deleted_test", "the test 'check_count_words' was missing: put back"),
        ("lost_metadata", "lost metadata restored"),
    ],
)
def test_what_was_mended_or_stopped_is_said(graded_class, student, said):
    assert said in "; ".join(graded_class[1][student].notes)


def test_only_the_text_file_needs_a_person(graded_class):
    looked_at = [name for name, outcome in graded_class[1].items() if outcome.needs_person]
    assert looked_at == ["not_a_notebook"]
    assert "JSON" in graded_class[1]["not_a_notebook"].doubts[0]


def test_the_table_names_everyone_and_sums_up(graded_class):
    text = report(list(graded_class[1].values()))
    assert all(name in text for name in HONEST)
    assert text.endswith("14 graded, 1 ungraded; 1 to be looked at")


class Noted:
    """An engine that notes who is graded."""

    def __init__(self):
        self.seen = []

    def __call__(self, bundle, workers):
        from course_lib.grading.engine import open_engine

        self.engine = open_engine(bundle, workers)
        return self

    def __enter__(self):
        self.engine.__enter__()
        return self

    def __exit__(self, *args):
        self.engine.__exit__(*args)

    def grade(self, jobs):
        for result in self.engine.grade(jobs):
            self.seen.append(result.student)
            yield result


def graded_again(course, *students, **options):
    """Return who is graded when the class is graded once more."""
    noted = Noted()
    autograde(course, "counting", students, progress=False, engine_factory=noted, **options)
    return sorted(noted.seen)


def test_a_second_run_grades_only_what_has_no_score(class_copy):
    noted = Noted()
    outcomes = autograde(class_copy, "counting", progress=False, engine_factory=noted)
    assert noted.seen == ["not_a_notebook"]
    scores = {o.student: o.score for o in outcomes if o.state == "unchanged"}
    assert scores == {name: s for name, s in HONEST.items() if s is not None}


def test_force_grades_again(class_copy):
    assert graded_again(class_copy, "blank", "noisy", force=True) == ["blank", "noisy"]


def test_a_score_that_is_null_in_the_gradebook_is_graded_again(class_copy):
    """Plain nbgrader says "skipping existing" here and leaves the NULL."""
    with class_copy.gradebook() as gradebook:
        submission = gradebook.find_submission("counting", "perfect")
        submission.notebooks[0].grades[0].auto_score = None
        gradebook.db.commit()
    assert graded_again(class_copy, "perfect", "blank") == ["perfect"]


def test_a_changed_submission_is_graded_again(class_copy):
    path = class_copy.folder("submitted", "counting", "blank") / "counting.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    assert graded_again(class_copy, "perfect", "blank") == ["blank"]


def test_unknown_students_and_assignments_are_named(class_copy):
    with pytest.raises(UnknownNameError, match="did you mean 'perfect'"):
        autograde(class_copy, "counting", ["perfct"], progress=False)
    with pytest.raises(UnknownNameError, match="did you mean 'counting'"):
        autograde(class_copy, "countings", progress=False)


def test_a_missing_gradebook_is_one_error_and_none_is_made(class_copy):
    path = class_copy.root / "gradebook.db"
    path.unlink()
    with pytest.raises(CourseDirectoryError, match="nbgrader generate_assignment"):
        autograde(class_copy, "counting", progress=False)
    assert not path.exists()


def test_an_assignment_that_was_never_released_says_so(class_copy, counting):
    import shutil

    shutil.copytree(class_copy.folder("source", "counting"), class_copy.root / "source" / "later")
    with pytest.raises(CourseDirectoryError, match="nbgrader generate_assignment later"):
        autograde(class_copy, "later", progress=False)
