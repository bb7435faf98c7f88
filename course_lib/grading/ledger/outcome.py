"""What became of one submission, for tables and reports."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """A score, or the reason why there is none.

    state: `graded`, `unchanged` (graded earlier, same submission, same tests) or `ungraded`.
    score: as the gradebook has it, hand-given points included, the late penalty off.
    """

    student: str
    state: str
    score: float | None = None
    max_score: float | None = None
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    seconds: float = 0.0
    flags: list[str] = field(default_factory=list)
    tamper_proof: bool = True  # False: at least one of its tests ran beside the student's code

    @property
    def needs_person(self) -> bool:
        """Whether somebody must look at it before the score counts."""
        return self.state == "ungraded" or bool(self.doubts)
