"""Does a source keep its cells and its comments, whatever they say?"""

import pytest

from course_lib.errors import NotebookError
from course_lib.grading.authoring.percent import read_cells
from course_lib.grading.authoring.source import find_assignments, read_percent

GRADED = '# %% nbgrader={"grade": true, "grade_id": "t"}'
COMMENTS = [
    "# why?",
    "# cat pictures",
    "# copy of the first",
    "# ls",
    "# !ls",
    "# %magic",
    "# %%time",
    "# ?print",
    "# cd ..",
    "# %% of people",
    "# %%",
    "#!/bin/sh",
]


def cells(*lines):
    return [(cell.kind, cell.source) for cell in read_cells("\n".join(lines))]


@pytest.mark.parametrize("comment", COMMENTS)
def test_a_comment_stays_a_comment(comment):
    body = ["x = 1", comment, "assert x"]
    assert cells(GRADED, *body) == [("code", "\n".join(body))]


@pytest.mark.parametrize("comment", [one for one in COMMENTS if one != "# %%"])
def test_a_comment_behind_an_empty_line_too(comment):
    body = ["x = 1", "", comment, "assert x"]
    assert cells(GRADED, *body) == [("code", "\n".join(body))]


@pytest.mark.parametrize(
    "body",
    [
        ["def f():", '    """A text.', "", "# %%", "", '    """', "    return 1"],
        ["x = [", "    1,", "", "# %%", "    2,", "]"],
        ["def f():", "    x = 1", "", "# %%", "    return x"],
        ["def f():", "", "    # %%", "    return 1"],
        ["text = '''", "", "# %% [markdown]", "", "'''"],
        ["### BEGIN SOLUTION", "x = 1", "", "# %%", "y = 2", "### END SOLUTION"],
        ["assert x", "### BEGIN HIDDEN TESTS", "", "# %%", "assert y", "### END HIDDEN TESTS"],
    ],
)
def test_no_mark_ends_a_cell_in_which_code_goes_on(body):
    assert cells(GRADED, *body) == [("code", "\n".join(body))]


def test_a_mark_at_the_margin_behind_an_empty_line_begins_a_cell():
    assert cells("# %%", "x = 1", "", "# %%", "y = 2") == [("code", "x = 1"), ("code", "y = 2")]


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_text_may_hold_three_quotation_marks(quotes):
    text = [f"# Write {quotes} in front.", "#", f"# {quotes}"]
    found = cells("# %% [markdown]", *text, "", "# %%", "x = 1")
    assert found == [("markdown", f"Write {quotes} in front.\n\n{quotes}"), ("code", "x = 1")]


def test_a_text_may_stand_in_quotation_marks():
    assert cells("# %% [markdown]", '"""', "# A title", '"""') == [("markdown", "# A title")]


def test_kinds_and_metadata_are_read():
    header = '# %% [raw] tags=["a", "b"] nbgrader={"grade_id": "x = 1"}'
    (cell,) = read_cells(f"{header}\n# as it is")
    assert (cell.kind, cell.source) == ("raw", "as it is")
    assert cell.metadata == {"tags": ["a", "b"], "nbgrader": {"grade_id": "x = 1"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('# %% nbgrader={"grade": True}\nx', "line 1: metadata are key=JSON"),
        ('# %% nbgrader={"grade": True, "grade_id": "t"}\nx', "line 1, cell 't': metadata are"),
        ("# %% nbgrader={'grade_id': 't'}\nx", "line 1, cell 't': metadata are key=JSON"),
        ("# %% [markdown]\n# one\ntwo", "line 3: a line of a markdown cell without #"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(tmp_path, text, said):
    path = tmp_path / "hw.py"
    path.write_text(text)
    with pytest.raises(NotebookError, match=said) as caught:
        read_percent(path)
    assert str(path) in str(caught.value)


def test_other_tools_read_the_course_s_sources_alike():
    """They hold no comment that other tools would bring to life: then jupytext agrees."""
    import jupytext

    from course_lib.grading.authoring.source import SOLUTIONS

    for assignment in find_assignments(SOLUTIONS):
        theirs = jupytext.read(assignment.source, fmt="py:percent")
        ours = read_percent(assignment.source)
        assert [(c.cell_type, c.source) for c in ours.cells] == [
            (c.cell_type, c.source) for c in theirs.cells
        ]
