"""All grades of an assignment read at once: a few queries, however many students there are."""

from dataclasses import dataclass, field
from typing import Any


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


def read_sheets(gradebook: Any, assignment: str) -> Sheets:
    """Return the sheets of an assignment by (student, notebook)."""
    import nbgrader.api
    from sqlalchemy import select

    api: Any = nbgrader.api
    submitted, notebook = api.SubmittedNotebook, api.Notebook
    found = (
        select(submitted.id, api.SubmittedAssignment.student_id, notebook.name)
        .add_columns(submitted.late_submission_penalty)
        .join(api.SubmittedAssignment, submitted.assignment_id == api.SubmittedAssignment.id)
        .join(notebook, submitted.notebook_id == notebook.id)
        .join(api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id)
        .where(api.Assignment.name == assignment)
    )
    by_id = {
        key: GradeSheet(student, name, penalty or 0.0)
        for key, student, name, penalty in gradebook.db.execute(found)
    }
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
    return {(sheet.student, sheet.notebook): sheet for sheet in by_id.values()}


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
