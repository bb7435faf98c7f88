"""Can a notebook be run or imported by another one, and whose version counts for a test?"""

import json
from dataclasses import replace

import pytest

from course_lib.grading.engine import open_engine
from course_lib.grading.engine.calibrate import solved
from course_lib.grading.engine.runs import expanded
from tests.grading.engine_notebooks import an_assignment, answer, check, given, plain, points

HELPER = "LIMIT = 3\ndef right(x):\n    assert x == 8, 'x is 8'\ndef double(n): return 2 * n"
# what an instructor finds in Jupyter's documentation, in a few lines
FINDER = """
import io, sys, types
from pathlib import Path
from importlib.machinery import ModuleSpec
import nbformat
class Loader:
    def create_module(self, spec): return None
    def exec_module(self, module):
        book = nbformat.read(module.__spec__.origin, as_version=4)
        for cell in book.cells:
            if cell.cell_type == "code": exec(cell.source, module.__dict__)
class Finder:
    def find_spec(self, name, path=None, target=None):
        file = Path(name.replace(".", "/") + ".ipynb")
        return ModuleSpec(name, Loader(), origin=str(file)) if file.exists() else None
"""
HOOK = "sys.meta_path.append(Finder())"
RIGHT = "def f(x): return x + 1"
SAYS_YES = """
class Yes:
    def __eq__(self, other): return True
def f(x): return Yes()
"""


def as_file(*texts):
    cells = [
        {"cell_type": "code", "metadata": {}, "source": t, "outputs": [], "execution_count": None}
        for t in texts
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}).encode()


LAZY = {"helper": as_file("LIMIT = 3\ndef right(x): pass\ndef double(n): return 9")}
WAYS = {
    "run": [given("%run helper.ipynb")],
    "run from a cell that may change": [plain("%run ./helper.ipynb")],
    "imported": [
        given(FINDER),
        given(HOOK),
        given("from helper import *\nimport helper"),
    ],
}


@pytest.mark.parametrize("name", WAYS)
def test_a_notebook_of_helpers(name):
    """The student's process has the student's version, a test the instructor's."""
    before = WAYS[name]
    main = (*before, answer("x = double(4)"), check("right(x)\nassert LIMIT == 3"))
    bundle = an_assignment({"main": main, "helper": [plain(text) for text in HELPER.split("\n\n")]})
    test = f"main/test_{len(before) + 1}"
    scores, engine, _ = points(bundle, {}, {"main": ["x = 9"]})
    assert scores == [{test: 1}, {test: 0}]
    assert not engine.notes
    scores, _, _ = points(bundle, {"main": ["x = double(4)"]}, notebooks=LAZY)
    assert scores == [{test: 0}]


@pytest.mark.parametrize("line", ["%run tools.py", "%run -i 'lib/tools.py'", "%run lib/tools"])
def test_a_file_that_a_given_cell_runs(line):
    path = "lib/tools.py" if "lib" in line else "tools.py"
    bundle = an_assignment(
        {"main": (given(line), answer("x = double(4)"), check("right(x)"))}, {path: HELPER.encode()}
    )
    lazy = "def right(x): pass\nx = 9"
    scores, engine, _ = points(bundle, {}, {"main": [lazy]})
    assert scores == [{"main/test_2": 1}, {"main/test_2": 0}]
    assert not engine.notes


def test_a_notebook_of_helpers_that_was_not_handed_in_or_whose_locked_cells_were_changed():
    main = (given("%run helper.ipynb"), answer("x = double(4)"), check("right(x)"))
    bundle = an_assignment({"main": main, "helper": [given(HELPER)]})
    with open_engine(bundle, 1) as engine:
        whole = replace(solved(engine.bundle), learn=False)
        without = {name: data for name, data in whole.notebooks.items() if name != "helper"}
        (missing,) = engine.grade([replace(whole, notebooks=without)])
        lazy = whole.notebooks["helper"].replace(b"2 * n", b"9")
        (changed,) = engine.grade([replace(whole, notebooks=whole.notebooks | {"helper": lazy})])
    for result in (missing, changed):
        (test,) = [cell for cell in result.notebooks["main"].cells if cell.kind == "grade"]
        assert test.auto_score == 1
    assert not missing.notes


@pytest.mark.parametrize(
    "test", ["assert y == 4 and f(5) == 6", "import one\nassert one.f(5) == 6"]
)
@pytest.mark.parametrize("way", [["%run one.ipynb"], [FINDER, HOOK, "from one import f"]])
def test_what_an_answer_of_another_notebook_defines_is_the_students(way, test):
    hook = [] if len(way) > 1 else [given(FINDER), given(HOOK)]
    two = (*hook, *map(given, way), answer("y = f(3)"), check(test))
    bundle = an_assignment({"one": (answer(RIGHT), check("assert f(1) == 2")), "two": two})
    scores, engine, _ = points(bundle, {}, {"one": ["def f(x): return 4"]}, {"one": [SAYS_YES]})
    assert [list(one.values()) for one in scores] == [[1, 1], [0, 0], [0, 0]]
    assert not engine.notes


@pytest.mark.parametrize(
    ("line", "test"),
    [
        ("from tools import *", "right(x)"),
        ("from tools import *", "assert x == LIMIT + 5\nright(x)"),
        ("from math import *", "assert sqrt(x + 1) == 3"),
        ("from operator import *", "assert abs(x - 8) == 0 and not_(x != 8)"),
    ],
)
def test_the_names_that_a_given_cell_takes_all_are_the_instructors(line, test):
    bundle = an_assignment(
        {"main": (plain(line), answer("x = 8"), check(test))}, {"tools.py": HELPER.encode()}
    )
    lazy = "x = 9\ndef right(x): pass\ndef sqrt(x): return 3\nLIMIT = 4\ndef abs(x): return 0"
    scores, engine, _ = points(bundle, {}, {"main": [lazy]})
    assert scores == [{"main/test_2": 1}, {"main/test_2": 0}]
    assert not engine.notes


def test_an_answer_may_define_what_a_given_cell_has_taken():
    cells = (plain("from math import *"), answer("def sqrt(x): return 7"), check("sqrt(9) / 7"))
    scores, engine, _ = points(an_assignment({"main": cells}), {}, {"main": ["pass"]})
    assert [one["main/test_2"] for one in scores] == [1, 3 / 7]
    assert not engine.notes


def test_an_object_of_a_class_that_a_notebook_of_helpers_defines():
    before = given(FINDER), given(HOOK), given("from helper import Box")
    test = check("assert isinstance(b, Box) and b.n == 2")
    main = (*before, answer("b = Box(2)"), test)
    box = plain("class Box:\n    def __init__(self, n): self.n = n")
    bundle = an_assignment({"main": main, "helper": [box]})
    scores, engine, _ = points(bundle, {}, {"main": ["b = 2"]})
    assert scores == [{"main/test_4": 1}, {"main/test_4": 0}]
    assert not engine.notes


def test_a_module_of_the_instructors_may_say_how_notebooks_are_imported():
    main = (plain("import finding"), plain("from helper import *"), answer("x = 8"))
    helper = [plain(text) for text in HELPER.split("\n\n")]
    bundle = an_assignment(
        {"main": (*main, check("right(x)")), "helper": helper},
        {"finding.py": f"{FINDER}\n{HOOK}".encode()},
    )
    scores, engine, _ = points(bundle, {"main": ["x = 9"]}, notebooks=LAZY)
    assert scores == [{"main/test_3": 0}]
    assert not engine.notes


def test_a_notebook_may_be_read_as_a_file():
    cells = (answer("import json\nbook = json.load(open('main.ipynb'))"), check("assert book"))
    scores, _, _ = points(an_assignment({"main": cells}), {})
    assert scores == [{"main/test_1": 1}]


def test_only_whole_lines_with_known_files_are_taken():
    known = {"a.py": "%run b.py\nx = 1", "b.py": "z = 2\n%run a.py"}
    assert expanded("%run a.py\ny = 2", known) == "z = 2\n%run a.py\nx = 1\ny = 2"
    for text in ("%run other.py", "%run a.py --n 3", "if y:\n    %run a.py", "%run -t a.py"):
        assert expanded(text, known) == text


WRITES = "%%writefile words.py\ndef count(text): return len(text.split())"
LEFT_OVER = {"words.py": b"def count(text): return len(text.split())\n"}


@pytest.mark.parametrize(
    "line", ["%run words.py", "from words import *", "from words import count"]
)
def test_what_an_answer_writes_is_the_students_however_it_is_loaded(line):
    cells = answer(WRITES), given(line), check("assert count('a b c') == 3")
    bundle = an_assignment({"main": cells}, LEFT_OVER)
    wrong = WRITES.replace("len(text.split())", "0")
    scores, _, _ = points(bundle, {}, {"main": [wrong]})
    assert [list(one.values()) for one in scores] == [[1], [0]]
