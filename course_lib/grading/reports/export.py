"""The gradebook as CSV: nbgrader's own columns, or those that Canvas and Moodle import."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.errors import UnknownNameError
from course_lib.grading.course.course_dir import Course
from course_lib.grading.course.files import write_whole
from course_lib.grading.course.gradesheet import (
    GradeSheet,
    Penalty,
    answer_cells,
    read_sheets,
)
from course_lib.grading.course.nbgrader_settings import penalty_now

# Canvas, lib/gradebook_importer.rb (github.com/instructure/canvas-lms): the first column's name
# holds "Student", the second "ID", then SIS User ID and SIS Login ID, and the last one before the
# assignments holds "Section"; a row that begins with "Points Possible" gives the maxima. A student
# is found by ID, else by SIS User ID, SIS Login ID, name. An empty grade changes nothing.
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
# Moodle, grade/import/csv/classes/load_data.php (github.com/moodle/moodle) and docs.moodle.org
# "Grade import": columns are mapped by hand on upload, a user is found by id, idnumber, email or
# username, and "-" is no grade. These are the names that Moodle's own export gives the columns; the
# name of a folder is a username in one course, and a number from an upload's file name in another.
MOODLE = ["First name", "Last name", "ID number", "Submission folder", "Email address"]
# nbgrader, plugins/export.py
PLAIN = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"]
POINTS = ["raw_score", "late_submission_penalty", "score", "max_score"]

FORMATS = ("plain", "canvas", "moodle")

# what a spreadsheet takes for a formula; a signed number is none
_FORMULA = re.compile(r"[\t\r\n ]*([=@]|[+-](?!\d+(\.\d+)?\Z))|[\t\r]")


@dataclass
class _Graded:
    """One submission of one assignment, its notebooks together."""

    raw: float
    penalty: float
    complete: bool  # every test has a score
    by_hand: int  # answers that a person has yet to grade
    timestamp: Any = None

    @property
    def score(self) -> float:
        return max(0.0, self.raw - self.penalty)


def export(course: Course, to: Path, kind: str = "plain") -> list[str]:
    """Write the grades; return `student / assignment` of every submission that is not done.

    A text that a spreadsheet would run as a formula gets a ' in front, as it is typed there.

    Raises: UnknownNameError for another kind; a CourseError when there is no gradebook.
    """
    if kind not in FORMATS:
        raise UnknownNameError("export format", kind, list(FORMATS))
    with course.gradebook() as gradebook:
        names = [assignment.name for assignment in gradebook.assignments]
        graded = {name: _read(gradebook, name, penalty_now(course, name)) for name in names}
        table = _plain(course, gradebook, graded)
        if kind != "plain":
            table = _columns(gradebook, graded, kind)
        waiting = [one for name in graded for one in _waiting(course, name, graded[name])]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(map(_safe, table))
    write_whole(to, text.getvalue().encode())
    return sorted(waiting)


def _read(gradebook: Any, assignment: str, penalty: Penalty) -> dict[str, _Graded]:
    """Return what every student has in an assignment, by a handful of queries."""
    import nbgrader.api
    from sqlalchemy import select

    api: Any = nbgrader.api
    answers = answer_cells(gradebook, assignment)
    found: dict[str, list[GradeSheet]] = {}
    for (student, _), sheet in read_sheets(gradebook, assignment, penalty).items():
        found.setdefault(student, []).append(sheet)
    handed_in = (
        select(api.SubmittedAssignment.student_id, api.SubmittedAssignment.timestamp)
        .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
        .where(api.Assignment.name == assignment)
    )
    return {
        student: _graded(found.get(student, []), answers, timestamp)
        for student, timestamp in gradebook.db.execute(handed_in)
    }


def _graded(sheets: list[GradeSheet], answers: set[str], timestamp: Any) -> _Graded:
    rows = [row for sheet in sheets for row in sheet.rows.values()]
    tests = [row for row in rows if row.cell_type == "code" and row.cell not in answers]
    return _Graded(
        raw=float(sum(row.score for row in rows)),
        penalty=float(sum(sheet.penalty for sheet in sheets)),
        complete=all(row.auto is not None or row.manual is not None for row in tests),
        by_hand=sum(row.needs_person and (row.manual is None or row not in tests) for row in rows),
        timestamp=timestamp,
    )


def _waiting(course: Course, assignment: str, graded: dict[str, _Graded]) -> Iterator[str]:
    """Yield who handed in and has no score, or not all of it: nbgrader's export says 0 there."""
    for student in graded.keys() | set(course.students(assignment)):
        one = graded.get(student)
        if one is None or not one.complete:
            yield f"{student} / {assignment}"
        elif one.by_hand:
            yield f"{student} / {assignment} (by hand: {one.by_hand})"


def _plain(course: Course, gradebook: Any, graded: dict[str, dict[str, _Graded]]) -> list[list]:
    """Return what nbgrader's own exporter writes; it asks once a student and quotes nothing."""
    from nbgrader.plugins import CsvExportPlugin

    plugin: Any = CsvExportPlugin(config=course.config)
    table: list[list] = [[*PLAIN, *POINTS]]
    for assignment in gradebook.assignments:
        if plugin.assignment and assignment.name not in plugin.assignment:
            continue
        head, most = [assignment.name, assignment.duedate], assignment.max_score
        for student in gradebook.students:
            if plugin.student and student.id not in map(str, plugin.student):
                continue
            one = graded[assignment.name].get(student.id) or _Graded(0.0, 0.0, False, 0, "")
            person = [student.id, student.last_name, student.first_name, student.email]
            points = [one.raw, one.penalty, one.score, most]
            table.append([*head, one.timestamp, *person, *points])
    return table


def _columns(gradebook: Any, graded: dict[str, dict[str, _Graded]], kind: str) -> list[list]:
    """Return one row a student and one column an assignment."""
    assignments = sorted(gradebook.assignments, key=lambda assignment: assignment.name)
    fixed, empty = (CANVAS, "") if kind == "canvas" else (MOODLE, "-")
    rows: list[list] = [[*fixed, *(assignment.name for assignment in assignments)]]
    if kind == "canvas":
        maxima = [f"{assignment.max_score:g}" for assignment in assignments]
        rows.append(["Points Possible", *[""] * (len(fixed) - 1), *maxima])
    for student in sorted(gradebook.students, key=lambda student: student.id):
        person = _canvas_person(student) if kind == "canvas" else _moodle_person(student)
        scores = (graded[assignment.name].get(student.id) for assignment in assignments)
        rows.append([*person, *(_number(one, empty) for one in scores)])
    return rows


def _number(one: _Graded | None, empty: str) -> str:
    """Return a score with the late penalty off; `empty` where nothing or not all was graded."""
    if one is None or not one.complete:
        return empty
    return f"{one.score:.4f}".rstrip("0").rstrip(".")


def _canvas_person(student: Any) -> list[str]:
    names = [_one_line(student.last_name), _one_line(student.first_name)]
    full = ", ".join(name for name in names if name) or student.id
    # collected from Canvas's own archive, a student is called by Canvas's number: that is no login
    login = student.id if student.id != student.lms_user_id else ""
    return [full, student.lms_user_id or "", "", login, ""]


def _moodle_person(student: Any) -> list[str]:
    names = [_one_line(student.first_name), _one_line(student.last_name)]
    return [*names, student.lms_user_id or "", student.id, student.email or ""]


def _one_line(name: str | None) -> str:
    return " ".join((name or "").split())


def _safe(row: Sequence[object]) -> list[str]:
    """Return a row as texts that no spreadsheet runs; numbers and the dash for "none" stay."""
    texts = ["" if value is None else str(value) for value in row]
    return [f"'{text}" if text != "-" and _FORMULA.match(text) else text for text in texts]
