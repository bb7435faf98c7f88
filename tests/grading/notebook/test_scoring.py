"""Is our scoring rule nbgrader's, but for the three differences on purpose?"""

import contextlib
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from nbformat.v4 import new_code_cell, new_output

from course_lib.grading.notebook.scoring import ON_STDERR, as_number, number_in, points, remark


def result(text):
    return new_output("execute_result", data={"text/plain": text})


ERROR = new_output("error", ename="ValueError", evalue="x", traceback=[])
SAME = {
    "nothing shown": [],
    "text on stdout": [new_output("stream", name="stdout", text="hello")],
    "text on stderr": [new_output("stream", name="stderr", text="careful")],
    "an error": [ERROR],
    "some points": [result("1.5")],
    "no points": [result("0")],
    "all points": [result("2")],
    "a text": [result("'text'")],
    "a list": [result("[1, 2]")],
    "True": [result("True")],
    "a number, then an error": [result("1"), ERROR],
    "a picture": [new_output("display_data", data={"text/plain": "1"})],
}
DIFFERENT = {  # text -> what plain nbgrader gives of 2 points, and what we do
    "-1.0": (2.0, 0.0),
    "-inf": (2.0, 0.0),
    "nan": (2.0, None),
    "3.5": ("the batch ends", None),
    "inf": ("the batch ends", None),
    "np.float64(1.5)": (2.0, 1.5),
    "np.int64(1)": (2.0, 1.0),
    "np.float64(-0.5)": (2.0, 0.0),
    "np.float64(nan)": (2.0, None),
    "array(1.5, dtype=float32)": (2.0, 1.5),
    "tensor(1.5000)": (2.0, 1.5),
    "tensor(0.7500, dtype=torch.float64)": (2.0, 0.75),
    "tensor(0.5000, grad_fn=<MeanBackward0>)": (2.0, 0.5),
}


def theirs(outputs, most=2):
    """Return what nbgrader gives; where it stops the whole batch, that."""
    from nbgrader.utils import determine_grade

    cell = new_code_cell("assert x", outputs=outputs)
    cell.metadata["nbgrader"] = {"grade": True, "grade_id": "t", "solution": False, "points": most}
    with contextlib.suppress(ValueError):
        return determine_grade(cell)[0]
    return "the batch ends"


@pytest.mark.parametrize("name", SAME)
def test_the_rule_is_nbgraders(name):
    assert points(SAME[name], 2.0) == theirs(SAME[name])
    assert remark(SAME[name], 2.0) == ""


@pytest.mark.parametrize("text", DIFFERENT)
def test_differences_on_purpose(text):
    plain, ours = DIFFERENT[text]
    assert theirs([result(text)]) == plain
    assert points([result(text)], 2.0) == ours
    assert bool(remark([result(text)], 2.0)) == (ours in (None, 0.0))


@pytest.mark.parametrize(
    "text", ["", "np.True_", "np.str_('1')", "tensor([1.])", "array([1.5])", "1.5 points", "f(1.5)"]
)
def test_other_values_are_no_numbers(text):
    assert number_in(text) is None


NUMBERS = [
    (1, 1), (1.5, 1.5), (np.float64(1.5), 1.5), (np.float32(0.5), 0.5), (np.int8(3), 3),
    (np.array(1.5), 1.5), (np.mean([1, 2.0]), 1.5), (torch.tensor(0.75), 0.75),
    (torch.tensor(2), 2), (torch.ones(1, requires_grad=True).sum(), 1.0), (Fraction(1, 2), 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("value", "number"), NUMBERS)
def test_scalars_are_numbers(value, number):
    assert as_number(value) == number
    assert type(as_number(value)) in (int, float)


@pytest.mark.parametrize(
    "value",
    [True, np.True_, torch.tensor(True), "1", None, [1.0], np.ones(1), torch.ones(1), 1j,
     np.array("1"), torch.tensor(1j), Decimal(1), np.complex128(1)],
)  # fmt: skip
def test_all_else_is_none(value):
    assert as_number(value) is None


def test_a_remark_starts_as_others_of_a_test_that_ended():
    assert ON_STDERR.startswith("the test ")
    assert remark([result("5")], 2.0).startswith("the test gave 5, ")
