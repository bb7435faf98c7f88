"""The rows of one submission in nbgrader's tables: made where missing, changed where they differ.

Nothing is committed here. The rules are those of nbgrader's Gradebook.add_submission (which rows
there are), SaveAutoGrades (grades, comments) and Autograde (0 points for a missing notebook).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from course_lib.grading.journal import Entry


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

    def submission(self, entry: "Entry") -> tuple[str, float]:
        """Return the id of the submission's row, made or brought up to date, and seconds late."""
        from nbgrader.api import Assignment, SubmittedAssignment, new_uuid
        from sqlalchemy import insert, select, update

        kept: Any = SubmittedAssignment
        row = self.db.execute(
            select(kept.id, kept.timestamp, kept.extension).where(
                kept.assignment_id == self.id, kept.student_id == entry.student
            )
        ).one_or_none()
        name, stamp, extension = row or (new_uuid(), None, None)
        sent = datetime.fromisoformat(entry.timestamp) if entry.timestamp else None
        if row is None:
            self.db.execute(
                insert(kept.__table__).values(
                    id=name, assignment_id=self.id, student_id=entry.student, timestamp=sent
                )
            )
        elif sent and sent != stamp:
            self.db.execute(update(kept.__table__).where(kept.id == name).values(timestamp=sent))
        known: Any = Assignment
        due = self.db.scalar(select(known.duedate).where(known.id == self.id))
        stamp = sent or stamp
        if stamp is None or due is None:
            return name, 0.0
        return name, max(0.0, (stamp - due - (extension or timedelta())).total_seconds())

    def parts(self, submission: str) -> dict[str, str]:
        """Return notebook id -> id of its submitted notebook, made where it is missing."""
        from nbgrader.api import SubmittedNotebook, new_uuid
        from sqlalchemy import insert, select

        part: Any = SubmittedNotebook
        rows = self.db.execute(
            select(part.notebook_id, part.id).where(part.assignment_id == submission)
        )
        there = dict(rows.all())
        new = {one.id: new_uuid() for one in self.notebooks if one.id not in there}
        if new:
            self.db.execute(
                insert(part.__table__),
                [
                    {"id": name, "assignment_id": submission, "notebook_id": notebook}
                    for notebook, name in new.items()
                ],
            )
        return there | new

    def grades(self, entry: "Entry", parts: dict[str, str]) -> None:
        """Bring the grades up to date; a score that a person entered stays."""
        from nbgrader.api import Grade
        from sqlalchemy import select

        rows = self.db.execute(
            select(
                Grade.notebook_id,
                Grade.cell_id,
                Grade.id,
                Grade.auto_score,
                Grade.manual_score,
                Grade.needs_manual_grade,
            ).where(Grade.notebook_id.in_(parts.values()))
        )
        there = {(row[0], row[1]): tuple(row)[2:] for row in rows}
        wanted = {}
        for notebook in self.notebooks:
            cells = {cell.name: cell for cell in entry.notebooks.get(notebook.name, ())}
            for name, cell in (notebook.grades | notebook.tasks).items():
                at = parts[notebook.id], cell
                _, auto, manual, needs = there.get(at, (None, None, None, True))
                if notebook.name not in entry.handed_in:
                    auto, needs = 0.0, False
                elif notebook.name in entry.notebooks and name in notebook.tasks:
                    pass  # a person's alone
                else:
                    auto = cells[name].auto_score if name in cells else None
                    needs = manual is not None or auto is None
                wanted[at] = {"auto_score": auto, "needs_manual_grade": needs}
        old = {at: (row[0], {"auto_score": row[1], "needs_manual_grade": row[3]})
               for at, row in there.items()}  # fmt: skip
        self._put(Grade, wanted, old)

    def comments(self, entry: "Entry", parts: dict[str, str]) -> None:
        """Bring the automatic comments up to date."""
        from nbgrader.api import Comment
        from sqlalchemy import select

        rows = self.db.execute(
            select(Comment.notebook_id, Comment.cell_id, Comment.id, Comment.auto_comment).where(
                Comment.notebook_id.in_(parts.values())
            )
        )
        old = {(row[0], row[1]): (row[2], {"auto_comment": row[3]}) for row in rows}
        wanted = {}
        for notebook in self.notebooks:
            cells = {cell.name: cell for cell in entry.notebooks.get(notebook.name, ())}
            for name, cell in notebook.comments.items():
                at = parts[notebook.id], cell
                if name in cells:
                    comment = None if name in notebook.tasks else cells[name].comment
                    wanted[at] = {"auto_comment": comment}
                else:
                    wanted[at] = old.get(at, ("", {"auto_comment": None}))[1]
        self._put(Comment, wanted, old)

    def _put(self, kind: Any, wanted: dict, old: dict) -> None:
        """Insert the rows that are missing, change those that differ."""
        from sqlalchemy import bindparam, insert, update

        new = [
            {"notebook_id": at[0], "cell_id": at[1]} | values
            for at, values in wanted.items()
            if at not in old
        ]
        changed = [
            {"row": old[at][0]} | {f"to_{name}": value for name, value in values.items()}
            for at, values in wanted.items()
            if at in old and old[at][1] != values
        ]
        table = kind.__table__
        if new:
            self.db.execute(insert(table), new)
        if changed:
            columns = [name.removeprefix("to_") for name in changed[0] if name != "row"]
            statement = update(table).where(table.c.id == bindparam("row"))
            self.db.execute(
                statement.values({name: bindparam(f"to_{name}") for name in columns}), changed
            )
