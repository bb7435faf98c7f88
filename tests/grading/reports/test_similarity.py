"""Near-identical answers: planted copies are found, and honest agreement is left alone."""

import random
import time

import pytest
from simulated_answers import TASKS, renamed, simulated

from course_lib.grading.notebook.code_form import form_of
from course_lib.grading.reports.similarity import near_identical

ODD = """\
def search(values, wanted):
    window = list(enumerate(values))
    while window:
        pivot = len(window) >> 1
        place, found = window[pivot]
        difference = found - wanted
        if not difference:
            return place
        window = window[pivot + 1:] if difference < 0 else window[:pivot]
    return ~0
"""
DISGUISED = '''\
def search(sorted_list, target: int) -> int:
    """My own search."""
    # look at all of them
    w = list( enumerate(sorted_list) )

    while w:
        half = len(w)>>1   # the half
        index, number = w[half]
        gap = (number - target)
        if not gap:
            # there it is
            return index
        w = (w[half+1:]
             if gap < 0 else w[:half])
    return ~0
'''


def plant(answers, task, source, *students):
    for student in students:
        answers[task][student] = source


def found(answers, **known):
    return [group.students for group in near_identical(answers, **known)]


def test_names_comments_layout_docstrings_and_annotations_do_not_matter():
    assert form_of(ODD) == form_of(DISGUISED)


@pytest.mark.parametrize(
    "other",
    [
        ODD.replace("~0", "-1"),
        ODD.replace("< 0", "<= 0"),
        ODD.replace("place, found", "found, place"),
        ODD.replace("len(window)", "sum(window)"),
    ],
)
def test_what_the_code_does_matters(other):
    assert form_of(ODD) != form_of(other)


def test_code_that_does_not_parse_is_compared_by_its_tokens():
    broken = ODD.replace("while window:", "while window")
    also = DISGUISED.replace('"""My own search."""', "").replace("while w:", "while w")
    also = also.replace(": int) -> int", ")").replace("sorted_list", "values")
    form = form_of(broken)
    assert "While" not in form
    assert len(form) > 50
    assert form == form_of(broken.replace("window", "w").replace("difference", "d"))
    assert len(set(form) ^ set(form_of(also))) <= 2


@pytest.mark.parametrize("source", ["", "   ", "\0", "(" * 5000, "x = " + "-" * 50_000 + "1"])
def test_no_answer_breaks_the_comparison(source):
    answers = simulated(8, tasks={"search": TASKS["search"]})
    plant(answers, "search", source, "s0001", "s0002")
    assert {name for group in found(answers) for name in group} <= {"s0001", "s0002"}


@pytest.mark.parametrize("students", [15, 30, 60, 200])
def test_an_honest_class_is_left_alone(students):
    """Six tasks, two of which force the answer; many pairs agree in several of them by chance."""
    for seed in range(4):
        assert found(simulated(students, seed)) == []


def test_many_tasks_give_chance_no_more_room():
    """Ten tasks and many students: some pairs agree in three of them, and still by chance."""
    answers, more = simulated(500, seed=1), simulated(500, seed=2)
    answers |= {f"{task}_2": more[task] for task in ("mean", "count", "search", "scale")}
    assert found(answers) == []


def test_forced_answers_are_never_evidence():
    answers = simulated(40)
    answers = {task: answers[task] for task in ("identity", "last")}
    assert len({form_of(source) for source in answers["identity"].values()}) == 1
    assert found(answers) == []


@pytest.mark.parametrize("students", [15, 200])
@pytest.mark.parametrize("copy", [DISGUISED, DISGUISED.replace("while w:", "while len(w):")])
def test_a_copy_of_an_unusual_answer_is_found_in_disguise(students, copy):
    answers = simulated(students, seed=3)
    plant(answers, "search", ODD, "s0003")
    plant(answers, "search", copy, "s0007")
    (group,) = near_identical(answers)
    assert group.students == ("s0003", "s0007")
    assert [one.cell for one in group.agreements if one.cell == "search"]
    assert group.answered == 6
    assert 0 < group.share < 1


def test_three_who_share_are_one_group():
    answers = simulated(60, seed=5)
    plant(answers, "search", ODD, "s0003", "s0030")
    plant(answers, "search", DISGUISED, "s0007")
    (group,) = near_identical(answers)
    assert group.students == ("s0003", "s0007", "s0030")


def test_a_whole_notebook_copied_is_found_by_what_is_rare_in_it():
    """No answer is odd by itself; that all of the uncommon choices agree is."""
    rng = random.Random(1)
    hits = 0
    for seed in range(6):
        answers = simulated(30, seed)
        for sources in answers.values():
            sources["s0003"] = renamed(rng, sources["s0007"])
        hits += ("s0003", "s0007") in found(answers)
    assert hits >= 3


def test_what_everybody_was_given_is_no_evidence():
    answers = simulated(30, seed=2)
    plant(answers, "search", ODD, "s0003", "s0007")
    assert found(answers, given={"search": DISGUISED}) == []
    assert found(answers, known={"search": [DISGUISED]}) == []
    assert found(answers) == [("s0003", "s0007")]


def test_the_usual_answer_of_half_of_the_class_is_no_evidence():
    answers = simulated(40, seed=2)
    plant(answers, "search", ODD, *(f"s{n:04d}" for n in range(20)))
    assert found(answers) == []


def test_an_empty_class_and_a_class_of_one():
    assert near_identical({}) == []
    assert near_identical({"search": {}}) == []
    assert near_identical({"search": {"ada": ODD}}) == []


def test_two_thousand_students_take_seconds():
    answers = simulated(2000, seed=8)
    plant(answers, "search", ODD, "s0003")
    plant(answers, "search", DISGUISED, "s1007")
    started = time.process_time()
    assert ("s0003", "s1007") in found(answers)
    assert time.process_time() - started < 30
