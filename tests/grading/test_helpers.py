"""Gradients for authors of tests: the same beside the student's code and from outside."""

import pytest
import torch

from course_lib.grading.engine.worker import Worker
from course_lib.grading.helpers import gradients
from tests.grading.engine_notebooks import answer, check, given, grade


def test_gradients_are_those_of_autograd():
    x, w = torch.randn(3, 5), torch.randn(5, 2)
    dx, dw, none = gradients(lambda a, b, n: (a @ b) * n, x, w, 3)
    torch.testing.assert_close(dx, 3 * torch.ones(3, 2) @ w.T)
    torch.testing.assert_close(dw, 3 * x.T @ torch.ones(3, 2))
    assert none is None
    assert not x.requires_grad


def test_a_gradient_that_arrives_is_passed_on():
    (dx,) = gradients(torch.relu, torch.tensor([-1.0, 2.0]), upstream=torch.tensor([5.0, 7.0]))
    assert dx.tolist() == [0, 7]


@pytest.mark.parametrize("function", [lambda x: x.detach(), lambda x: 3])
def test_a_result_without_a_graph_is_named(function):
    with pytest.raises(TypeError, match="no gradient can flow"):
        gradients(function, torch.ones(2))


def test_they_come_from_the_students_process_as_numbers():
    test = (
        "import torch\nfrom course_lib.grading.helpers import gradients\n"
        "(got,) = gradients(f, torch.tensor([1.0, 3.0]))\nassert got.tolist() == [2.0, 6.0]"
    )
    with Worker(["torch"]) as worker:
        cells = given("import torch"), answer("def f(x): return x * x"), check(test)
        assert grade(worker, *cells).points == {"test_2": 1}
        wrong = ["def f(x): return (x * x.detach())"]
        assert grade(worker, *cells, answers=wrong).points == {"test_2": 0}
