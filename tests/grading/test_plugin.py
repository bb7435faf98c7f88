"""Does nbgrader's own command grade in the sandbox, with the engine's scores?"""

import copy
import logging
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader.converters import Autograde
from traitlets.config import Config

from course_lib.errors import CourseError
from course_lib.grading import engine, plugin
from course_lib.grading.authoring.demo_class import make_demo_class
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.intake.work import (
    Bundle,
    BundleNotebook,
    GradedNotebook,
    Job,
    SubmissionResult,
)

USE = "\nfrom course_lib.grading.plugin import use_sandbox\nuse_sandbox(c)\n"
# looks for the text of a hidden test wherever this process can look, and for the course
READER = """
import gc, sys
from pathlib import Path
wanted = "HIDDEN" + " TESTS"
places = [path for path in (Path.cwd(), Path({root!r})) if path.is_dir()]
found = [str(inside) for path in places for inside in path.iterdir()]
found += [one for one in gc.get_objects() if isinstance(one, str) and wanted in one]
frame = sys._getframe()
while frame:
    found += [str(value) for value in frame.f_locals.values() if wanted in str(value)[:100_000]
              and value is not wanted and "found += [" not in str(value)]
    frame = frame.f_back
print("READER FOUND", found)
"""
FORGER = """
import builtins, unittest
builtins.AssertionError = type("Never", (Exception,), {})
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
"""
needs_sandbox = pytest.mark.skipif(not shutil.which("bwrap"), reason="needs bubblewrap")


def scores(course):
    """Return {student: {test: (automatic score, whether a person must grade)}}."""
    with course.gradebook() as gradebook:
        return {
            one.student.id: {
                grade.name: (grade.auto_score, grade.needs_manual_grade)
                for notebook in one.notebooks
                for grade in notebook.grades
            }
            for one in gradebook.find_assignment("counting").submissions
        }


def hand_in(course, student, change):
    """Hand in the perfect notebook, changed."""
    folder = course.folder("submitted", "counting", "perfect")
    notebook = copy.deepcopy(nbformat.read(folder / "counting.ipynb", 4))
    change(notebook)
    target = course.folder("submitted", "counting", student)
    target.mkdir(parents=True)
    nbformat.write(notebook, target / "counting.ipynb")


def first_answer(notebook):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution"))


@pytest.fixture(scope="module")
def by_nbgrader(counting, tmp_path_factory):
    """Return (course, what the command said): the demo class and more, by `nbgrader autograde`."""
    root = tmp_path_factory.mktemp("plugin") / "course"
    make_demo_class(root, counting, timeout=4)
    settings = root / "nbgrader_config.py"
    settings.write_text(settings.read_text() + USE)
    course = open_course(root)

    def read(notebook):
        notebook.cells.insert(0, nbformat.v4.new_code_cell(READER.format(root=str(root))))

    def forge(notebook):
        cell = first_answer(notebook)
        name = cell.source.partition("def ")[2].partition("(")[0]
        cell.source = f"{FORGER}\ndef {name}(*args, **kwargs):\n    return Equal()"

    hand_in(course, "reader", read)
    hand_in(course, "forger", forge)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "counting"],
        check=False,
        cwd=root,
        capture_output=True,
        text=True,
        env=os.environ | {"NO_COLOR": "1"},
    )
    return course, done


@needs_sandbox
def test_the_scores_are_those_of_the_engine(by_nbgrader, graded_class):
    found, expected = scores(by_nbgrader[0]), scores(graded_class[0])
    compared = set(expected) - {"not_a_notebook"}
    assert len(compared) >= 14
    assert {name: found.get(name) for name in compared} == {n: expected[n] for n in compared}
    assert any(
        None not in one.values() and sum(s for s, _ in one.values()) == 10 for one in found.values()
    )


@needs_sandbox
def test_a_hostile_submission_gains_nothing_and_sees_nothing(by_nbgrader):
    course, _ = by_nbgrader
    found = scores(course)
    assert found["reader"] == found["perfect"]
    assert found["forger"] == found["wrong_answer"]
    notebook = nbformat.read(
        course.folder("autograded", "counting", "reader") / "counting.ipynb", 4
    )
    said = notebook.cells[0].outputs[0].text
    # its own notebook, as it was handed in
    assert said == "READER FOUND ['/tmp/work/counting.ipynb']\n"


@needs_sandbox
def test_a_submission_that_cannot_be_graded_stops_no_other_and_says_why(by_nbgrader):
    course, done = by_nbgrader
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if "for student" in line]
    assert len(lines) == 1
    assert "for student 'not_a_notebook'" in lines[0]
    assert not course.folder("autograded", "counting", "not_a_notebook").exists()


@needs_sandbox
def test_what_lies_in_autograded_is_what_the_engine_leaves(by_nbgrader, graded_class):
    for student in ("perfect", "duplicated_cells", "kernel_killer"):
        theirs, ours = (
            nbformat.read(course.folder("autograded", "counting", student) / "counting.ipynb", 4)
            for course in (by_nbgrader[0], graded_class[0])
        )
        assert [cell.source for cell in theirs.cells] == [cell.source for cell in ours.cells]
        assert [cell.get("outputs") for cell in theirs.cells] == [
            cell.get("outputs") for cell in ours.cells
        ]


def test_the_steps_are_those_of_nbgrader_with_ours_put_in():
    config = Config()
    plugin.use_sandbox(config, "container")
    ours = Autograde(config=config)
    for name, swap in (
        ("sanitize_preprocessors", [plugin.Repair]),
        ("autograde_preprocessors", [plugin.SandboxedExecute]),
    ):
        theirs = [one.__name__ for one in getattr(Autograde(), name)]
        named = [one.rpartition(".")[2] for one in getattr(ours, name)]
        added = [one.__name__ for one in swap]
        assert named == added + [one for one in theirs if one != "Execute"]
    assert plugin.SandboxedExecute(config=config).sandbox == "container"


class Pool:
    """Stands in for the engine: grades everything, unless the job says otherwise."""

    def __init__(self, log):
        self.log, self.notes = log, ["a note for the instructor"]

    def grade(self, jobs):
        for job in jobs:
            self.log.append(f"graded {job.student}")
            if b"bad" in job.notebooks.values():
                yield SubmissionResult(
                    job.student, doubts=["it holds none of the assignment's cells"]
                )
            else:
                yield SubmissionResult(
                    job.student, {name: GradedNotebook(name) for name in job.notebooks}
                )

    def __exit__(self, *args):
        self.log.append("closed")


@pytest.fixture
def desk(monkeypatch):
    """Return (ask, log): a desk whose engine only notes what it is asked."""
    log, own = [], plugin.Desk()
    state = {"bundle": "one", "content": b"good"}
    monkeypatch.setattr(
        plugin,
        "make_bundle",
        lambda course, name: Bundle(name, (BundleNotebook(state["bundle"], ()),)),
    )
    monkeypatch.setattr(
        plugin,
        "make_job",
        lambda course, name, student: Job(student, {"a": state["content"], "b": b""}),
    )
    monkeypatch.setattr(
        engine, "open_engine", lambda bundle, sandbox: log.append("open") or Pool(log)
    )

    def ask(student, name, **change):
        state.update(change)
        return own.notebook(None, "ps", student, name, "bubblewrap", logging.getLogger("test"))

    return ask, log


def test_one_engine_serves_all_and_a_submission_is_graded_once(desk, caplog):
    ask, log = desk
    assert [ask("ada", "a"), ask("ada", "b"), ask("bob", "a")] == ["a", "b", "a"]
    assert log == ["open", "graded ada", "graded bob"]
    assert "a note for the instructor" in caplog.text


def test_a_notebook_that_is_asked_for_again_is_graded_again(desk):
    ask, log = desk
    ask("ada", "a")
    ask("ada", "a")
    assert log.count("graded ada") == 2


def test_other_tests_need_another_engine(desk):
    ask, log = desk
    ask("ada", "a")
    ask("ada", "b", bundle="two")
    assert log == ["open", "graded ada", "closed", "open", "graded ada"]


def test_what_cannot_be_graded_is_an_error_with_the_reason(desk):
    ask, _ = desk
    with pytest.raises(CourseError, match="none of the assignment's cells"):
        ask("ada", "a", content=b"bad")
    with pytest.raises(CourseError, match=r"no c\.ipynb"):
        ask("ada", "c", content=b"good")


def test_the_file_of_settings_needs_two_lines():
    """The lines that stand in the module's docstring are those that the test above uses."""
    lines = [line.strip() for line in (plugin.__doc__ or "").splitlines()]
    assert all(line in lines for line in USE.strip().splitlines())
