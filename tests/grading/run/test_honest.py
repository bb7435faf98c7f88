"""Do honest submissions get what plain nbgrader gives them, cell by cell?"""

import os
import shutil

import pytest
from suites.honest import CASES, ON_PURPOSE
from suites.plain import derive, key, recorded
from suites.run import grade, notebook_faults, score_faults, scores

SAMPLE = ("t_two_layer_by_hand", "t_sgd_step_sum", "b_double_both")
needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """Return the outcome of every honest submission, graded in two batches."""
    results = {}
    for assignment in ("tensors", "basics", "wild"):
        some = {name: case for name, case in CASES.items() if case.assignment == assignment}
        batch = grade(tmp_path_factory.mktemp("honest") / assignment, assignment, some)
        assert not batch.faults
        results |= batch.results
    return results


@needs_sandbox
@pytest.mark.parametrize("name", CASES)
def test_scores_are_those_of_plain_nbgrader(name, graded):
    expected = recorded()[name]["scores"]
    if name in ON_PURPOSE:
        expected = expected | ON_PURPOSE[name][1]
    assert not score_faults(graded[name], expected)
    assert not graded[name].doubts
    assert not graded[name].flags
    assert not notebook_faults(CASES[name].assignment, graded[name])


@needs_sandbox
@pytest.mark.parametrize("name", ON_PURPOSE)
def test_differences_on_purpose_are_differences(name, graded):
    reason, ours = ON_PURPOSE[name]
    plain = recorded()[name]["scores"]
    assert reason
    assert {cell: plain[cell] for cell in ours} != ours
    assert {cell: scores(graded[name])[cell] for cell in ours} == ours


def test_the_record_is_of_these_submissions():
    known = recorded()
    stale = [name for name, case in CASES.items() if known.get(name, {}).get("key") != key(case)]
    assert not stale, f"run `python -m suites.plain` in tests/grading for {stale}"
    assert set(known) == set(CASES)


def test_there_are_enough_of_both_kinds():
    known = recorded()
    full = [
        name for name, case in CASES.items() if _total(known[name]) == _total(known[_right(case)])
    ]
    assert len(full) >= 40
    assert len(CASES) - len(full) >= 60


def test_plain_nbgrader_still_says_so(tmp_path):
    """A sample; with COURSE_PLAIN=all in the environment every one (some 15 minutes)."""
    names = list(CASES) if os.environ.get("COURSE_PLAIN") == "all" else SAMPLE
    derived = derive([CASES[name] for name in names], tmp_path)
    assert derived == {name: recorded()[name]["scores"] for name in names}


def _right(case):
    return {"tensors": "t_right", "basics": "b_right", "wild": "w_right"}[case.assignment]


def _total(entry):
    return sum(points or 0 for points in entry["scores"].values())
