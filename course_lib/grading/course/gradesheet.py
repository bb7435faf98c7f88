"""All grades of an assignment read at once: a few queries, however many students there are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

# (student, points, seconds late) -> what is taken off, as the course's plugin has it
Penalty = Callable[[str, float, float], float | None]


@dataclass(frozen=True)
class GradeRow:
    """One graded cell of one submission, as the gradebook has it."""

    cell: str
    cell_type: str  # code or markdown
    score: float  # a manual score before the automatic one, extra credit added
    max_score: float
    auto: float | None
    manual: float | None
    needs_person: bool


@dataclass
class GradeSheet:
    """One notebook of one submission."""

    student: str
    notebook: str
    penalty: float = 0.0
    part: str = ""  # its row in the gradebook
    kept: float | None = None  # the penalty as the gradebook has it
    rows: dict[str, GradeRow] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Points before the late penalty."""
        return sum(row.score for row in self.rows.values())

    @property
    def max_score(self) -> float:
        """The most points."""
        return sum(row.max_score for row in self.rows.values())


Sheets = dict[tuple[str, str], GradeSheet]


def read_sheets(gradebook: Any, assignment: str, penalty: Penalty | None = None) -> Sheets:
    """Return the sheets of an assignment by (student, notebook).

    penalty: works out anew what is taken off where something was taken off. nbgrader keeps what it
    took when it graded, so that marks given by hand later escape it.
    """
    by_id, late = {}, {}
    for key, student, name, off, sent, due, extension in gradebook.db.execute(_parts(assignment)):
        by_id[key] = GradeSheet(student, name, off or 0.0, key, off)
        if None not in (sent, due, off):
            late[key] = (sent - due - (extension or timedelta())).total_seconds()
    _fill(gradebook, assignment, by_id)
    for key, seconds in late.items():
        sheet = by_id[key]
        if seconds <= 0:
            sheet.penalty = 0.0  # an extension was given since
        elif penalty is not None:
            off = penalty(sheet.student, sheet.score, seconds)
            sheet.penalty = sheet.penalty if off is None else off
    return {(sheet.student, sheet.notebook): sheet for sheet in by_id.values()}


def _parts(assignment: str) -> Any:
    """Return the query for submitted notebooks, what was taken off, when they came and were due."""
    import nbgrader.api
    from sqlalchemy import select

    api: Any = nbgrader.api
    part, notebook, handed = api.SubmittedNotebook, api.Notebook, api.SubmittedAssignment
    return (
        select(part.id, handed.student_id, notebook.name, part.late_submission_penalty)
        .add_columns(handed.timestamp, api.Assignment.duedate, handed.extension)
        .join(handed, part.assignment_id == handed.id)
        .join(notebook, part.notebook_id == notebook.id)
        .join(api.Assignment, handed.assignment_id == api.Assignment.id)
        .where(api.Assignment.name == assignment)
    )


def _fill(gradebook: Any, assignment: str, by_id: dict[str, GradeSheet]) -> None:
    """Enter grades and comments into the sheets."""
    import nbgrader.api
    from sqlalchemy import select

    api: Any = nbgrader.api
    cells = _cells(gradebook, assignment)
    grade = api.Grade
    columns = select(
        grade.notebook_id,
        grade.cell_id,
        grade.score,
        grade.auto_score,
        grade.manual_score,
        grade.needs_manual_grade,
    ).where(grade.cell_id.in_(list(cells)))
    for key, cell, score, auto, manual, waits in gradebook.db.execute(columns):
        if key in by_id:
            name, kind, most = cells[cell]
            by_id[key].rows[name] = GradeRow(name, kind, score, most, auto, manual, bool(waits))
    said = select(api.Comment.notebook_id, api.BaseCell.name, api.Comment.comment).join(
        api.BaseCell, api.Comment.cell_id == api.BaseCell.id
    )
    for key, name, text in gradebook.db.execute(said):
        if key in by_id and text:
            by_id[key].comments[name] = text


def _cells(gradebook: Any, assignment: str) -> dict[str, tuple[str, str, float]]:
    """Return (name, cell type, most points) of the graded cells of an assignment, by database id.

    The subclasses' own tables are read, so that SQLAlchemy joins no column that is not asked for.
    """
    import nbgrader.api
    from sqlalchemy import select

    api: Any = nbgrader.api
    base = api.BaseCell.__table__
    cells = {}
    for kind in (api.GradeCell, api.TaskCell):
        own = kind.__table__
        chosen = (
            select(base.c.id, base.c.name, own.c.cell_type, own.c.max_score)
            .join(own, own.c.id == base.c.id)
            .join(api.Notebook, base.c.notebook_id == api.Notebook.id)
            .join(api.Assignment, api.Notebook.assignment_id == api.Assignment.id)
            .where(api.Assignment.name == assignment)
        )
        cells |= {key: (name, typ, most) for key, name, typ, most in gradebook.db.execute(chosen)}
    return cells


def answer_cells(gradebook: Any, assignment: str) -> set[str]:
    """Return the names of the cells in which learners write: nobody grades those but a person."""
    import nbgrader.api
    from sqlalchemy import select

    api: Any = nbgrader.api
    chosen = (
        select(api.SolutionCell.name)
        .join(api.Notebook, api.SolutionCell.notebook_id == api.Notebook.id)
        .join(api.Assignment, api.Notebook.assignment_id == api.Assignment.id)
        .where(api.Assignment.name == assignment)
    )
    return set(gradebook.db.execute(chosen).scalars())
