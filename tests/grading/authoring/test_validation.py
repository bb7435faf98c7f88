"""`course validate` on a sound assignment, and on one where a test passes for free."""

import pytest
from click.testing import CliRunner

from course_lib.cli.validate import command
from course_lib.grading.authoring.source import find_assignments
from course_lib.grading.authoring.validation import validate


def outcome(assignment):
    stages = list(validate(assignment))
    assert [stage for stage, _ in stages] == ["solution", "stub"]
    return stages[-1][1]


def test_a_sound_assignment_passes_and_the_table_says_it(counting):
    solutions = str(counting.folder.parent)
    done = CliRunner().invoke(command, ["counting", "--mutants", "--solutions", solutions])
    assert done.exit_code == 0, done.output
    last = done.output.strip().splitlines()[-1].split()
    assert last[:4] == ["counting", "10.00", "10.00", "0.00"]
    assert last[-3:] == ["4", "of", "4"]


@pytest.fixture
def faulty(counting, tmp_path):
    """Return a copy with a wrong solution, and a check that asks nothing."""
    text = counting.source.read_text()
    text = text.replace("return math.sqrt(sum(count**2", "return (sum(count**2")
    head, _, rest = text.partition('assert most_common({"b": 1')
    text = head + "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n\n# %%\n_ = ({'b': 1" + rest
    start, end = text.index("# %%\n_ = ("), text.index("# %% [markdown]\n# ## Task 3")
    (tmp_path / "faulty").mkdir()
    (tmp_path / "faulty" / "faulty.py").write_text(text[:start] + text[end:])
    return find_assignments(tmp_path)[0]


def test_every_fault_is_named(faulty):
    faults = "\n".join(outcome(faulty).faults)
    assert "solution: test_length gives 0.0 of 2.0 points" in faults
    assert "solution: cell 'test_length' raises AssertionError: That is the square" in faults
    assert "stub: test_most_common gives 2.0 points for no work" in faults
    assert "stub: the check of 'most_common' gives no error, not NotImplementedError" in faults


@pytest.fixture
def failing(counting, tmp_path):
    """Return a copy that shows two errors on purpose, one of which does not come."""
    text = counting.source.read_text().rstrip()
    for name, code in (("shown", "1 / 0"), ("missed", "1 / 1")):
        text += f'\n\n# %% tags=["raises-exception"] nbgrader={{"grade_id": "{name}"}}\n{code}\n'
    (tmp_path / "failing").mkdir()
    (tmp_path / "failing" / "failing.py").write_text(text)
    return find_assignments(tmp_path)[0]


def test_an_error_that_is_intended_is_no_fault_and_one_that_does_not_come_is(failing):
    result = outcome(failing)
    said = "solution: cell 'missed' is tagged 'raises-exception' and raises nothing"
    assert result.faults == [said]
    assert result.solution == result.most
