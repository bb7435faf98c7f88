"""A test that the source's own answers fail: a person gives its points, and the mark stays."""

import shutil

import nbformat
import pytest
from ledger_course import answer, check
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.grading.authoring.demo_class import generate_assignment
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.reports.class_data import collect
from course_lib.grading.reports.export import export
from course_lib.grading.reports.feedback import feedback
from course_lib.grading.run.autograde import autograde
from tests.grading.ledger_course import marked

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"  # the source has no answer of its own
ANSWERS = {
    "ann": {"add": "def add(a, b):\n    return a + b", "more": "def more(x):\n    return x + 1"},
    "bob": {"add": "def add(a, b):\n    return 4"},
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Return a graded course: the first test asks too much, the second is of an open question."""
    root = tmp_path_factory.mktemp("broken") / "course"
    (root / "source" / "ps").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    cells = [
        answer("add", "def add(a, b):", "return a + b"),
        check("t_add", "assert add(1, 2) == 4", 2),
        check("t_free", "assert add(1, 2) == 4", 0),
        check("t_sum", "assert add(1, 2) == 3", 3),
        marked(new_code_cell(STUB), "more", solution=True),
        check("t_more", "assert more(1) == 2", 1),
    ]
    nbformat.write(new_notebook(cells=cells), root / "source" / "ps" / "main.ipynb")
    course = open_course(root)
    generate_assignment(course, "ps")
    for student, answers in ANSWERS.items():
        folder = course.folder("submitted", "ps", student)
        shutil.copytree(course.folder("release", "ps"), folder)
        notebook = nbformat.read(folder / "main.ipynb", 4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        nbformat.write(notebook, folder / "main.ipynb")
    return root, {one.student: one for one in autograde(course, "ps", progress=False)}


@pytest.fixture
def course(broken, tmp_path):
    """Return a copy that a test may change."""
    shutil.copytree(broken[0], tmp_path / "course")
    return open_course(tmp_path / "course")


def grades(course):
    with course.gradebook() as gradebook:
        return {
            f"{handed.student.id} {grade.name}": (
                grade.auto_score,
                grade.manual_score,
                grade.needs_manual_grade,
            )
            for handed in gradebook.find_assignment("ps").submissions
            for grade in handed.notebooks[0].grades
        }


def test_everybody_waits_for_a_person_with_the_points_of_the_test(broken, course):
    found = grades(course)
    assert {name for name, (_, _, waits) in found.items() if waits} == {"ann t_add", "bob t_add"}
    assert (found["ann t_add"][0], found["bob t_add"][0]) == (0, 2)
    for student, score in {"ann": 4.0, "bob": 2.0}.items():
        outcome = broken[1][student]
        assert (outcome.score, outcome.needs_person) == (score, True)
        assert outcome.doubts == ["the source's own answers fail t_add: points by hand"]


def test_it_is_shown_as_waiting(course):
    assert export(course, course.root / "grades.csv") == [
        "ann / ps (by hand: 1)",
        "bob / ps (by hand: 1)",
    ]
    (page,) = feedback(course, "ps", ["ann"], progress=False)[0].pages
    assert page.read_text().count("not graded yet") == 1
    people = {one.student: one.doubts for one in collect(course, "ps").people.values()}
    assert any("to grade by hand" in doubt for doubt in people["ann"])


def test_a_mark_by_hand_stays(course):
    with course.gradebook() as gradebook:
        for student, mark in {"ann": 2.0, "bob": 0.0}.items():
            grade = gradebook.find_grade("t_add", "main", "ps", student)
            grade.manual_score, grade.needs_manual_grade = mark, False
        gradebook.db.commit()
    outcomes = {one.student: one for one in autograde(course, "ps", progress=False)}
    assert {name: one.score for name, one in outcomes.items()} == {"ann": 6.0, "bob": 0.0}
    assert not any(one.needs_person for one in outcomes.values())
    assert export(course, course.root / "grades.csv") == []
    # graded again, the mark stays and somebody is to look once more, as with nbgrader
    again = {one.student: one for one in autograde(course, "ps", progress=False, force=True)}
    assert {name: one.score for name, one in again.items()} == {"ann": 6.0, "bob": 0.0}
    assert grades(course)["ann t_add"] == (0.0, 2.0, True)
