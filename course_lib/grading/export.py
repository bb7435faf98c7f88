"""The gradebook as CSV: nbgrader's own columns, or those that Canvas and Moodle import."""

import csv
import io
from pathlib import Path
from typing import Any

from course_lib.errors import UnknownNameError
from course_lib.grading.course_dir import Course
from course_lib.grading.ledger import ungraded_cells
from course_lib.grading.release import write_whole

# Canvas, lib/gradebook_importer.rb (github.com/instructure/canvas-lms): the first column's name
# holds "Student", the second "ID", then SIS User ID and SIS Login ID, and the last one before the
# assignments holds "Section"; a row that begins with "Points Possible" gives the maxima. A student
# is found by ID, else by SIS User ID, SIS Login ID, name. An empty grade changes nothing.
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
# Moodle, grade/import/csv/classes/load_data.php (github.com/moodle/moodle) and docs.moodle.org
# "Grade import": columns are mapped by hand on upload, a user is found by id, idnumber, email or
# username, and "-" is no grade. These are the names that Moodle's own export gives the columns.
MOODLE = ["First name", "Last name", "ID number", "Username", "Email address"]

FORMATS = ("plain", "canvas", "moodle")


def export(course: Course, to: Path, kind: str = "plain") -> list[str]:
    """Write the grades; return `student / assignment` of every submission that has no full score.

    Raises: UnknownNameError for another kind; a CourseError when there is no gradebook.
    """
    if kind not in FORMATS:
        raise UnknownNameError("export format", kind, list(FORMATS))
    with course.gradebook() as gradebook:
        text = _plain(course, gradebook) if kind == "plain" else _table(gradebook, kind)
        waiting = [
            f"{student} / {assignment.name}"
            for assignment in gradebook.assignments
            for student in _waiting(course, assignment)
        ]
    write_whole(to, text.encode())
    return sorted(waiting)


def _waiting(course: Course, assignment: Any) -> set[str]:
    """Return who handed in and has no score, or not all of it: nbgrader's export says 0 there."""
    complete = {s.student.id for s in assignment.submissions if not ungraded_cells(s)}
    begun = {s.student.id for s in assignment.submissions}
    return (begun | set(course.students(assignment.name))) - complete


def _plain(course: Course, gradebook: Any) -> str:
    """Return what nbgrader's own exporter writes."""
    import tempfile

    from nbgrader.plugins import CsvExportPlugin

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grades.csv"
        plugin = CsvExportPlugin(config=course.config)
        plugin.to = str(path)
        plugin.export(gradebook)
        return path.read_text()


def _table(gradebook: Any, kind: str) -> str:
    assignments = sorted(gradebook.assignments, key=lambda assignment: assignment.name)
    students = sorted(gradebook.students, key=lambda student: student.id)
    fixed, empty = (CANVAS, "") if kind == "canvas" else (MOODLE, "-")
    rows = [[*fixed, *(assignment.name for assignment in assignments)]]
    if kind == "canvas":
        maxima = [f"{assignment.max_score:g}" for assignment in assignments]
        rows.append(["Points Possible", *[""] * (len(fixed) - 1), *maxima])
    for student in students:
        person = _canvas_person(student) if kind == "canvas" else _moodle_person(student)
        rows.append([*person, *(_score(assignment, student, empty) for assignment in assignments)])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _score(assignment: Any, student: Any, empty: str) -> str:
    """Return a score with the late penalty off; `empty` where nothing or not all was graded."""
    own = [s for s in assignment.submissions if s.student.id == student.id]
    if not own or ungraded_cells(own[0]):
        return empty
    return f"{_with_penalty(own[0]):.4f}".rstrip("0").rstrip(".")


def _with_penalty(submission: Any) -> float:
    return max(0.0, submission.score - (submission.late_submission_penalty or 0.0))


def _canvas_person(student: Any) -> list[str]:
    names = [student.last_name, student.first_name]
    full = ", ".join(name for name in names if name) or student.id
    return [full, student.lms_user_id or "", "", student.id, ""]


def _moodle_person(student: Any) -> list[str]:
    known = student.first_name, student.last_name, student.lms_user_id
    return [*(value or "" for value in known), student.id, student.email or ""]
