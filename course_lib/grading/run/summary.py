"""What a run ends with: a table for people, report.json for programs."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from course_lib.grading.course.files import write_whole
from course_lib.grading.ledger.outcome import Outcome
from course_lib.grading.notebook.table import table

LONG = 40  # above that many students the table shows those that need a person


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return the table for a terminal, and one line that sums it up."""
    if not outcomes:
        return "no submissions"
    shown = [o for o in outcomes if o.needs_person] if len(outcomes) > LONG else list(outcomes)
    rows = [
        (
            outcome.student,
            outcome.score,
            outcome.max_score,
            outcome.state,
            "look" if outcome.needs_person else "",
            "; ".join([*outcome.doubts, *outcome.flags, *outcome.notes]),
        )
        for outcome in shown
    ]
    text = table(["student", "score", "of", "result", "", "why"], rows) + "\n\n" if rows else ""
    if len(shown) < len(outcomes):
        text += f"(of {len(outcomes)} students those that need a person are shown)\n"
    counts = Counter(outcome.state for outcome in outcomes)
    people = sum(outcome.needs_person for outcome in outcomes)
    states = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
    return f"{text}{states}; {people} to be looked at"


def write_report(
    path: Path,
    assignment: str,
    outcomes: Sequence[Outcome],
    *,
    finished: bool,
    started: datetime,
    sandbox: str,
    bundle: str,
    notes: Sequence[str] = (),
) -> None:
    """Write report.json; `finished` is false after a run that was stopped."""
    counts = Counter(outcome.state for outcome in outcomes)
    report = {
        "format": 1,
        "assignment": assignment,
        "finished": finished,
        "started": started.isoformat(timespec="seconds"),
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "sandbox": sandbox,
        "isolated": sandbox != "none",
        "bundle": bundle,
        "notes": list(notes),
        "counts": {state: counts[state] for state in ("graded", "unchanged", "ungraded")}
        | {"needs_person": sum(outcome.needs_person for outcome in outcomes)},
        "students": [asdict(o) | {"needs_person": o.needs_person} for o in outcomes],
    }
    write_whole(path, (json.dumps(report, indent=1) + "\n").encode())
