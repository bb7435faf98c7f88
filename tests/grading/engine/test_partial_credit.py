"""What does a test give whose last value is a number, from outside and beside the answer?"""

import pytest

from course_lib.grading.engine.worker import Worker
from tests.grading.engine_notebooks import answer, check, grade


@pytest.fixture(scope="module")
def worker():
    with Worker(["numpy", "torch"]) as one:
        yield one


GIVES = {  # the last line of a test of 4 points, with g() == 1
    "4.0 - 5 * (g() != 2)": 0,
    "4.0 - 3 * (g() != 2)": 1,
    "float('nan')": None,
    "g() + 4": None,
    "import numpy as np\nnp.mean([g(), 2.0])": 1.5,
    "import numpy as np\nnp.float64(-g())": 0,
    "import torch\ntorch.tensor([g(), 2.0]).mean()": 1.5,
    "import torch\ntorch.tensor(1 / 3) * g()": 1 / 3,
    "g() == 1": 4,
    "'half'": 4,
}


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("line", GIVES)
def test_the_last_value_is_the_points(worker, line, shared):
    graded = grade(
        worker,
        answer("def g(): return 1"),
        check(line, points=4),
        shared=["test_1"] if shared else (),
    )
    got, wanted = graded.points["test_1"], GIVES[line]
    assert got == (wanted if wanted is None else pytest.approx(wanted, abs=1e-7))
    said = graded.messages["test_1"]
    assert bool(said) == (wanted is None or wanted == 0)
    assert not said or said.startswith("the test gave ")
