"""Grades as CSV: nbgrader's own columns, Canvas's and Moodle's."""

import csv
import shutil
import time

import pytest
from written_class import Written, write_class

from course_lib.errors import CourseDirectoryError, UnknownNameError
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.reports.export import _safe, export


@pytest.fixture(scope="module")
def written(counting, tmp_path_factory):
    students = [
        Written("right"),
        Written("half", {"test_length": "x", "test_cosine": "x"}),
        Written("nothing", graded=False),
    ]
    return write_class(tmp_path_factory.mktemp("written") / "course", counting, students)


@pytest.fixture
def course(written, tmp_path):
    """Return a copy that a test may change."""
    shutil.copytree(written.root, tmp_path / "course")
    return open_course(tmp_path / "course")


def rows(course, kind):
    path = course.root / "out" / "grades.csv"
    waiting = export(course, path, kind)
    with path.open(newline="") as file:
        return list(csv.reader(file)), waiting


def by_nbgrader(course):
    from nbgrader.plugins import CsvExportPlugin

    plugin = CsvExportPlugin()
    plugin.to = str(course.root / "theirs.csv")
    with course.gradebook() as gradebook:
        plugin.export(gradebook)
    return (course.root / "theirs.csv").read_text()


def test_plain_is_what_nbgrader_writes_letter_by_letter(course):
    from datetime import datetime

    with course.gradebook() as gradebook:
        gradebook.update_or_create_student(
            "right", last_name="Łaska", first_name="Zoë", email="z@x"
        )
        submission = gradebook.find_submission("counting", "right")
        submission.timestamp = datetime(2026, 1, 2, 3, 4, 5)
        submission.notebooks[0].late_submission_penalty = 1.5
        gradebook.find_assignment("counting").duedate = datetime(2026, 1, 1)
        gradebook.find_grade("test_length", "counting", "counting", "half").manual_score = 1.25
        gradebook.find_grade("test_cosine", "counting", "counting", "half").extra_credit = 0.5
        gradebook.db.commit()
    export(course, course.root / "ours.csv")
    assert (course.root / "ours.csv").read_text() == by_nbgrader(course)


def late_by_a_day(course, penalty):
    """Make `half` late, who had 5 points when it was graded; `penalty` was taken off then."""
    from datetime import datetime

    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with course.gradebook() as gradebook:
        gradebook.find_assignment("counting").duedate = datetime(2026, 1, 1)
        submission = gradebook.find_submission("counting", "half")
        submission.timestamp = datetime(2026, 1, 2)
        submission.notebooks[0].late_submission_penalty = penalty
        gradebook.find_grade("test_cosine", "counting", "counting", "half").manual_score = 3.0
        gradebook.db.commit()
    return open_course(course.root)


def test_marks_given_by_hand_do_not_escape_the_late_penalty(course):
    """Nbgrader keeps what it took off when it graded: its export says 3 of 10 here."""
    late = late_by_a_day(course, penalty=5.0)
    scores = {line[3]: line[-1] for line in rows(late, "canvas")[0][2:]}
    assert scores["half"] == "0"
    assert scores["right"] == "10"
    (half,) = (line for line in rows(late, "plain")[0] if "half" in line)
    assert half[-4:] == ["8.0", "8.0", "0.0", "10.0"]


def test_where_nothing_was_taken_off_nothing_is_taken_off_later(course):
    late = late_by_a_day(course, penalty=None)
    assert {line[3]: line[-1] for line in rows(late, "canvas")[0][2:]}["half"] == "8"


def test_an_extension_that_was_given_later_gives_the_points_back(course):
    from datetime import timedelta

    late = late_by_a_day(course, penalty=5.0)
    with late.gradebook() as gradebook:
        gradebook.find_submission("counting", "half").extension = timedelta(days=2)
        gradebook.db.commit()
    assert {line[3]: line[-1] for line in rows(late, "canvas")[0][2:]}["half"] == "8"


def test_a_submission_without_a_score_is_named(written):
    assert rows(written, "plain")[1] == ["nothing / counting"]


def test_canvas_has_its_columns_its_maxima_and_no_zero_for_the_ungraded(written):
    (header, maxima, *lines), _ = rows(written, "canvas")
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "counting"]
    assert (maxima[0], maxima[-1]) == ("Points Possible", "10")
    scores = {line[3]: line[-1] for line in lines}
    assert scores == {"right": "10", "half": "5", "nothing": ""}


def test_moodle_has_its_columns_and_a_dash_for_the_ungraded(written):
    (header, *lines), _ = rows(written, "moodle")
    assert header == [
        *("First name", "Last name", "ID number", "Submission folder", "Email address"),
        "counting",
    ]
    scores = {line[3]: line[-1] for line in lines}
    assert scores == {"right": "10", "half": "5", "nothing": "-"}


def test_a_number_from_a_file_s_name_is_nobody_s_login(course):
    """Folders named by Canvas's numbers or Moodle's participants are no usernames."""
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("right", lms_user_id="right")
    (right,) = (line for line in rows(course, "canvas")[0] if "right" in line)
    assert right[1:4] == ["right", "", ""]
    assert "Username" not in rows(course, "moodle")[0][0]


def test_a_test_without_a_score_leaves_the_grade_out(course):
    with course.gradebook() as gradebook:
        gradebook.find_grade("test_cosine", "counting", "counting", "right").auto_score = None
        gradebook.db.commit()
    table, waiting = rows(course, "canvas")
    assert next(line for line in table if line[3] == "right")[-1] == ""
    assert "right / counting" in waiting
    with course.gradebook() as gradebook:
        gradebook.find_grade("test_cosine", "counting", "counting", "right").manual_score = 2.5
        gradebook.db.commit()
    table, waiting = rows(course, "canvas")
    assert next(line for line in table if line[3] == "right")[-1] == "9.5"
    assert "right / counting" not in waiting


def test_a_penalty_cannot_make_a_score_negative(course):
    with course.gradebook() as gradebook:
        gradebook.find_submission("counting", "right").notebooks[0].late_submission_penalty = 2.5
        gradebook.find_submission("counting", "half").notebooks[0].late_submission_penalty = 99
        gradebook.db.commit()
    scores = {line[3]: line[-1] for line in rows(course, "moodle")[0]}
    assert (scores["right"], scores["half"]) == ("7.5", "0")


@pytest.mark.parametrize("kind", ["plain", "canvas", "moodle"])
def test_names_with_commas_lines_and_quotes_stay_in_their_columns(course, kind):
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student(
            "right", last_name='O"Neil, the 2nd', first_name="Ann\nMary", lms_user_id="42"
        )
    table, _ = rows(course, kind)
    assert {len(line) for line in table} == {len(table[0])}
    line = next(line for line in table if "right" in line)
    if kind == "canvas":
        assert line[:4] == ['O"Neil, the 2nd, Ann Mary', "42", "", "right"]
    if kind == "moodle":
        assert line[:4] == ["Ann Mary", 'O"Neil, the 2nd', "42", "right"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1+cmd|'/C calc'!A0", "'+1+cmd|'/C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\t=1+1", "'\t=1+1"),
        ("\r=1", "'\r=1"),
        ("  =1+1", "'  =1+1"),
        ("-5.0", "-5.0"),
        ("+49301234", "+49301234"),
        ("-", "-"),
        ("ada=1", "ada=1"),
        ("a-b@x.org", "a-b@x.org"),
    ],
)
def test_no_text_becomes_a_formula_and_no_number_changes(text, written):
    assert _safe([text, None, 1.5]) == [written, "", "1.5"]


@pytest.mark.parametrize("kind", ["plain", "canvas", "moodle"])
def test_no_name_in_a_file_is_a_formula(course, kind):
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("right", last_name="=1+1", first_name="@x", email="-a")
        gradebook.update_or_create_student("=cmd()")
    for line in rows(course, kind)[0]:
        assert not [value for value in line if value != "-" and value[:1] in ("=", "@", "+", "-")]


def test_two_thousand_students_take_seconds(counting, tmp_path):
    """One query a student, as nbgrader's exporter does it, takes longer than the limit here."""
    students = [Written(f"s{number}") for number in range(5)]
    course = write_class(tmp_path / "course", counting, students)
    _multiply(course, 2000)
    for kind in ("plain", "canvas", "moodle"):
        started = time.process_time()
        table, _ = rows(course, kind)
        assert len(table) >= 2000
        assert time.process_time() - started < 4


def _multiply(course, number):
    """Enter more submissions into the gradebook, without files."""
    from written_class import _enter

    more = [Written(f"t{n}") for n in range(number)]
    _enter(course, "counting", more)


def test_unknown_format_and_missing_gradebook_are_one_error_each(course):
    with pytest.raises(UnknownNameError, match="plain, canvas, moodle"):
        export(course, course.root / "x.csv", "excel")
    (course.root / "gradebook.db").unlink()
    with pytest.raises(CourseDirectoryError, match="gradebook"):
        export(course, course.root / "x.csv")
    assert not (course.root / "x.csv").exists()
