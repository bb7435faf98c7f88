"""What a submission is held against: the source's cells as the gradebook knows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SourceCell:
    """What the gradebook keeps of one cell of the source."""

    name: str
    cell_type: str
    source: str
    visible: str  # as released: without hidden tests
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float | None
    checksum: str | None
    cell_id: str = ""  # in the source's notebook

    def metadata(self) -> dict:
        """Return the cell's nbgrader metadata, as nbgrader would have released it."""
        meta = {
            "grade_id": self.name,
            "grade": self.grade,
            "solution": self.solution,
            "task": self.task,
            "locked": self.locked,
            "schema_version": 3,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        return meta | ({"points": self.points} if self.points is not None else {})


@dataclass
class Report:
    """What was mended, what a person should look at, and what looks like tampering."""

    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    found: int = 0


# the source's cells in their order; of a cell that the gradebook does not know, its text
Outline = Sequence[SourceCell | str]
