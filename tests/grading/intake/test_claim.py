"""Does a cell that lost its metadata, its id or its kind find its place again?"""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course_lib.grading.intake.repair import NOT_FOUND, repair
from course_lib.grading.intake.source_cell import Report, SourceCell


def known(name, cell_type, source, cell_id="", **roles):
    """Return what a gradebook has of a cell."""
    plain = {"grade": False, "solution": False, "task": False, "locked": False, "points": None}
    return SourceCell(
        name, cell_type, source, source, checksum="c", cell_id=cell_id, **(plain | roles)
    )


WHY = known("why", "markdown", "YOUR ANSWER HERE", "7f3a", grade=True, solution=True, points=3.0)
HOW = known("how", "markdown", "YOUR ANSWER HERE", "9c11", grade=True, solution=True, points=3.0)
ADD = known("add", "code", "def add(a, b):\n    ...", "aa01", solution=True)
TOTAL = known("total", "code", "# YOUR CODE HERE", "aa02", solution=True)
TEST = known("test", "code", "assert add(1, 2) == 3", "bb02", grade=True, locked=True, points=1.0)
OUTLINE = [ADD, TEST, "Why?", WHY, "How?", HOW]
SOLVED = "def add(a, b):\n    return a + b"


def mended(cells, outline=OUTLINE):
    """Return the report, and the known cells by name, of a submission that is put in order."""
    for at, cell in enumerate(cells):
        cell.setdefault("id", f"own-{at}")
    notebook, report = new_notebook(cells=cells), Report()
    repair(notebook, outline, report)
    return report, {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def bare(first="Because.", second="So."):
    """Return a submission without metadata, its ids another editor's."""
    cells = [
        new_code_cell(SOLVED),
        new_code_cell(TEST.source),
        new_markdown_cell("Why?"),
        new_markdown_cell(first),
        new_markdown_cell("How?"),
        new_markdown_cell(second),
    ]
    for at, cell in enumerate(cells):
        cell["id"] = f"editor-{at}"
    return cells


def test_answers_by_hand_are_found_by_their_place():
    report, found = mended(bare())
    assert (found["why"].source, found["how"].source) == ("Because.", "So.")
    assert report.doubts == []
    assert report.notes == ["lost metadata restored in 4 cells"]


def test_of_two_answers_with_one_stub_the_untouched_one_keeps_its_place():
    report, found = mended(bare(second="YOUR ANSWER HERE"))
    assert (found["why"].source, found["how"].source) == ("Because.", "YOUR ANSWER HERE")
    assert report.doubts == []


def test_the_id_of_the_source_is_enough():
    cells = bare()
    cells[3]["id"], cells[5]["id"] = "9c11", "7f3a"
    _, found = mended(cells)
    assert (found["why"].source, found["how"].source) == ("So.", "Because.")


def test_more_cells_than_answers_are_left_to_a_person():
    cells = bare()
    cells.insert(4, new_markdown_cell("And another thing."))
    report, found = mended(cells)
    assert report.doubts == ["the answer 'why' was not found"]
    assert found["why"].source.startswith(NOT_FOUND)
    assert found["how"].source == "So."


def test_an_answer_that_is_gone_is_no_untouched_stub():
    """Nbgrader gives 0 to a cell whose text is the stub's: a person is to decide that."""
    _, found = mended(bare()[:4])
    assert found["how"].source == f"{NOT_FOUND}\n\nYOUR ANSWER HERE"


def test_a_question_that_was_edited_does_not_hide_its_answer():
    cells = bare()
    cells[2].source = "Why, though?"
    _, found = mended(cells)
    assert found["why"].source == "Because."


def test_code_that_defines_nothing_is_found_by_its_place():
    cells = [new_code_cell(SOLVED), new_code_cell(TEST.source), new_code_cell("total = 3")]
    _, found = mended(cells, [ADD, TEST, TOTAL])
    assert found["total"].source == "total = 3"


def test_a_remark_does_not_become_code():
    cells = [new_code_cell(SOLVED), new_code_cell(TEST.source), new_markdown_cell("no idea")]
    report, found = mended(cells, [ADD, TEST, TOTAL])
    assert "total" not in found
    assert report.notes[-1] == "the answer cell 'total' is gone"


def test_the_cells_of_another_notebook_are_nobodys_answers():
    report, found = mended([new_code_cell("x = 1"), new_markdown_cell("y")], [ADD, WHY])
    assert found == {}
    assert report.found == 0


@pytest.mark.parametrize("made", [new_markdown_cell, new_raw_cell])
@pytest.mark.parametrize("lost", ["nothing", "metadata", "metadata and id"])
def test_an_answer_that_became_text_is_code_again(made, lost):
    answer = made(SOLVED, id="aa01" if lost != "metadata and id" else "new")
    if lost == "nothing":
        answer.metadata["nbgrader"] = ADD.metadata()
    report, found = mended([answer, new_code_cell(TEST.source)], [ADD, TEST])
    assert found["add"].cell_type == "code"
    assert (found["add"].source, found["add"].outputs) == (SOLVED, [])
    kind = answer.cell_type
    assert f"the answer 'add' had become a {kind} cell: turned back into code" in report.notes


def test_a_written_answer_that_became_code_is_text_again():
    cells = bare()
    cells[3] = new_code_cell("Because.", id="7f3a")
    report, found = mended(cells)
    assert found["why"].cell_type == "markdown"
    assert "outputs" not in found["why"]
    assert "had become a code cell: turned back into markdown" in "; ".join(report.notes)


def test_code_goes_before_a_text_that_defines_the_same():
    cells = [new_code_cell(SOLVED), new_markdown_cell(SOLVED + "  # tried first")]
    _, found = mended([*cells, new_code_cell(TEST.source)], [ADD, TEST])
    assert found["add"].source == SOLVED


@pytest.mark.parametrize("meta", [{}, {"grade": True}, {"grade_id": "", "solution": True}])
def test_metadata_without_a_name_go_also_where_nothing_is_expected(meta):
    cell = new_code_cell("x", metadata={"nbgrader": meta})
    notebook = new_notebook(cells=[cell])
    repair(notebook, ["x"], Report())
    assert "nbgrader" not in notebook.cells[0].metadata
