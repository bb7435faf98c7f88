"""Which submissions are done: one small file a student, written when the score is in the gradebook.

A run that was cut off left no file for the student it was at, so that one is graded again; a
submission or a test that changed has another key, so it is graded again too.
"""

import json
from dataclasses import asdict
from pathlib import Path

from course_lib.grading.grade import Outcome
from course_lib.grading.release import write_whole

FOLDER = ".course_grading"


class Journal:
    """The outcomes of one assignment, below `.course_grading` in the course directory."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.folder = root / FOLDER / assignment

    def done(self, student: str, key: str) -> Outcome | None:
        """Return the outcome for this very submission, if it ended with a score."""
        try:
            entry = json.loads((self.folder / f"{student}.json").read_text(encoding="utf-8"))
            same = entry.pop("key") == key
            outcome = Outcome(**entry)
        except (OSError, ValueError, KeyError, TypeError):
            return None  # no entry, or a broken one: grade again
        return outcome if same and outcome.state == "graded" else None

    def write(self, outcome: Outcome, key: str) -> None:
        """Keep an outcome."""
        content = json.dumps({"key": key} | asdict(outcome), indent=1) + "\n"
        write_whole(self.folder / f"{outcome.student}.json", content.encode())
