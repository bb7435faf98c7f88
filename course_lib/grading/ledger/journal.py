"""What has been graded, under which key: one small file a student.

A file a student rather than one that grows: resuming reads only what it asks for, a regrade leaves
no dead lines, and a write that is cut off cannot hurt another student's entry. An entry goes
through two states. `graded`: the autograded files are in place, the grades stand here.
`recorded`: they stand in the gradebook as well. A run that is killed between the two enters them
from here, without running the submission again.
"""

import json
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path

from course_lib.grading.course.files import write_whole
from course_lib.grading.intake.work import CellGrade, SubmissionResult

FOLDER = ".course_grading"
FORMAT = 1


@dataclass
class Entry:
    """The grades of one submission: a SubmissionResult without the text of its notebooks."""

    student: str
    key: str  # of Job.key and of the time stamp
    state: str  # "graded" or "recorded"
    notebooks: dict[str, list[CellGrade]]
    handed_in: list[str]  # notebooks; the others of the assignment get 0 points
    timestamp: str | None = None  # when it was handed in, UTC
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def tamper_proof(self) -> bool:
        """Whether every test ran where student code never runs."""
        return all(cell.tamper_proof for cells in self.notebooks.values() for cell in cells)

    @property
    def by_hand(self) -> list[str]:
        """The tests whose points a person gives."""
        return [cell.name for cells in self.notebooks.values() for cell in cells if cell.by_hand]


def entry_of(
    result: SubmissionResult, key: str, handed_in: list[str], timestamp: str | None
) -> Entry:
    """Return what is to be kept of a result."""
    notebooks = {name: one.cells for name, one in result.notebooks.items()}
    for cells in notebooks.values():
        for cell in cells:
            # subtle: SQLite stores NaN as NULL, which reads as "never graded"
            if cell.auto_score is not None and not isfinite(cell.auto_score):
                cell.auto_score = None
    return Entry(
        result.student,
        key,
        "graded",
        notebooks,
        sorted({*handed_in, *notebooks}),
        timestamp,
        list(result.notes),
        list(result.doubts),
        list(result.flags),
        result.seconds,
    )


class Journal:
    """The entries of one assignment: .course_grading/ASSIGNMENT/students/ID.json in the course."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.folder = root / FOLDER / assignment / "students"

    def read(self, student: str) -> Entry | None:
        """Return a student's entry; None where there is none that can be read."""
        try:
            raw = json.loads((self.folder / f"{student}.json").read_text(encoding="utf-8"))
            if raw.pop("format") != FORMAT:
                return None
            raw["notebooks"] = {
                name: [CellGrade(**cell) for cell in cells]
                for name, cells in raw["notebooks"].items()
            }
            return Entry(**raw)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None  # no entry, or a broken one: grade again

    def write(self, entry: Entry) -> None:
        """Keep an entry: whole or not at all."""
        content = json.dumps({"format": FORMAT} | asdict(entry), indent=1) + "\n"
        write_whole(self.folder / f"{entry.student}.json", content.encode())

    def forget(self, student: str) -> None:
        """Drop a student's entry: the files that it speaks of are about to change."""
        (self.folder / f"{student}.json").unlink(missing_ok=True)
