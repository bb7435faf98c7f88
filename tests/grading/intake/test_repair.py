"""Cells that were copied, deleted, moved or stripped: does every one find its place again?"""

import copy

import pytest

from course_lib.grading.authoring.demo_class import _solved
from course_lib.grading.authoring.source import read_source
from course_lib.grading.intake.repair import repair
from course_lib.grading.intake.source_cell import Report, SourceCell


@pytest.fixture(scope="module")
def source(counting):
    return read_source(counting)


@pytest.fixture(scope="module")
def expected(source):
    """Return what a gradebook would know of the assignment."""
    from course_lib.grading.authoring.release import student_notebook
    from course_lib.grading.notebook.regions import without_hidden

    cells = []
    for mine, released in zip(source.cells, student_notebook(source).cells, strict=True):
        meta = released.metadata.get("nbgrader")
        if meta:
            text = released.source if meta["solution"] else mine.source
            cells.append(
                SourceCell(
                    meta["grade_id"],
                    "code",
                    text,
                    without_hidden(text),
                    meta["grade"],
                    meta["solution"],
                    False,
                    meta["locked"],
                    meta.get("points"),
                    meta["checksum"],
                )
            )
    return cells


@pytest.fixture
def solved(source):
    return copy.deepcopy(_solved(source))


def names(notebook):
    return [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]


def mend(notebook, expected):
    report = Report()
    repair(notebook, expected, report)
    return report


def at(notebook, name):
    return next(i for i, c in enumerate(notebook.cells) if c.get("id") == name)


def test_a_sound_notebook_gets_only_its_hidden_tests_back(solved, expected):
    before = [cell.source for cell in solved.cells if not cell.metadata.get("nbgrader")]
    report = mend(solved, expected)
    assert (report.notes, report.doubts) == ([], [])
    assert names(solved) == [cell.name for cell in expected]
    assert [c.source for c in solved.cells if not c.metadata.get("nbgrader")] == before
    assert "HIDDEN TESTS" in solved.cells[at(solved, "test_length")].source


def test_a_test_that_the_learner_rewrote_is_the_source_s_again(solved, expected):
    solved.cells[at(solved, "test_length")].source = "pass"
    solved.cells[at(solved, "test_length")].metadata.nbgrader.points = 1000
    mend(solved, expected)
    cell = solved.cells[at(solved, "test_length")]
    assert "take the root" in cell.source
    assert cell.metadata.nbgrader.points == 2


def test_of_a_copied_answer_the_one_that_was_worked_on_counts(solved, expected):
    here = at(solved, "length")
    stub = copy.deepcopy(solved.cells[here])
    stub.source = next(cell.source for cell in expected if cell.name == "length")
    stub["id"] = "copy"
    solved.cells.insert(here + 1, stub)
    report = mend(solved, expected)
    assert report.notes == ["2 copies of the answer 'length': one kept"]
    assert report.doubts == []
    assert sum("def length" in cell.source for cell in solved.cells) == 1
    assert "math.sqrt" in solved.cells[at(solved, "length")].source


def test_two_different_answers_both_run_and_a_person_is_asked(solved, expected):
    here = at(solved, "length")
    other = copy.deepcopy(solved.cells[here])
    other.source, other["id"] = "def length(counts):\n    return 0", "copy"
    solved.cells.insert(here + 1, other)
    report = mend(solved, expected)
    assert report.doubts == ["2 different answers 'length': the last one counts"]
    kept = [cell for cell in solved.cells if "def length" in cell.source]
    assert len(kept) == 2
    assert [bool(cell.metadata.get("nbgrader")) for cell in kept] == [False, True]


def test_moved_cells_take_the_plain_cells_behind_them_along(solved, expected):
    import nbformat

    here = at(solved, "length")
    solved.cells.insert(here + 1, nbformat.v4.new_code_cell("helper = 1"))
    moved = solved.cells[here : here + 2]
    del solved.cells[here : here + 2]
    solved.cells += moved
    report = mend(solved, expected)
    assert report.notes == ["cells put back in the order of the source"]
    assert names(solved) == [cell.name for cell in expected]
    assert solved.cells[at(solved, "length") + 1].source == "helper = 1"


def test_deleted_tests_come_back_behind_their_answer(solved, expected):
    solved.cells = [c for c in solved.cells if not c.get("id", "").startswith("test_")]
    report = mend(solved, expected)
    assert sum("was missing: put back" in note for note in report.notes) == 4
    assert names(solved) == [cell.name for cell in expected]


def test_a_deleted_answer_is_said_and_nothing_is_invented(solved, expected):
    del solved.cells[at(solved, "length")]
    report = mend(solved, expected)
    assert report.notes == ["the answer cell 'length' is gone"]
    assert not any("def length" in cell.source for cell in solved.cells)


def test_without_any_metadata_answers_are_known_by_what_they_define(solved, expected):
    from nbformat import NotebookNode

    for i, cell in enumerate(solved.cells):
        cell.metadata, cell["id"] = NotebookNode(), f"x{i}"
    report = mend(solved, expected)
    assert report.notes == ["lost metadata restored in 9 cells"]
    assert names(solved) == [cell.name for cell in expected]


def test_invented_grade_ids_count_for_nothing(solved, expected):
    import nbformat

    extra = nbformat.v4.new_code_cell("1000.0")
    extra.metadata["nbgrader"] = {"grade_id": "bonus", "grade": True, "points": 1000}
    solved.cells.append(extra)
    mend(solved, expected)
    assert names(solved) == [cell.name for cell in expected]


def test_another_notebook_is_left_alone(expected):
    import nbformat

    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')")])
    report = mend(other, expected)
    assert report.found == 0
    assert len(other.cells) == 1


def test_an_answer_by_hand_that_is_gone_needs_a_person(solved, expected):
    written = SourceCell("why", "markdown", "YOUR ANSWER", "", True, True, False, False, 1.0, "x")
    report = mend(solved, [*expected, written])
    assert report.doubts == ["the answer 'why' was not found"]
    assert names(solved)[-1] == "why"
