"""Do the tests reject every plausible wrong answer, exactly where they should, and no right one?"""

import pytest

from course_lib.grading.authoring.misconceptions import disagreements, judge, kill_rate, load_misconceptions
from course_lib.grading.authoring.mutation import most_points
from course_lib.grading.authoring.source import read_source


@pytest.fixture(scope="module")
def judged(assignment):
    return judge(assignment)


def test_misconceptions_mutants_and_checks_agree(assignment):
    assert disagreements(assignment) == []


def test_every_task_has_a_mutant(assignment):
    source = read_source(assignment)
    tasks = {
        cell.metadata.nbgrader.grade_id
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code"
    }
    assert tasks == {entry.task for entry in load_misconceptions(assignment)}


def test_the_solution_gets_every_point(assignment, judged):
    base, _ = judged
    assert base.points == most_points(read_source(assignment)), base.errors


def test_every_mutant_loses_exactly_the_points_that_it_should(assignment, judged, capsys):
    _, verdicts = judged
    killed, mutants = kill_rate(verdicts)
    with capsys.disabled():
        print(f"\n{assignment.name}: {killed} of {mutants} mutants killed as expected")
    wrong = {
        v.name: f"loses {v.lost}, expected {v.expected}"
        for v in verdicts
        if v.kind == "mutant" and not v.as_expected
    }
    assert wrong == {}
    assert killed == mutants > 0


def test_whoever_makes_the_mistake_reads_its_message(judged):
    assert [v.name for v in judged[1] if not v.told] == []


def test_a_message_is_told_to_nobody_else(judged):
    assert {v.name: v.misled for v in judged[1] if v.misled} == {}


def test_every_neutral_mistake_loses_the_points_of_its_tasks(judged):
    neutral = [v for v in judged[1] if v.kind == "neutral"]
    assert [v.name for v in neutral if not v.as_expected or not v.expected] == []


def test_every_alternative_gets_every_point(judged):
    alternatives = {v.name: v.lost for v in judged[1] if v.kind == "alternative"}
    assert alternatives
    assert {name: lost for name, lost in alternatives.items() if lost} == {}
