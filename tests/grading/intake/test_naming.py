"""Is a notebook under another name told by what it holds?"""

import json

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from course_lib.grading.intake.naming import handed_in
from course_lib.grading.intake.source_cell import Report
from course_lib.grading.intake.work import BundleCell, BundleNotebook
from tests.grading.intake.test_claim import known


def expected(name, *cells):
    """Return a notebook of the assignment with an answer and a test for each name."""
    made = []
    for cell in cells:
        answer = known(cell, "code", f"def {cell}(): ...", cell, solution=True)
        test = known(f"t_{cell}", "code", f"assert {cell}()", grade=True, points=1.0)
        made += [BundleCell(one.name, "code", one.source, one) for one in (answer, test)]
    return BundleNotebook(name, tuple(made))


def submitted(*cells, value=1, named=True):
    """Return the bytes of a notebook that answers these."""
    made = []
    for name in cells:
        answer = new_code_cell(f"def {name}(): return {value}", id=name)
        test = new_code_cell(f"assert {name}()", id=f"t_{name}")
        if named:
            answer.metadata["nbgrader"] = {"grade_id": name}
            test.metadata["nbgrader"] = {"grade_id": f"t_{name}"}
        made += [answer, test]
    return writes(new_notebook(cells=made)).encode()


ONE = [expected("a1", "f", "g")]
TWO = [expected("p1", "f", "g"), expected("p2", "h", "k")]


def look(wanted, given):
    report = Report()
    return handed_in(wanted, given, report), report


@pytest.mark.parametrize(
    "name",
    ["a1 (1)", "a1-Copy1", "A1", "doejane_4711_12345_a1-2", "Jane Doe_99_assignsubmission_file_a1"],
)
@pytest.mark.parametrize("named", [True, False])
def test_the_one_notebook_is_taken_whatever_its_name(name, named):
    data = submitted("f", "g", named=named)
    found, report = look(ONE, {name: data})
    assert (found.found, found.unclear) == ({"a1": data}, [])
    assert report.notes == [f"{name}.ipynb taken for a1.ipynb"]


def test_two_that_differ_go_to_a_person():
    given = {"a1 (1)": submitted("f", "g"), "a1 (2)": submitted("f", "g", value=2)}
    found, report = look(ONE, given)
    assert (found.found, found.unclear) == ({}, ["a1"])
    (doubt,) = report.doubts
    assert "a1 (1).ipynb, a1 (2).ipynb: which one is a1.ipynb?" in doubt


def test_two_that_are_the_same_are_one():
    data = submitted("f", "g")
    found, report = look(ONE, {"a1 (1)": data, "a1 (2)": data})
    assert (found.found, report.doubts) == ({"a1": data}, [])


def test_the_right_name_goes_first_and_the_copy_is_said():
    right, copy = submitted("f", "g"), submitted("f", "g", value=2)
    found, report = look(ONE, {"a1": right, "a1-Copy1": copy})
    assert found.found == {"a1": right}
    assert report.notes == ["a1-Copy1.ipynb not looked at: a1.ipynb is there"]


def test_another_notebook_is_taken_for_nothing():
    other = writes(new_notebook(cells=[new_code_cell("x = 1"), new_code_cell("y")])).encode()
    for data in (other, b"", b"{}", json.dumps({"nbformat": 99}).encode()):
        found, report = look(ONE, {"scratch": data})
        assert (found.found, found.unclear, report.notes, report.doubts) == ({}, [], [], [])


def test_each_of_several_notebooks_is_told_by_its_cells():
    first, second = submitted("f", "g"), submitted("h", "k")
    found, _ = look(TWO, {"copy of p2": first, "p1 (1)": second})
    assert found.found == {"p1": first, "p2": second}


def test_the_name_decides_between_notebooks_with_the_same_cells():
    twins = [expected("p1", "f"), expected("p2", "f")]
    data = submitted("f")
    assert look(twins, {"p2 (1)": data})[0].found == {"p2": data}
    assert look(twins, {"homework": data})[0].unclear == ["p1", "p2"]


def test_a_notebook_with_few_of_the_cells_is_left_to_a_person():
    wanted = [expected("a1", "f", "g", "h")]
    found, report = look(wanted, {"mine": submitted("f")})
    assert (found.found, found.unclear) == ({}, ["a1"])
    assert "mine.ipynb: which one is a1.ipynb?" in report.doubts[0]
