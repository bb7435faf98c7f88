"""Any nbgrader course: another layout, another gradebook, several notebooks, answers by hand."""

import json

import pytest

from course_lib.errors import CourseDirectoryError
from course_lib.grading.authoring.demo_class import generate_assignment
from course_lib.grading.authoring.release import student_notebook, to_bytes
from course_lib.grading.authoring.source import read_source
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.course.files import write_whole
from course_lib.grading.reports.export import export
from course_lib.grading.run.autograde import autograde

CONFIG = """
c = get_config()
c.CourseDirectory.directory_structure = "{assignment_id}/{nbgrader_step}/{student_id}"
c.CourseDirectory.source_directory = "teacher"
c.CourseDirectory.db_url = "sqlite:///books/marks.db"
c.Execute.timeout = 30
"""


@pytest.fixture(scope="module")
def other_course(counting, tmp_path_factory):
    """Return an nbgrader course that shares nothing with the demo but the notebook format.

    Its assignment has two notebooks and an answer to grade by hand; `solo` handed in only one.
    """
    import nbformat

    root = tmp_path_factory.mktemp("other") / "course"
    root.mkdir()
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "books").mkdir()
    source = read_source(counting)
    written = nbformat.v4.new_markdown_cell("What did you learn?")
    written["id"] = "essay"
    written.metadata["nbgrader"] = {
        "grade": True,
        "grade_id": "essay",
        "locked": False,
        "points": 4,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    source.cells.append(written)
    for name in ("first", "second"):
        write_whole(root / "hw" / "teacher" / "." / f"{name}.ipynb", to_bytes(source))
    course = open_course(root)
    generate_assignment(course, "hw")
    handed_in = student_notebook(source)
    for cell in handed_in.cells:
        if cell.id == "length":
            cell.source = (
                "def length(counts):\n    return sum(n * n for n in counts.values()) ** 0.5"
            )
        if cell.id == "essay":
            cell.source = "That words can be counted."
    write_whole(root / "hw" / "submitted" / "solo" / "first.ipynb", to_bytes(handed_in))
    return course


def test_another_layout_is_honoured(other_course):
    assert other_course.db_url == f"sqlite:///{other_course.root}/books/marks.db"
    assert other_course.assignments() == ["hw"]
    assert other_course.students("hw") == ["solo"]


def test_what_is_there_is_graded_and_the_rest_is_said(other_course):
    (outcome,) = autograde(other_course, "hw", progress=False)
    assert (outcome.state, outcome.score, outcome.max_score) == ("graded", 2.0, 28.0)
    assert "second.ipynb was not handed in: 0 points" in outcome.notes
    assert "1 answers to grade by hand" in outcome.notes
    assert not outcome.needs_person
    again = autograde(other_course, "hw", progress=False)
    assert again[0].state == "unchanged"
    waiting = export(other_course, other_course.root / "grades.csv")
    assert waiting == ["solo / hw (by hand: 1)"]


def test_a_folder_that_is_no_course(tmp_path):
    with pytest.raises(CourseDirectoryError, match="no such folder"):
        open_course(tmp_path / "nowhere")
    with pytest.raises(CourseDirectoryError, match="no source folder"):
        autograde(open_course(tmp_path), "hw", progress=False)
    assert list(tmp_path.iterdir()) == []


def test_a_configuration_that_fails_is_one_error(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n1 / 0\n")
    with pytest.raises(CourseDirectoryError, match="division by zero"):
        open_course(tmp_path)


def test_a_gradebook_that_is_none_is_one_error(class_copy):
    (class_copy.root / "gradebook.db").write_bytes(b"not a database at all, only text " * 40)
    with pytest.raises(CourseDirectoryError, match="gradebook"):
        autograde(class_copy, "counting", progress=False)


def test_plain_nbgrader_releases_and_grades_our_files_alike(class_copy, counting):
    """The notebook that nbgrader releases is ours, cell for cell, and so is the score it gives."""
    from nbgrader.converters import Autograde

    ours = json.loads(to_bytes(student_notebook(read_source(counting))))
    path = class_copy.folder("release", "counting") / "counting.ipynb"
    theirs = json.loads(path.read_text())
    for mine, released in zip(ours["cells"], theirs["cells"], strict=True):
        assert "".join(mine["source"]) == "".join(released["source"])
        assert mine["metadata"] == released["metadata"]
    plain = Autograde(
        coursedir=class_copy.directory("counting", "broken_syntax"),
        config=class_copy.config,
        force=True,
    )
    plain.start()
    with class_copy.gradebook() as gradebook:
        assert gradebook.find_submission("counting", "broken_syntax").score == 7.0
