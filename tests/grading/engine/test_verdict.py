"""Is our checksum of a cell nbgrader's, to the letter?"""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_lib.grading.engine import verdict


def cell(outputs, points=2, source="assert x", **roles):
    meta = {"grade": True, "grade_id": "t", "solution": False, "locked": True, "points": points}
    made = new_code_cell(source, outputs=outputs)
    made.metadata["nbgrader"] = meta | roles
    return made


@pytest.mark.parametrize("roles", [{}, {"solution": True}, {"grade": False}, {"locked": False}])
@pytest.mark.parametrize("points", [1, 2.5])
def test_checksums(roles, points):
    from nbgrader.utils import compute_checksum

    made = cell([], points, "answer = 'é'", **roles)
    ours = verdict.checksum(made.source, "code", made.metadata["nbgrader"])
    assert ours == compute_checksum(made)


def test_checksums_of_text():
    from nbgrader.utils import compute_checksum

    made = new_markdown_cell("An answer.")
    made.metadata["nbgrader"] = {"grade": True, "solution": True, "grade_id": "w", "points": 3}
    ours = verdict.checksum(made.source, "markdown", made.metadata["nbgrader"])
    assert ours == compute_checksum(made)
