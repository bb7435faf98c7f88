"""One small assignment, and one demo class of it that is graded once for all tests here."""

from pathlib import Path

import pytest
from shared_work import once

SOLUTIONS = Path(__file__).parent / "solutions"


@pytest.fixture(scope="session")
def counting():
    """Return the assignment `counting`: four tasks, ten points, nothing heavy to import."""
    from course_lib.grading.authoring.source import find_assignments

    return find_assignments(SOLUTIONS, ("counting",))[0]


@pytest.fixture(scope="session")
def graded_class(counting, tmp_path_factory):
    """Return (course, outcomes by student) of the demo class; do not change it, copy it."""
    from course_lib.grading.authoring.demo_class import make_demo_class
    from course_lib.grading.course.course_dir import open_course
    from course_lib.grading.run.autograde import autograde

    def grade(folder):
        make_demo_class(folder, counting, timeout=4)
        outcomes = autograde(open_course(folder), "counting", progress=False)
        return folder, {outcome.student: outcome for outcome in outcomes}

    folder, outcomes = once(tmp_path_factory, "class", grade)
    return open_course(folder), outcomes


@pytest.fixture
def class_copy(graded_class, tmp_path):
    """Return a copy of the graded demo class that a test may change."""
    import shutil

    from course_lib.grading.course.course_dir import open_course

    shutil.copytree(graded_class[0].root, tmp_path / "course")
    return open_course(tmp_path / "course")
