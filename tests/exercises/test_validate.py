"""Run by papermill: does every solution get full marks, and every stub none?"""

import pytest

from course_lib.grading.authoring.validation import validate


@pytest.fixture(scope="module")
def result(assignment):
    return list(validate(assignment))[-1][1]


def test_the_solution_gets_full_marks(result):
    assert result.solution == result.most


def test_the_stub_gets_none_and_fails_where_it_should(result):
    assert set(result.stub.values()) == {0.0}
    assert not result.faults
