"""What nbformat wants in a notebook that is written here: a kernel, and ids of its cells."""

import re

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}


def cell_id(grade_id: str) -> str:
    """Return the notebook cell id of a grade_id: nbformat allows 64 letters, digits, - and _."""
    return re.sub(r"[^a-zA-Z0-9_-]", "-", grade_id)[:64]
