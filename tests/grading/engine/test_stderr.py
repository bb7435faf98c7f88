"""What on stderr costs points: what a test says there itself, and nothing else."""

import pytest

from course_lib.grading.engine.worker import Worker
from tests.grading.engine_notebooks import answer, check, grade


@pytest.fixture(scope="module")
def worker():
    with Worker(["numpy"]) as one:
        yield one


@pytest.mark.parametrize(
    "source",
    [
        "import warnings\nwarnings.warn('an old habit')\nassert double(2) == 4",
        "import numpy\nassert double(numpy.float64(1) / numpy.float64(0)) > 0",
    ],
)
def test_a_warning_that_a_test_meets_costs_nothing(worker, source):
    got = grade(worker, answer("def double(x):\n    return 2 * x"), check(source, 3))
    assert got.points["test_1"] == 3, got.messages


def test_a_test_that_expects_a_warning_still_sees_it(worker):
    source = (
        "import warnings\n"
        "with warnings.catch_warnings(record=True) as seen:\n"
        "    warnings.simplefilter('always')\n"
        "    warnings.warn('beware')\n"
        "assert len(seen) == 1 and double(1) == 2"
    )
    got = grade(worker, answer("def double(x):\n    return 2 * x"), check(source, 3))
    assert got.points["test_1"] == 3, got.messages


def test_what_a_test_says_on_stderr_costs_all_and_is_named(worker):
    source = "import sys\nprint('no', file=sys.stderr)\nassert double(1) == 2"
    got = grade(worker, answer("def double(x):\n    return 2 * x"), check(source, 3))
    assert got.points["test_1"] == 0
    assert "stderr" in got.messages["test_1"]
