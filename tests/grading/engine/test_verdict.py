"""Is our scoring rule nbgrader's, to the letter?"""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from course_lib.grading.engine import verdict
from course_lib.grading.notebook.scoring import score

SHOWN = [
    [],
    [new_output("stream", name="stdout", text="hello")],
    [new_output("stream", name="stderr", text="careful")],
    [new_output("error", ename="ValueError", evalue="x", traceback=[])],
    [new_output("execute_result", data={"text/plain": "1.5"})],
    [new_output("execute_result", data={"text/plain": "0"})],
    [new_output("execute_result", data={"text/plain": "-1"})],
    [new_output("execute_result", data={"text/plain": "3.5"})],
    [new_output("execute_result", data={"text/plain": "nan"})],
    [new_output("execute_result", data={"text/plain": "'text'"})],
    [
        new_output("execute_result", data={"text/plain": "1"}),
        new_output("error", ename="E", evalue="", traceback=[]),
    ],
    [new_output("display_data", data={"text/plain": "1"})],
]


def cell(outputs, points=2, source="assert x", **roles):
    meta = {"grade": True, "grade_id": "t", "solution": False, "locked": True, "points": points}
    made = new_code_cell(source, outputs=outputs)
    made.metadata["nbgrader"] = meta | roles
    return made


@pytest.mark.parametrize("outputs", SHOWN, ids=range(len(SHOWN)))
def test_points(outputs):
    theirs = score(cell(outputs))[0]
    ours = verdict.points(outputs, 2.0)
    assert ours == theirs or (ours != ours and theirs != theirs)


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
