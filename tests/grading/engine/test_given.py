"""Do given cells that a student may change keep the student's values, and locked ones not?"""

import json
from dataclasses import replace

import pytest

from course_lib.grading.engine.calibrate import solved, with_names
from course_lib.grading.engine.worker import Worker, grade_bytes
from course_lib.grading.intake.bundle import bundle_of
from course_lib.grading.intake.work import SubmissionResult
from tests.grading.engine_notebooks import answer, check, given, notebook, plain


@pytest.fixture(scope="module")
def worker():
    with Worker(["math", "numpy"]) as one:
        yield one


def graded(worker, *cells, changes=None, extra=""):
    """Grade the source with some texts replaced, and a cell more before the last one."""
    bundle = bundle_of("hw", notebook(*cells))
    bundle = replace(bundle, notebooks=(with_names(bundle.notebooks[0]),))
    job = solved(bundle)
    raw = json.loads(job.notebooks["hw"])
    for cell in raw["cells"]:
        cell["source"] = (changes or {}).get(cell["source"], cell["source"])
    if extra:
        cell = {
            "cell_type": "code",
            "metadata": {},
            "source": extra,
            "outputs": [],
            "execution_count": None,
        }
        raw["cells"].insert(-1, cell)
    job = replace(job, notebooks={"hw": json.dumps(raw).encode()})
    return SubmissionResult.from_bytes(grade_bytes(worker, bundle.to_bytes(), job.to_bytes()))


def score(result):
    return result.notebooks["hw"].cells[-1].auto_score


RADIUS, AREA = "radius = 3  # try other values", "import math\narea = math.pi * radius ** 2"
TEST = "import math\nassert abs(area - math.pi * radius ** 2) < 1e-9"
CIRCLE = (plain(RADIUS), answer(AREA), check(TEST))
HELD = {
    "as given": ({}, "", 1),
    "another value": ({RADIUS: "radius = 5"}, "", 1),
    "another value, and a wrong answer": ({RADIUS: "radius = 5", AREA: "area = 1"}, "", 0),
    "the given value at a wrong answer": ({AREA: "area = 1"}, "", 0),
    "another layout": ({RADIUS: "radius  =  3"}, "", 1),
    "bound again in the answer": ({AREA: f"radius = 2\n{AREA}"}, "", 1),
    "bound in a cell of their own": ({AREA: f"{AREA}\narea = 4 * area"}, "radius = 6", 1),
    "a name in a function of their own": ({AREA: f"{AREA}\ndef f():\n    radius = 4\n"}, "", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", HELD)
def test_the_students_value_counts(worker, name):
    changes, extra, points = HELD[name]
    result = graded(worker, *CIRCLE, changes=changes, extra=extra)
    assert score(result) == points
    noted = any("radius" in note for note in result.notes)
    assert noted == (
        name
        not in (
            "as given",
            "the given value at a wrong answer",
            "another layout",
            "a name in a function of their own",
        )
    )
    assert not result.doubts
    assert not result.flags


def test_a_locked_cell_keeps_the_instructors(worker):
    cells = (
        given("cases = [1, 2]"),
        answer("def f(x): return x * 2"),
        check("assert [f(x) for x in cases] == [2, 4]"),
    )
    changes = {
        "cases = [1, 2]": "cases = []",
        "def f(x): return x * 2": "def f(x): return 0\ncases = []",
    }
    assert score(graded(worker, *cells)) == 1
    assert score(graded(worker, *cells, changes=changes, extra="cases = []")) == 0


def test_functions_of_a_given_cell_stay_the_instructors(worker):
    helper = "def right(x):\n    assert x == 8"
    cells = (plain(helper), answer("x = 8"), check("right(x)"))
    changes = {helper: "def right(x):\n    pass", "x = 8": "x = 9\ndef right(x): pass"}
    assert score(graded(worker, *cells, changes=changes)) == 0


def test_what_is_made_from_a_changed_value_follows_it(worker):
    cells = (
        plain("n = 3"),
        given("squares = [i ** 2 for i in range(n)]"),
        answer("total = sum(squares)"),
        check("assert total == sum(i ** 2 for i in range(n)) and len(squares) == n"),
    )
    assert score(graded(worker, *cells, changes={"n = 3": "n = 5"})) == 1
    assert (
        score(
            graded(worker, *cells, changes={"n = 3": "n = 5", "total = sum(squares)": "total = 5"})
        )
        == 0
    )


def test_a_removed_cell_is_missed(worker):
    result = graded(worker, *CIRCLE, changes={RADIUS: "# nothing", AREA: "area = 28.27"})
    assert score(result) == 0


def test_code_that_cannot_be_read_is_a_change(worker):
    deep = "radius = " + "-" * 30_000 + "3"
    assert score(graded(worker, *CIRCLE, changes={RADIUS: deep, AREA: "area = 1"})) == 0
