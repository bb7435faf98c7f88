"""Is a source that contradicts itself, or whose test was cut in two, named with line and cell?"""

import pytest

from course_lib.errors import NotebookError
from course_lib.grading.authoring.source import SOLUTIONS, find_assignments, read_percent

CONTRADICTIONS = {
    '"grade_id": "t", "points": 2': "'points' is 2, and the cell is not graded",
    '"grade_id": "t", "grade": true': "a graded cell needs 'points'",
    '"grade_id": "t", "grade": true, "points": -1': "'points' is a number from 0",
    '"grade_id": "t", "grade": true, "points": "2"': "'points' is a number from 0",
    '"grade_id": "t", "grade": 1, "points": 2': "'grade' is true or false, and here is 1",
    '"grade_id": "t", "solutions": true': "nbgrader knows no 'solutions'",
    '"grade_id": "t", "task": true, "points": 1': "a task is a Markdown cell, and this is code",
    '"grade_id": "t", "task": true, "solution": true, "points": 1': "a task is neither",
    '"grade_id": "t", "solution": true, "schema_version": 9': "'schema_version' is 3",
}
TEST = '# %% nbgrader={"grade": true, "grade_id": "t", "points": 1}'
ANSWER = '# %% nbgrader={"solution": true, "grade_id": "a"}'


def refused(tmp_path, *lines):
    """Return what is said of a source; the file is named in front."""
    path = tmp_path / "hw.py"
    path.write_text("\n".join(lines))
    with pytest.raises(NotebookError) as caught:
        read_percent(path)
    head, _, said = caught.value.received.partition(":\n  ")
    assert head == str(path)
    return said


@pytest.mark.parametrize("metadata", CONTRADICTIONS)
def test_metadata_that_contradict_themselves(tmp_path, metadata):
    said = refused(tmp_path, "# %%", "x = 1", "", f"# %% nbgrader={{{metadata}}}", "x")
    assert said.startswith("line 4, cell 't': ")
    assert CONTRADICTIONS[metadata] in said


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ('# %% nbgrader={"grade": true, "points": 1}', "line 1: a cell that nbgrader is to know"),
        ("# %% nbgrader=3", "line 1: nbgrader is an object"),
        ('# %% tags="hide"', "line 1: tags are a list"),
        (
            '# %% [markdown] nbgrader={"grade": true, "grade_id": "m", "points": 1}',
            "line 1, cell 'm': a Markdown answer has 'grade' and 'solution' true",
        ),
    ],
)
def test_what_else_no_cell_may_say(tmp_path, header, said):
    assert refused(tmp_path, header, "# x").startswith(said)


def test_a_name_that_came_twice(tmp_path):
    said = refused(tmp_path, TEST, "assert 1", "", TEST, "assert 2")
    assert said == "line 4, cell 't': the cell in line 1 has this grade_id too"


@pytest.mark.parametrize(
    ("cell", "rest", "why"),
    [
        ([TEST, "x = f(1)"], ["assert x == 2"], "asserts follow"),
        ([TEST, "assert f(1)"], ["for i in (1, 2):", "    assert f(i)"], "asserts follow"),
        ([TEST, "import math", "x = 1"], ["check(x)"], "nothing in it checks anything"),
        ([ANSWER, "x = 1"], ["### BEGIN SOLUTION", "y = 2"], "'### BEGIN SOLUTION' follows"),
    ],
)
def test_a_graded_cell_that_a_mark_cuts_in_two(tmp_path, cell, rest, why):
    said = refused(tmp_path, *cell, "", "# %%", *rest)
    line = len(cell) + 2
    assert said.startswith(f"line {line}: `# %%` ends the graded cell ")
    assert f"of line 1, and {why}. Take it or" in said


@pytest.mark.parametrize(
    "lines",
    [
        [TEST, "assert f(1)", "", "# %%", "print(f(2))"],
        [TEST, "f(1) / 2", "", "# %%", "f(2)"],
        [TEST, "x = 1", "", "# %% tags=[]", "assert x"],
        [ANSWER, "x = 1", "", "# %%", "assert x"],
        ["# %%", "x = 1", "", "# %%", "assert x"],
    ],
)
def test_a_cell_that_ends_where_it_is_meant_to(tmp_path, lines):
    path = tmp_path / "hw.py"
    path.write_text("\n".join(lines))
    assert len(read_percent(path).cells) == 2


def test_the_course_s_own_sources_are_whole():
    for assignment in find_assignments(SOLUTIONS):
        assert read_percent(assignment.source).cells
