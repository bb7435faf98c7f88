"""nbgrader's checksum of a cell on plain data, so that a worker need not import nbgrader.

The rule is that of `nbgrader.utils.compute_checksum`; a test compares them.
"""

import hashlib
from typing import Any


def checksum(source: str, cell_type: str, meta: dict[str, Any]) -> str:
    """Return nbgrader's checksum of a cell: the same text in the same role has the same one."""
    grade, solution = bool(meta.get("grade")), bool(meta.get("solution"))
    # for nbgrader an answer is never locked and a test always is, whatever its metadata say
    locked = not solution and (grade or bool(meta.get("locked")))
    parts = [source, cell_type, str(grade), str(solution), str(locked), str(meta["grade_id"])]
    if grade:
        parts.append(str(float(meta["points"])))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
