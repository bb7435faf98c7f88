"""Do hostile and broken submissions end with the honest score, and is nothing outside touched?"""

import os
import shutil
from dataclasses import replace

import pytest
from suites.canary import SECRET, Canary
from suites.honest import CASES as HONEST
from suites.hostile import CASES
from suites.plain import derive, recorded
from suites.run import case_faults, grade, probe, sandbox_faults, scores

from course_lib.grading.course.limits import Limits

LIMITS = Limits(cell_seconds=3, patience=3, submission_seconds=120, memory=2 << 30, processes=64)
# accidents that plain nbgrader survives: what we call their honest score is what it gives
CALIBRATED = (
    "header input plot pip drive cuda cd own_path unfinished conflict quotes windows_lines "
    "saved_outputs odd_names own_data edited_test format_44"
).split()
KINDS = ("forging", "looking", "exhausting", "breaking", "accident")
# what waits for a limit takes seconds: some of it, or with COURSE_SUITES=all in the environment all
PATIENT = (
    "time_loop time_deaf_loop time_sleep time_stop time_call_deaf time_daemon_deaf time_exception "
    "space_list space_torch space_disk space_forks space_fork_bomb space_shared_memory "
    "output_print output_lines output_bytes output_display return_list return_shared return_tensor "
    "return_recursion_deep"
).split()
if os.environ.get("COURSE_SUITES") == "all":
    CHOSEN = CASES
else:
    CHOSEN = {
        name: case
        for name, case in CASES.items()
        if case.kind != "exhausting" or name.startswith("file_") or name in PATIENT
    }
needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")


@pytest.fixture(scope="session")
def canary():
    os.environ |= SECRET
    bird = Canary()
    yield bird
    bird.close()
    for name in SECRET:
        del os.environ[name]


@pytest.fixture(scope="session")
def graded(tmp_path_factory, canary):
    """Return {assignment: batch}; hostile code runs only after a harmless probe was shut in."""
    folder = tmp_path_factory.mktemp("hostile")
    first = grade(folder / "probe", "tensors", {"probe": probe()})
    faults = sandbox_faults(first.results["probe"])
    assert not faults, f"no hostile code is run: {faults}"
    batches = {}
    for assignment in ("tensors", "basics", "wild"):
        some = {name: case for name, case in CHOSEN.items() if case.assignment == assignment}
        batches[assignment] = grade(
            folder / assignment, assignment, some, canary.place, limits=LIMITS
        )
    return batches


@needs_sandbox
@pytest.mark.parametrize("name", CHOSEN)
def test_it_ends_with_the_honest_score(name, graded):
    case = CASES[name]
    expected = recorded()[case.honest]["scores"] if case.honest else {}
    result = graded[case.assignment].results[name]
    faults = case_faults(case, result, expected)
    assert not faults, f"{case.tries}: {faults}"


@needs_sandbox
def test_the_batch_is_complete(graded):
    assert not [fault for batch in graded.values() for fault in batch.faults]
    came = {name for batch in graded.values() for name in batch.results}
    assert came == set(CHOSEN)


@needs_sandbox
def test_nothing_outside_is_touched(graded, canary):
    assert not canary.damage()


def test_every_kind_has_its_cases():
    for kind in KINDS:
        assert sum(case.kind == kind for case in CASES.values()) >= 20
    assert {case.kind for case in CASES.values()} == set(KINDS)


def test_honest_scores_are_what_plain_nbgrader_gives(tmp_path):
    """A sample; with COURSE_PLAIN=all in the environment more of them."""
    names = CALIBRATED if os.environ.get("COURSE_PLAIN") == "all" else CALIBRATED[:3]
    cases = [CASES[f"oops_{name}"] for name in names]
    honest = {case.name: recorded()[case.honest]["scores"] for case in cases}
    assert derive(cases, tmp_path) == honest


def test_a_missing_point_is_noticed():
    """The comparison itself: one point less, one cell more, a word printed."""
    from course_lib.grading.intake.work import CellGrade, GradedNotebook, SubmissionResult

    expected = recorded()["t_right"]["scores"]
    case = next(case for case in CASES.values() if case.honest == "t_right" and not case.either)
    cells = [
        CellGrade(name.partition("/")[2], "grade", points, points)
        for name, points in expected.items()
    ]
    text = HONEST["t_right"].handed().files["tensors.ipynb"].decode()
    result = SubmissionResult("x", {"tensors": GradedNotebook(text, cells)})
    assert scores(result) == expected
    few = replace(cells[0], auto_score=0.0)
    short = SubmissionResult("x", {"tensors": GradedNotebook(text, [few, *cells[1:]])})
    assert any("0.0 came" in fault for fault in case_faults(case, short, expected))
    more = [*cells, CellGrade("bonus", "grade", 5.0, 5.0)]
    extra = SubmissionResult("x", {"tensors": GradedNotebook(text, more)})
    assert any("no cell of ours" in fault for fault in case_faults(case, extra, expected))
    silent = SubmissionResult("x", {}, doubts=[])
    assert "neither a grade nor a reason" in case_faults(case, silent, expected)
