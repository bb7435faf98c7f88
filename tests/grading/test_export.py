"""Grades as CSV: nbgrader's own columns, Canvas's and Moodle's."""

import csv

import pytest

from course_lib.errors import CourseDirectoryError, UnknownNameError
from course_lib.grading.export import export


def rows(course, kind):
    path = course.root / "out" / "grades.csv"
    waiting = export(course, path, kind)
    with path.open(newline="") as file:
        return list(csv.reader(file)), waiting


def test_plain_is_what_nbgrader_writes(graded_class):
    (header, *lines), waiting = rows(graded_class[0], "plain")
    assert header[0] == "assignment"
    scores = {line[3]: float(line[header.index("score")]) for line in lines}
    assert scores["perfect"] == 10.0
    assert scores["infinite_loop"] == 7.0
    assert len(scores) == 15
    assert waiting == ["not_a_notebook / counting"]


def test_canvas_has_its_columns_its_maxima_and_no_zero_for_the_ungraded(graded_class):
    (header, maxima, *lines), _ = rows(graded_class[0], "canvas")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "counting"]
    assert (maxima[0], maxima[-1]) == ("Points Possible", "10")
    scores = {line[3]: line[-1] for line in lines}
    assert scores["perfect"] == "10"
    assert scores["not_a_notebook"] == ""


def test_moodle_has_its_columns_and_a_dash_for_the_ungraded(graded_class):
    (header, *lines), _ = rows(graded_class[0], "moodle")
    assert header[-3:] == ["Username", "Email address", "counting"]
    scores = {line[3]: line[-1] for line in lines}
    assert scores["first_half"] == "5"
    assert scores["not_a_notebook"] == "-"


def test_a_penalty_and_a_name_with_a_comma_survive(class_copy):
    with class_copy.gradebook() as gradebook:
        gradebook.update_or_create_student("perfect", last_name="Right, Always", lms_user_id="42")
        submission = gradebook.find_submission("counting", "perfect")
        submission.notebooks[0].late_submission_penalty = 2.5
        gradebook.db.commit()
    table, _ = rows(class_copy, "canvas")
    line = next(line for line in table if line[3] == "perfect")
    assert (line[0], line[1], line[-1]) == ("Right, Always", "42", "7.5")


def test_unknown_format_and_missing_gradebook_are_one_error_each(class_copy):
    with pytest.raises(UnknownNameError, match="plain, canvas, moodle"):
        export(class_copy, class_copy.root / "x.csv", "excel")
    (class_copy.root / "gradebook.db").unlink()
    with pytest.raises(CourseDirectoryError, match="gradebook"):
        export(class_copy, class_copy.root / "x.csv")
    assert not (class_copy.root / "x.csv").exists()
