"""The students' notebooks: up to date, reproducible, fit for every editor, without a leak."""

import json
import re
import shutil

import nbformat
import pytest

from course_lib.grading.authoring.release import release, released_bytes
from course_lib.grading.authoring.source import EXERCISES, SOLUTIONS, find_assignments, read_source


@pytest.fixture(scope="module")
def student(assignment):
    return json.loads(released_bytes(assignment, "")[1])


def test_the_committed_notebook_is_up_to_date(assignment):
    (released,) = release([assignment], EXERCISES, check=True)
    assert released.state == "unchanged", "run `course release` and commit exercises/"


def test_a_copy_of_the_source_elsewhere_gives_the_same_bytes(assignment, tmp_path):
    shutil.copytree(assignment.folder, tmp_path / assignment.name)
    (copied,) = find_assignments(tmp_path)
    assert released_bytes(copied, "")[1] == released_bytes(assignment, "")[1]


def test_every_notebook_there_has_a_source():
    names = {folder.name for folder in EXERCISES.iterdir() if folder.is_dir()}
    assert names == {assignment.name for assignment in find_assignments(SOLUTIONS)}


def test_it_is_a_notebook_that_jupyterlab_vs_code_and_colab_open(student):
    nbformat.validate(student)
    assert (student["nbformat"], student["nbformat_minor"]) == (4, 5)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert student["metadata"]["kernelspec"] == kernel
    ids = [cell["id"] for cell in student["cells"]]
    assert len(set(ids)) == len(ids)


def test_graded_cells_are_named_by_their_grade_id(student):
    for cell in student["cells"]:
        meta = cell["metadata"].get("nbgrader")
        if meta and (meta["grade"] or meta["solution"]):
            assert cell["id"] == meta["grade_id"]


def test_stubs_keep_signature_and_docstring(assignment, student):
    source = {cell.id: cell.source for cell in read_source(assignment).cells}
    stubs = [c for c in student["cells"] if c["metadata"].get("nbgrader", {}).get("solution")]
    assert stubs
    for cell in stubs:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            assert "raise NotImplementedError" in text
            head = re.findall(r"^(?:def|class) .*$", source[cell["id"]], re.MULTILINE)
            assert all(line in text for line in head)
            assert not head or '"""' in text


def test_no_output_no_answer_no_hidden_test(student):
    for cell in student["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert not re.search("(BEGIN|END) (SOLUTION|HIDDEN)", "".join(cell["source"]))


def test_minutes_points_and_tasks_are_the_sums_of_their_parts(assignment, student):
    text = "\n".join("".join(c["source"]) for c in student["cells"] if c["cell_type"] == "markdown")
    parts = re.findall(r"^#+ .*\((\d+) minutes(?:, (\d+) points)?\)$", text, re.MULTILINE)
    words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    n_tasks = words[sum(bool(points) for _, points in parts)]
    points = sum(int(points or 0) for _, points in parts)
    minutes = sum(int(minutes) for minutes, _ in parts)
    assert 45 <= minutes <= 90
    named = f"There are {n_tasks} tasks, {points} points, and about {minutes} minutes of work."
    assert named in text
    graded = [cell["metadata"].get("nbgrader", {}) for cell in student["cells"]]
    assert points == sum(meta["points"] for meta in graded if meta.get("grade"))


def test_the_first_code_cell_finds_or_gets_the_library(student):
    first = next(cell for cell in student["cells"] if cell["cell_type"] == "code")
    assert "import course_lib" in "".join(first["source"])
