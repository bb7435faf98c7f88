"""The rows of one submission in nbgrader's tables: made where missing, changed where they differ.

Nothing is committed here. The rules are those of nbgrader's Gradebook.add_submission (which rows
there are), SaveAutoGrades (grades, comments) and Autograde (0 points for a missing notebook).
Statements are put together once: building them for each submission took as long as running them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from course_lib.grading.ledger.journal import Entry


@dataclass(frozen=True)
class KnownNotebook:
    """A notebook as the gradebook knows it: names of its cells and their ids there."""

    id: str
    name: str
    grades: dict[str, str]
    tasks: dict[str, str]
    comments: dict[str, str]  # of answers and tasks


class Rows:
    """The tables of one open gradebook, for one assignment."""

    def __init__(self, db: Any, assignment: str) -> None:
        from nbgrader import api

        self.db, known = db, cast(Any, api.Assignment)
        found = db.query(known).filter(known.name == assignment).one()
        self.id, self.max_score = found.id, float(found.max_score)
        self.notebooks: list[KnownNotebook] = []
        self.tests: list[str] = []  # ids of the cells that running decides
        for one in found.notebooks:
            grades = {cell.name: cell.id for cell in one.grade_cells}
            tasks = {cell.name: cell.id for cell in one.task_cells}
            answers = {cell.name: cell.id for cell in one.solution_cells}
            self.notebooks.append(KnownNotebook(one.id, one.name, grades, tasks, answers | tasks))
            self.tests += [
                cell.id
                for cell in one.grade_cells
                if cell.cell_type == "code" and cell.name not in answers
            ]
        self.graded = [cell for one in self.notebooks for cell in (one.grades | one.tasks).values()]
        self._prepare()

    def _prepare(self) -> None:
        from nbgrader import api
        from sqlalchemy import bindparam, func, insert, select, update

        handed, part, grade, comment, student, assignment = (
            cast(Any, kind).__table__
            for kind in (
                api.SubmittedAssignment,
                api.SubmittedNotebook,
                api.Grade,
                api.Comment,
                api.Student,
                api.Assignment,
            )
        )
        commented = [cell for one in self.notebooks for cell in one.comments.values()]
        student_id, submission = bindparam("student"), bindparam("submission")
        # subtle: nbgrader's indexes begin with the notebook and with the cell; without these two
        # conditions each submission would read the rows of all others
        belongs = part.c.notebook_id.in_([one.id for one in self.notebooks]) & (
            part.c.assignment_id == submission
        )
        ours = grade.c.cell_id.in_(self.graded)
        due = assignment.c.duedate
        self._ask_student = select(student.c.id).where(student.c.id == student_id)
        self._add_student = insert(student)
        self._ask_due = select(due).where(assignment.c.id == self.id)
        self._ask_submission = select(handed.c.id, handed.c.timestamp, handed.c.extension).where(
            handed.c.assignment_id == self.id, handed.c.student_id == student_id
        )
        self._add_submission = insert(handed)
        self._set_timestamp = (
            update(handed)
            .where(handed.c.id == submission)
            .values({handed.c.timestamp: bindparam("sent")})
        )
        self._ask_parts = select(
            part.c.notebook_id, part.c.id, part.c.late_submission_penalty
        ).where(belongs)
        self._add_part = insert(part)
        ours_late = part.c.notebook_id.in_([one.id for one in self.notebooks])
        self._ask_penalty = (
            select(part.c.id).where(ours_late, part.c.late_submission_penalty.isnot(None)).limit(1)
        )
        self._set_penalty = (
            update(part)
            .where(part.c.id == bindparam("row"))
            .values({part.c.late_submission_penalty: bindparam("penalty")})
        )
        score = func.coalesce(func.sum(cast(Any, api.Grade).score), 0.0)
        self._ask_points = select(score).where(ours, grade.c.notebook_id == bindparam("row"))
        self._ask_grades = (
            select(
                grade.c.notebook_id,
                grade.c.cell_id,
                grade.c.id,
                grade.c.auto_score,
                grade.c.manual_score,
                grade.c.needs_manual_grade,
            )
            .join(part, part.c.id == grade.c.notebook_id)
            .where(belongs, ours)
        )
        self._add_grade = insert(grade)
        self._set_grade = (
            update(grade)
            .where(grade.c.id == bindparam("row"))
            .values(auto_score=bindparam("to_auto"), needs_manual_grade=bindparam("to_needs"))
        )
        self._ask_comments = (
            select(comment.c.notebook_id, comment.c.cell_id, comment.c.id, comment.c.auto_comment)
            .join(part, part.c.id == comment.c.notebook_id)
            .where(belongs, comment.c.cell_id.in_(commented))
        )
        self._add_comment = insert(comment)
        self._set_comment = (
            update(comment)
            .where(comment.c.id == bindparam("row"))
            .values(auto_comment=bindparam("to_comment"))
        )

    def _run(self, statement: Any, values: Any = None) -> Any:
        return self.db.connection().execute(statement, values)

    def has_student(self, student: str) -> bool:
        """Whether the gradebook knows a student."""
        return self._run(self._ask_student, {"student": student}).first() is not None

    def add_student(self, student: str) -> None:
        """Make a student's row."""
        self._run(self._add_student, {"id": student})

    def submission(self, entry: "Entry") -> tuple[str, float]:
        """Return the id of the submission's row, made or brought up to date, and seconds late."""
        from nbgrader.api import new_uuid

        row = self._run(self._ask_submission, {"student": entry.student}).one_or_none()
        name, stamp, extension = row or (new_uuid(), None, None)
        sent = datetime.fromisoformat(entry.timestamp) if entry.timestamp else None
        if row is None:
            values = {"id": name, "assignment_id": self.id, "student_id": entry.student}
            self._run(self._add_submission, values | {"timestamp": sent})
        elif sent and sent != stamp:
            self._run(self._set_timestamp, {"submission": name, "sent": sent})
        due, stamp = self._run(self._ask_due).scalar_one(), sent or stamp
        if stamp is None or due is None:
            return name, 0.0
        return name, max(0.0, (stamp - due - (extension or timedelta())).total_seconds())

    def parts(self, submission: str) -> dict[str, tuple[str, float | None]]:
        """Return notebook id -> (id of its submitted notebook, made where missing; penalty)."""
        from nbgrader.api import new_uuid

        rows = self._run(self._ask_parts, {"submission": submission})
        there: dict = {notebook: (name, penalty) for notebook, name, penalty in rows}
        new: dict = {one.id: (new_uuid(), None) for one in self.notebooks if one.id not in there}
        if new:
            values = [
                {"id": name, "assignment_id": submission, "notebook_id": notebook}
                for notebook, (name, _) in new.items()
            ]
            self._run(self._add_part, values)
        return there | new

    def grades(self, entry: "Entry", submission: str, parts: dict) -> None:
        """Bring the grades up to date; a score that a person entered stays."""
        rows = self._run(self._ask_grades, {"submission": submission})
        there = {(row[0], row[1]): tuple(row)[2:] for row in rows}
        new, changed = [], []
        for notebook in self.notebooks:
            cells = {cell.name: cell for cell in entry.notebooks.get(notebook.name, ())}
            for name, cell in (notebook.grades | notebook.tasks).items():
                at = parts[notebook.id][0], cell
                row, old_auto, manual, old_needs = there.get(at, (None, None, None, True))
                auto, needs = old_auto, old_needs
                if notebook.name not in entry.handed_in:
                    auto, needs = 0.0, False
                elif notebook.name not in entry.notebooks or name not in notebook.tasks:
                    auto = cells[name].auto_score if name in cells else None
                    asks = name in cells and cells[name].by_hand
                    needs = manual is not None or auto is None or asks
                # else a task, which is a person's alone
                if row is None:
                    new.append(
                        {"notebook_id": at[0], "cell_id": cell, "auto_score": auto,
                         "needs_manual_grade": needs}
                    )  # fmt: skip
                elif (auto, needs) != (old_auto, old_needs):
                    changed.append({"row": row, "to_auto": auto, "to_needs": needs})
        self._put(self._add_grade, new, self._set_grade, changed)

    def comments(self, entry: "Entry", submission: str, parts: dict) -> None:
        """Bring the automatic comments up to date."""
        rows = self._run(self._ask_comments, {"submission": submission})
        there = {(row[0], row[1]): (row[2], row[3]) for row in rows}
        new, changed = [], []
        for notebook in self.notebooks:
            cells = {cell.name: cell for cell in entry.notebooks.get(notebook.name, ())}
            for name, cell in notebook.comments.items():
                at = parts[notebook.id][0], cell
                row, old = there.get(at, (None, None))
                comment = old
                if name in cells:
                    comment = None if name in notebook.tasks else cells[name].comment
                if row is None:
                    new.append({"notebook_id": at[0], "cell_id": cell, "auto_comment": comment})
                elif comment != old:
                    changed.append({"row": row, "to_comment": comment})
        self._put(self._add_comment, new, self._set_comment, changed)

    def points(self, part: str) -> float:
        """Return the score of one submitted notebook, as nbgrader adds it up."""
        return self.db.execute(self._ask_points, {"row": part}).scalar_one()

    def any_penalty(self) -> bool:
        """Whether something was taken off any notebook of the assignment."""
        return self._run(self._ask_penalty).first() is not None

    def set_penalty(self, part: str, penalty: float | None) -> None:
        """Enter what is taken off a notebook that came late."""
        self._run(self._set_penalty, {"row": part, "penalty": penalty})

    def _put(self, add: Any, new: list[dict], change: Any, changed: list[dict]) -> None:
        if new:
            self._run(add, new)
        if changed:
            self._run(change, changed)
