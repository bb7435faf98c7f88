"""The unit of work: bytes in, bytes out. Workers see these and never the gradebook.

A `Bundle` is an assignment as the instructor wrote it, answers and hidden tests included; a `Job`
is what one student handed in; a `SubmissionResult` is what the gradebook and the files need.
"""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from course_lib.grading.course.limits import Limits
from course_lib.grading.intake.source_cell import Outline, SourceCell

FORMAT = 3  # raise it when a change here or in the grading rules makes older results stale


@dataclass(frozen=True)
class BundleCell:
    """One cell of the source notebook; `known` is what the gradebook has of it, if anything."""

    cell_id: str
    cell_type: str
    source: str  # with answers and hidden tests
    known: SourceCell | None = None
    shared: str = ""  # why the test must run beside the student's code; empty: it runs outside
    variables: str = "here"  # "there": it takes the notebook's variables from the student's process
    answer: bool = False  # the source's own answer stands in it, whatever the gradebook knows
    by_hand: bool = False  # the source's own answers fail this test: a person gives its points


@dataclass(frozen=True)
class BundleNotebook:
    """One notebook of an assignment, in the order of its source."""

    name: str
    cells: tuple[BundleCell, ...]
    kernelspec: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)  # engine.names.Source, once it was read

    @property
    def expected(self) -> list[SourceCell]:
        """The cells that the gradebook knows."""
        return [cell.known for cell in self.cells if cell.known is not None]

    @property
    def is_helper(self) -> bool:
        """Whether nothing is asked in it: it is there for other notebooks to run or to import."""
        known = self.expected
        asked = any(cell.grade or cell.solution or cell.task for cell in known)
        return not asked and not any(cell.answer for cell in self.cells)

    @property
    def outline(self) -> Outline:
        """All cells in order, those that the gradebook does not know by their text."""
        return [cell.known or cell.source for cell in self.cells]


@dataclass(frozen=True)
class Bundle:
    """An assignment with everything that decides a score."""

    assignment: str
    notebooks: tuple[BundleNotebook, ...]
    files: dict[str, bytes] = field(default_factory=dict)  # data beside the source notebook
    keep_own: tuple[str, ...] = ()  # of these, the student's version counts
    products: tuple[str, ...] = ()  # files that the answers write; known once they were tried
    limits: Limits = field(default_factory=Limits)

    def to_bytes(self) -> bytes:
        """Return the bundle as JSON; files are base64."""
        return _dump({"format": FORMAT} | asdict(self) | {"files": _armoured(self.files)})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Bundle":
        """Read what `to_bytes` wrote."""
        raw = json.loads(data)
        notebooks = tuple(
            BundleNotebook(
                one["name"],
                tuple(
                    BundleCell(
                        **cell | {"known": SourceCell(**cell["known"]) if cell["known"] else None}
                    )
                    for cell in one["cells"]
                ),
                one["kernelspec"],
                one["names"],
            )
            for one in raw["notebooks"]
        )
        return cls(
            raw["assignment"],
            notebooks,
            _bare(raw["files"]),
            tuple(raw["keep_own"]),
            tuple(raw["products"]),
            Limits(**raw["limits"]),
        )

    def key(self) -> str:
        """Return a hash of everything that decides a score on the instructor's side."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


@dataclass(frozen=True)
class Job:
    """What one student handed in: notebooks by name (without .ipynb), other files by path."""

    student: str
    notebooks: dict[str, bytes]
    files: dict[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what was seen when it was read
    learn: bool = False  # the instructor's own answers: say what they loaded and what they wrote
    seed: int = 0  # where random numbers begin that nobody seeds

    def to_bytes(self) -> bytes:
        """Return the job as JSON; everything of the student's is base64."""
        return _dump(
            {
                "student": self.student,
                "notebooks": _armoured(self.notebooks),
                "files": _armoured(self.files),
                "notes": self.notes,
                "learn": self.learn,
                "seed": self.seed,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> "Job":
        """Read what `to_bytes` wrote."""
        raw = json.loads(data)
        notebooks, files = _bare(raw["notebooks"]), _bare(raw["files"])
        return cls(raw["student"], notebooks, files, tuple(raw["notes"]), raw["learn"], raw["seed"])

    def key(self, bundle_key: str) -> str:
        """Return the key of the journal: this submission under these tests. No student in it."""
        digest = hashlib.sha256(bundle_key.encode())
        for group in (self.notebooks, self.files):
            for name in sorted(group):
                # a name that is no UTF-8, as some archives hold, has surrogates in it
                digest.update(
                    name.encode("utf-8", "surrogateescape")
                    + b"\0"
                    + hashlib.sha256(group[name]).digest()
                )
            digest.update(b"\1")
        return digest.hexdigest()


@dataclass
class CellGrade:
    """What became of one cell that the gradebook knows.

    auto_score is None where a person must grade; message is why points are missing.
    """

    name: str
    kind: str  # "grade", "solution" (an answer without points of its own) or "task"
    max_score: float = 0.0
    auto_score: float | None = None
    comment: str | None = None  # "No response." for an answer left as it was given out
    message: str = ""
    tamper_proof: bool = True
    by_hand: bool = False  # a person gives the points; the automatic ones count until then


@dataclass
class GradedNotebook:
    """One executed notebook, as it is to lie in autograded/, and its grades."""

    text: str  # the .ipynb
    cells: list[CellGrade] = field(default_factory=list)


@dataclass
class SubmissionResult:
    """What came out of one submission. Without notebooks nothing could be graded; see doubts."""

    student: str
    notebooks: dict[str, GradedNotebook] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)  # what was mended, what ran into a limit
    doubts: list[str] = field(default_factory=list)  # a person must look before the score counts
    flags: list[str] = field(default_factory=list)  # signs of tampering; the score is sound
    seconds: float = 0.0
    handed_in: list[str] = field(default_factory=list)  # notebooks that came, whatever their name
    # where the job was to learn:
    loaded: list[str] = field(default_factory=list)  # modules
    products: list[str] = field(default_factory=list)  # files that the answers wrote

    def to_bytes(self) -> bytes:
        """Return the result as JSON."""
        return _dump(asdict(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> "SubmissionResult":
        """Read what `to_bytes` wrote; unknown keys are left out."""
        raw = json.loads(data)
        notebooks = {
            name: GradedNotebook(one["text"], [CellGrade(**cell) for cell in one["cells"]])
            for name, one in raw["notebooks"].items()
        }
        names = {one.name for one in fields(cls)}
        known: dict[str, Any] = {key: value for key, value in raw.items() if key in names}
        known["notebooks"] = notebooks
        return cls(**known)


def _dump(raw: dict) -> bytes:
    return json.dumps(raw, sort_keys=True).encode()


def _armoured(files: dict[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(content).decode() for name, content in files.items()}


def _bare(files: dict[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(content) for name, content in files.items()}
