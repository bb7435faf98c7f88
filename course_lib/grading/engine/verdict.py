"""nbgrader's scoring rule on plain data, so that a worker need not import nbgrader.

The rule is that of `nbgrader.utils.determine_grade` and `compute_checksum`; a test compares them.
"""

import hashlib
from typing import Any

ON_STDERR = "the test wrote on stderr, which counts as a failure"


def points(outputs: list[Any], most: float) -> float | None:
    """Return the points of an executed test; None where its own number exceeds them.

    An error or anything on stderr gives 0, a number as result gives that many, all else everything.
    """
    for output in outputs:
        kind = output["output_type"]
        if kind == "error" or (kind == "stream" and output["name"] == "stderr"):
            return 0.0
        if kind == "execute_result":
            return _partial(output["data"].get("text/plain", ""), most)
    return most


def _partial(text: str, most: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return most
    if number > most:
        return None
    return number if number >= 0 else most


def checksum(source: str, cell_type: str, meta: dict[str, Any]) -> str:
    """Return nbgrader's checksum of a cell: the same text in the same role has the same one."""
    grade, solution = bool(meta.get("grade")), bool(meta.get("solution"))
    # for nbgrader an answer is never locked and a test always is, whatever its metadata say
    locked = not solution and (grade or bool(meta.get("locked")))
    parts = [source, cell_type, str(grade), str(solution), str(locked), str(meta["grade_id"])]
    if grade:
        parts.append(str(float(meta["points"])))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
