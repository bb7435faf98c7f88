"""Every assignment in solutions/, found by looking."""

from pathlib import Path

from course_lib.grading.authoring.source import SOLUTIONS, find_assignments

ASSIGNMENTS = find_assignments(SOLUTIONS) if Path(SOLUTIONS).is_dir() else []


def pytest_generate_tests(metafunc):
    """Give each test that asks for an `assignment` every one there is."""
    if "assignment" in metafunc.fixturenames:
        metafunc.parametrize("assignment", ASSIGNMENTS, ids=lambda a: a.name, scope="module")
