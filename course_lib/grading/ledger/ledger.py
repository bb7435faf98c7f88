"""The single writer of nbgrader's gradebook: one session a run, one transaction a submission.

The rules are nbgrader's own (converters.Autograde, SaveAutoGrades, AssignLatePenalties); its code
opens the gradebook nine times a submission and commits cell by cell, so a run that is cut off
leaves half a submission there. Here a submission is in the gradebook whole or not at all.

A submission of which nothing could be graded changes nothing here: there is no row for it, or the
row of an earlier submission stays. Its reason stands in the table and in the report.
"""

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from course_lib.errors import CourseError, SubmissionError
from course_lib.grading.course.gradebook_errors import explain
from course_lib.grading.course.gradesheet import read_sheets
from course_lib.grading.ledger.gradebook_rows import Rows

if TYPE_CHECKING:
    from course_lib.grading.course.course_dir import Course
    from course_lib.grading.course.nbgrader_settings import Settings
    from course_lib.grading.ledger.journal import Entry


@dataclass(frozen=True)
class Score:
    """What the gradebook says of one submission."""

    points: float
    penalty: float
    waiting: int  # cells that a person must grade
    missing: int  # tests without a score, and rows that are not there

    @property
    def final(self) -> float:
        """The points with the late penalty off, never below 0."""
        return max(0.0, self.points - self.penalty)


class Ledger:
    """The open gradebook of one assignment. Use it in the thread that made it."""

    def __init__(self, course: "Course", assignment: str, settings: "Settings") -> None:
        self.course, self.assignment, self.settings = course, assignment, settings

    def __enter__(self) -> "Ledger":
        self._open = self.course.gradebook()
        gradebook = self._open.__enter__()
        self.db = gradebook.db
        try:
            self.rows = Rows(self.db, self.assignment)
            if self.settings.assigns_penalties:
                self._renew_penalties(gradebook)
            self._ask_all, self._ask_one = self._prepare(one=False), self._prepare(one=True)
            self.db.rollback()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        self.notebooks = [notebook.name for notebook in self.rows.notebooks]
        self.max_score = self.rows.max_score
        return self

    def __exit__(self, *error: Any) -> bool | None:
        self._give_up()
        return self._open.__exit__(*error)

    def _renew_penalties(self, gradebook: Any) -> None:
        """Take off anew what came late: marks were given by hand since, or an extension."""

        def penalty(student: str, points: float, seconds: float) -> float | None:
            try:
                return self.settings.penalty(student, points, seconds)
            except SubmissionError:
                return None  # said when this submission is graded

        if self.rows.any_penalty():
            for sheet in read_sheets(gradebook, self.assignment, penalty).values():
                if sheet.kept is not None and sheet.penalty != sheet.kept:
                    self.rows.set_penalty(sheet.part, sheet.penalty)
            self.db.commit()

    def record(self, entry: "Entry") -> Score:
        """Enter one submission's grades, all or none, and return what the gradebook then says.

        Raises: SubmissionError where this one cannot be entered, GradebookError where none can.
        """
        from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

        try:
            self._record(entry)
            score = self.scores(entry.student)[entry.student]
            self.db.commit()
        except (DataError, IntegrityError) as error:
            self.db.rollback()
            raise SubmissionError(
                "values that the gradebook takes", str(error.orig), "look at this submission"
            ) from None
        except SQLAlchemyError as error:
            self._give_up()
            raise explain(error, self.course.db_url) from None
        except BaseException:
            self._give_up()
            raise
        return score

    def scores(self, student: str | None = None) -> dict[str, Score]:
        """Return what the gradebook says, by student: of all who have a submission, or of one."""
        grades, late = self._ask_one if student is not None else self._ask_all
        given = {"student": student} if student is not None else {}
        penalties = dict(self.db.execute(late, given).all())
        size = len(self.rows.graded)
        return {
            name: Score(
                float(points), float(penalties.get(name) or 0), waiting, empty + size - count
            )
            for name, points, waiting, empty, count in self.db.execute(grades, given)
        }

    def _prepare(self, *, one: bool) -> tuple[Any, Any]:
        """Return the two statements that add up grades and penalties, by student."""
        from nbgrader import api
        from sqlalchemy import and_, bindparam, case, func, select

        handed, part, grade = (
            cast(Any, kind) for kind in (api.SubmittedAssignment, api.SubmittedNotebook, api.Grade)
        )
        untested = and_(
            grade.cell_id.in_(self.rows.tests),
            grade.auto_score.is_(None),
            grade.manual_score.is_(None),
        )
        where = [handed.assignment_id == self.rows.id]
        if one:
            names = [notebook.id for notebook in self.rows.notebooks]
            where += [handed.student_id == bindparam("student"), part.notebook_id.in_(names)]
        grades = select(
            handed.student_id,
            func.sum(grade.score),
            func.sum(case((grade.needs_manual_grade, 1), else_=0)),
            func.sum(case((untested, 1), else_=0)),
            func.count(grade.id),
        ).join(part, part.assignment_id == handed.id)
        late = select(handed.student_id, func.sum(part.late_submission_penalty)).join(
            part, part.assignment_id == handed.id
        )
        joined = grades.join(grade, grade.notebook_id == part.id)
        return (
            joined.where(*where, grade.cell_id.in_(self.rows.graded)).group_by(handed.student_id),
            late.where(*where).group_by(handed.student_id),
        )

    def _give_up(self) -> None:
        """Roll back; a connection that is gone has nothing to roll back."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            self.db.rollback()
        except SQLAlchemyError:
            self.db.invalidate()

    def _record(self, entry: "Entry") -> None:
        if not self.rows.has_student(entry.student):
            if not self.settings.create_student:
                raise unknown_student(entry.student)
            self.rows.add_student(entry.student)
        submission, late = self.rows.submission(entry)
        parts = self.rows.parts(submission)
        self.rows.grades(entry, submission, parts)
        self.rows.comments(entry, submission, parts)
        if self.settings.assigns_penalties:
            self._penalties(entry, parts, late)

    def students(self) -> set[str]:
        """Return everyone whom the gradebook knows."""
        from nbgrader.api import Student
        from sqlalchemy import select

        return set(self.db.scalars(select(Student.id)))

    def _penalties(self, entry: "Entry", parts: dict, late: float) -> None:
        for notebook in sorted(self.rows.notebooks, key=lambda one: one.name):
            if notebook.name not in entry.notebooks:
                continue
            (part, old), penalty = parts[notebook.id], None
            if late > 0:
                penalty = self.settings.penalty(entry.student, self.rows.points(part), late)
            if penalty != old:
                self.rows.set_penalty(part, penalty)


def unknown_student(student: str) -> SubmissionError:
    """Return the error for a student whom the course does not let in."""
    return SubmissionError(
        "a student of the gradebook",
        f"no student {student!r}, and Autograde.create_student is off",
        f"`nbgrader db student add {student}`, or mend the folder's name",
    )


def read_score(
    gradebook: Any, assignment: str, student: str, notes: list[str]
) -> tuple[float, float]:
    """Return (score, most points) from the gradebook; note what waits for a grader.

    Raises: CourseError while an autograded cell has no score.
    """
    submission = gradebook.find_submission(assignment, student)
    if ungraded_cells(submission):
        raise CourseError(
            "a score for every test",
            f"none for {', '.join(ungraded_cells(submission))}",
            "grade again; if it stays, look at the notebook",
        )
    waiting = sum(g.needs_manual_grade for nb in submission.notebooks for g in nb.grades)
    penalty = sum(nb.late_submission_penalty or 0.0 for nb in submission.notebooks)
    notes += score_notes(waiting, penalty)
    return max(0.0, float(submission.score) - penalty), float(submission.max_score)


def score_notes(waiting: int, penalty: float) -> list[str]:
    """Return what a reader must know beside a score."""
    notes = [f"{waiting} answers to grade by hand"] if waiting else []
    so_far = " so far" if waiting else ""  # the course's rule may take more off more points
    return notes + ([f"late: {penalty:g} points off{so_far}"] if penalty else [])


def ungraded_cells(submission: Any) -> list[str]:
    """Return the tests of a submission without a score: it was cut off, or never run.

    A score that a person entered counts as one.
    """
    names = []
    for notebook in submission.notebooks:
        answers = {cell.name for cell in notebook.notebook.solution_cells}
        tests = {c.name for c in notebook.notebook.grade_cells if c.cell_type == "code"} - answers
        names += [
            g.name
            for g in notebook.grades
            if g.name in tests and g.auto_score is None and g.manual_score is None
        ]
    return names
