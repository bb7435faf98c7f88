"""Is a way of running a test taken only where it holds, and does no score depend on chance?"""

# ruff: noqa: E501  (notebook cells on one line each)

from dataclasses import replace

import pytest

from course_lib.grading.engine import open_engine
from course_lib.grading.engine.calibrate import SEEDS, calibrate, solved, with_names
from course_lib.grading.engine.worker import Worker, grade_bytes
from course_lib.grading.intake.bundle import bundle_of
from course_lib.grading.intake.work import CellGrade, GradedNotebook, SubmissionResult
from tests.grading.engine_notebooks import BEGIN, END, answer, check, given, notebook


@pytest.fixture(scope="module")
def worker():
    with Worker(["numpy", "random", "unittest.mock", "time", "inspect", "torch"]) as one:
        yield one


def tried(worker, *cells):
    """Return what the trial of a source's own answers found."""

    def grade(bundle, jobs):
        data = bundle.to_bytes()
        return [
            SubmissionResult.from_bytes(grade_bytes(worker, data, job.to_bytes())) for job in jobs
        ]

    return calibrate(bundle_of("hw", notebook(*cells)), grade)


def ways(calibrated):
    """Return the way of each test: where its variables come from, or `shared`."""
    return {
        cell.known.name: "shared" if cell.shared else cell.variables
        for cell in calibrated.bundle.notebooks[0].cells
        if cell.known is not None and cell.known.grade
    }


ROLL = "import random\ndef roll(): return random.randint(1, 2)"
REPLACED = {
    "mock's patch": "from unittest.mock import patch\nwith patch('random.randint', return_value=1):\n    assert roll() in (1, 2)",
    "mock's patch of an object": "import random\nfrom unittest import mock\nwith mock.patch.object(random, 'randint', lambda a, b: 1):\n    assert roll() in (1, 2)",
    "by hand": "import random\nkept = random.randint\nrandom.randint = lambda a, b: 1\nassert roll() in (1, 2)\nrandom.randint = kept",
    "numpy's generator": "import numpy as np\nkept = np.random.rand\nnp.random.rand = lambda: 1\nassert roll() in (1, 2)\nnp.random.rand = kept",
    "the clock": "import time\nkept = time.time\ntime.time = lambda: 0\nassert roll() in (1, 2)\ntime.time = kept",
}  # fmt: skip


@pytest.mark.parametrize("name", REPLACED)
def test_what_only_the_test_sees_replaced_is_no_way_that_works(worker, name):
    """The test would pass from outside, whatever the die shows."""
    calibrated = tried(worker, answer(ROLL), check(REPLACED[name]))
    assert ways(calibrated) == {"test_1": "shared"}
    assert "it replaces" in calibrated.notes[0]


def test_redirected_output_is_not_replaced(worker):
    calibrated = tried(
        worker,
        answer("def hello(): print('hi')"),
        check("import io, sys\nkept, sys.stdout = sys.stdout, io.StringIO()\nhello()\n"
              "said, sys.stdout = sys.stdout.getvalue(), kept\nassert said == 'hi\\n'"),
    )  # fmt: skip
    assert ways(calibrated) == {"test_1": "here"}


def test_what_a_package_replaces_itself_is_no_sign(worker):
    """The first optimiser has torch wrap some of its own functions anew."""
    calibrated = tried(
        worker,
        answer(
            "import torch\ndef f(): return torch.optim.SGD([torch.ones(1)], 1.0).defaults['lr']"
        ),
        check("import torch\ntorch.optim.SGD([torch.ones(1)], 1.0)\nassert f() == 1"),
    )
    assert ways(calibrated) == {"test_1": "here"}


def test_a_way_that_one_seed_fails_is_not_taken():
    """A grader that fails the test from outside with the last seed alone."""
    asked = []

    def grade(bundle, jobs):
        way = bundle.notebooks[0].cells[1]
        asked.append((way.variables, bool(way.shared), [job.seed for job in jobs]))
        found = []
        for job in jobs:
            lost = job.seed == SEEDS[-1] and not way.shared
            cell = CellGrade("test_1", "grade", 1.0, 0.0 if lost else 1.0, None, "no" * lost)
            found.append(SubmissionResult("x", {"hw": GradedNotebook("", [cell])}))
        return found

    calibrated = calibrate(bundle_of("hw", notebook(answer("x = 1"), check("assert x"))), grade)
    assert ways(calibrated) == {"test_1": "shared"}
    first, rest = [SEEDS[0]], list(SEEDS[1:])
    assert asked == [
        (where, shared, seeds)
        for where, shared in (("here", False), ("there", False), ("there", True))
        for seeds in (first, rest)
    ]


def test_a_test_of_no_points_is_tried_like_others(worker):
    loop = "def f(x):\n    for i in range(x): pass\n    return x"
    calibrated = tried(
        worker,
        answer(loop),
        check("import inspect\nassert 'for' in inspect.getsource(f), 'use a loop'", points=0),
        check("assert f(2) == 2", points=0),
    )
    assert ways(calibrated) == {"test_1": "shared", "test_2": "here"}
    assert [cell.message for cell in calibrated.result.notebooks["hw"].cells[1:]] == ["", ""]


def test_answers_that_fail_their_own_test_are_named(worker):
    calibrated = tried(worker, answer("x = 1"), check("assert x == 2"), check("x / 2"))
    assert ways(calibrated) == {"test_1": "here", "test_2": "here"}
    assert [note.partition(":")[0] for note in calibrated.notes] == [
        "the source's own answers lose points in 'test_2'",
        "the source's own answers fail 'test_1'",
    ]


@pytest.mark.parametrize(("text", "there"), [("x = 1", False), (f"{BEGIN}\nx = 1\n{END}", True)])
def test_a_test_that_fails_all_its_answers_goes_to_a_person(worker, text, there):
    """Of a source without answers nothing can be said."""
    calibrated = tried(worker, answer(text), check("assert x == 2"), check("assert x == 1"))
    cells = calibrated.bundle.notebooks[0].cells
    assert [cell.by_hand for cell in cells] == [False, there, False]
    assert calibrated.notes == ["the source's own answers fail 'test_1': AssertionError"]


UNSEEDED = {
    "random": "import random\nx = random.random()",
    "a generator of their own": "import random\nx = random.Random().random()",
    "the system's": "import random\nx = random.SystemRandom().random()",
    "seeded with nothing": "import random\nrandom.seed()\nx = random.random()",
    "numpy": "import numpy as np\nx = float(np.random.rand())",
    "numpy's new one": "import numpy as np\nx = float(np.random.default_rng().random())",
    "a UUID": "import uuid\nx = uuid.uuid4().int / 2 ** 128",
    "bytes": "import os\nx = int.from_bytes(os.urandom(4)) / 2 ** 32",
    "the order of a set": "x = {'a': .1, 'b': .2, 'c': .3, 'd': .4}[list({'a', 'b', 'c', 'd'})[0]]",
}  # fmt: skip


@pytest.mark.parametrize("where", ["the answer", "the test"])
@pytest.mark.parametrize("name", UNSEEDED)
def test_two_gradings_give_the_same_score(worker, name, where):
    text = UNSEEDED[name]
    cells = (
        (answer(text), check("x"))
        if where == "the answer"
        else (answer("y = 1"), check(f"{text}\nx"))
    )
    bundle = bundle_of("hw", notebook(*cells))
    bundle = replace(bundle, notebooks=(with_names(bundle.notebooks[0]),))
    scores = {}
    for seed in (0, 0, 1):
        result = grade_bytes(worker, bundle.to_bytes(), solved(bundle, seed).to_bytes())
        found = SubmissionResult.from_bytes(result).notebooks["hw"].cells[1].auto_score
        assert 0 < found < 1
        scores.setdefault(seed, set()).add(found)
    assert len(scores[0]) == 1
    if "set" not in name:
        assert scores[1] != scores[0]


def test_the_systems_randomness_comes_back(worker):
    import os
    import random

    from course_lib.grading.remote.entropy import fixed

    before = os.urandom, random._urandom, random.Random.seed
    with fixed(0):
        first = random.Random().random(), os.urandom(8)
    with fixed(0):
        assert (random.Random().random(), os.urandom(8)) == first
    assert (os.urandom, random._urandom, random.Random.seed) == before
    assert os.urandom(8) != os.urandom(8)
    random.seed(1)
    assert random.random() == random.Random(1).random()


def test_the_trial_ends_with_the_last_test_and_a_submission_with_the_last_graded_cell(worker):
    cells = given("print('first')"), answer("x = 1"), check("x == 1"), given("print('shown')")
    bundle = bundle_of("hw", notebook(*cells, answer("print('free')")))
    text = {}
    for learn in (True, False):
        job = replace(solved(bundle), learn=learn)
        data = grade_bytes(worker, bundle.to_bytes(), job.to_bytes())
        text[learn] = SubmissionResult.from_bytes(data).notebooks["hw"].text
    assert ["first\\n" in text[True], "shown\\n" in text[True]] == [True, False]
    assert "shown\\n" in text[False]


def test_an_engine_says_what_it_found():
    bundle = bundle_of("hw", notebook(given("n = 2"), answer("x = n"), check("assert x == 3")))
    with open_engine(bundle, 1) as engine:
        assert engine.notes == ["the source's own answers fail 'test_2': AssertionError"]
