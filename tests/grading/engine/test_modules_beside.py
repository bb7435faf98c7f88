"""Are modules beside the notebook there for answers and for tests, each in the right version?"""

# ruff: noqa: E501  (notebook cells on one line each)

from pathlib import Path

import pytest

from course_lib.grading.engine.files import modules_in
from tests.grading.engine_notebooks import an_assignment, answer, check, given, plain, points

TOOLS = b"def double(n): return 2 * n\nclass Node:\n    def __init__(self, v): self.v = v\n"
PACKAGE = {
    "pkg/__init__.py": b"from .sub import half\nNAME = 'pkg'\n",
    "pkg/sub.py": b"from pathlib import Path\nfrom . import deep\nfrom .deep.inner import ONE\n"
    b"def half(n): return n / 2 * ONE\n"
    b"def table(): return Path(__file__).with_name('table.txt').read_text()\n",
    "pkg/deep/__init__.py": b"",
    "pkg/deep/inner.py": b"ONE = 1\n",
    "pkg/table.txt": b"a table",
}
BESIDE = {
    "from tools import": ({"tools.py": TOOLS}, "from tools import double\nx = double(4)", "import tools\nassert x == tools.double(4)", "x = 9"),
    "the test alone": ({"checks.py": b"def right(x): assert x == 8, 'x is 8'"}, "x = 8", "import checks\nchecks.right(x)", "x = 9"),
    "a package": (PACKAGE, "import pkg.sub as s\nfrom pkg import half\nx = half(4), s.table()",
                  "import pkg.sub as y\nfrom pkg import NAME\nassert x == (2, 'a table') and NAME == 'pkg' and y.half(2) == 1", "x = (1, '')"),
    "relative imports": (PACKAGE, "from pkg.deep import inner\nx = inner.ONE", "from pkg.deep.inner import ONE\nassert x == ONE", "x = 2"),
    "a folder on the path": ({"src/mylib.py": b"def f(): return 5"}, "import sys\nsys.path.append('src')\nimport mylib\nx = mylib.f()",
                             "assert x == 5", "x = 4"),
    "an installed one's name": ({"yaml.py": b"def load(n): return n + 1"}, "import yaml\nx = yaml.load(1)", "import yaml\nassert yaml.load(1) == x == 2", "x = 3"),
    "a warm one's name": ({"pandas.py": b"ONE = 1", "tools.py": TOOLS}, "import tools, pandas\nx = pandas.ONE", "import pandas\nassert pandas.ONE == x", "x = 3"),
    "a standard one's name": ({"turtle.py": b"def go(n): return n + 1"}, "import turtle\nx = turtle.go(1)", "import turtle\nassert turtle.go(1) == x == 2", "x = 3"),
    "an instance of its class": ({"tools.py": TOOLS}, "import tools\ndef f(v): return tools.Node(v)",
                                 "from tools import Node\nassert isinstance(f(3), Node) and f(3).v == 3", "def f(v): return v"),
    "an instance that the answer changes": ({"tools.py": TOOLS}, "def f(node): node.v += 1",
                                            "from tools import Node\nn = Node(1)\nf(n)\nassert n.v == 2", "def f(node): pass"),
    "its error": ({"tools.py": b"class Bad(ValueError): pass\n"}, "import tools\ndef f(): raise tools.Bad('no')",
                  "from tools import Bad\ntry:\n    f()\nexcept Bad as bad:\n    assert str(bad) == 'no'\nelse:\n    assert False", "def f(): raise ValueError('no')"),
    "its enumeration": ({"tools.py": b"import enum\nclass Suit(enum.Enum):\n    RED = 1\n    BLACK = 2\n"}, "from tools import Suit\nx = [Suit.RED]",
                        "from tools import Suit\nassert x == [Suit.RED] and x[0] is Suit.RED", "from tools import Suit\nx = [Suit.BLACK]"),
    "its named tuple": ({"tools.py": b"from typing import NamedTuple\nclass At(NamedTuple):\n    x: int\n    y: int = 0\n"}, "import tools\nx = tools.At(1)",
                        "from tools import At\nassert x == At(1) and isinstance(x, At)", "x = (1, 1)"),
    "a module as a value": ({"tools.py": TOOLS}, "import tools as t", "assert t.double(2) == 4", "t = None"),
}  # fmt: skip


@pytest.mark.parametrize("name", BESIDE)
def test_modules_beside_the_notebook_are_imported(name):
    files, right, test, wrong = BESIDE[name]
    bundle = an_assignment({"one": (answer(right), check(test))}, files)
    scores, engine, _ = points(bundle, {}, {"one": [wrong]})
    assert scores == [{"one/test_1": 1}, {"one/test_1": 0}]
    assert not engine.notes


def test_a_given_cell_puts_a_folder_on_the_path():
    cells = (
        given("import sys\nsys.path.insert(0, 'src')\nimport mylib"),
        answer("x = mylib.f()"),
        check("assert x == mylib.f() == 5"),
    )
    bundle = an_assignment({"one": cells}, {"src/mylib.py": b"def f(): return 5"})
    scores, engine, _ = points(bundle, {}, {"one": ["x = 4"]})
    assert scores == [{"one/test_2": 1}, {"one/test_2": 0}]
    assert not engine.notes


def test_the_instructors_version_is_the_one_that_checks():
    """The student hands in checks that say yes, and writes them again from the answer's cell."""
    files = {"checks.py": b"def right(x): assert x == 8"}
    bundle = an_assignment(
        {"one": (answer("x = 8"), check("import checks\nchecks.right(x)"))}, files
    )
    lazy = "x = 9\nopen('checks.py', 'w').write('def right(x): pass')\nimport checks\nchecks.right = print"
    scores, _, _ = points(bundle, {"one": [lazy]}, files={"checks.py": b"def right(x): pass"})
    assert scores == [{"one/test_1": 0}]


def test_a_module_that_only_the_student_wrote_is_for_the_student():
    bundle = an_assignment(
        {"one": (answer("x = 8"), check("import sys\nassert x == 8 and 'mine' not in sys.modules"))}
    )
    scores, _, _ = points(
        bundle,
        {"one": ["import mine\nfrom more import deep\nx = mine.x + deep.y"]},
        files={"mine.py": b"x = 7", "more/__init__.py": b"", "more/deep.py": b"y = 1"},
    )
    assert scores == [{"one/test_1": 1}]


WRITTEN = "%%writefile words.py\ndef count(t): return len(t.split())\nLIMIT = 3\nclass Box: pass\n"
ASKS = {
    "from words import": "from words import count\nassert count('a b') == 2",
    "all of it": "from words import *\nassert count('a b') == 2 and LIMIT == 3",
    "import words": "import words as w\nassert w.count('a b') == 2 and isinstance(w.Box(), w.Box)",
    "again": "import words, importlib\nassert words.count('') == 0 and importlib.import_module('words').LIMIT == 3",
}


@pytest.mark.parametrize("left_over", [False, True])
@pytest.mark.parametrize("name", ASKS)
def test_a_module_that_the_answer_writes_is_the_students(name, left_over):
    files = {"words.py": b"def count(t): return len(t.split())\nLIMIT = 3\nclass Box: pass\n"}
    bundle = an_assignment(
        {"one": (answer(WRITTEN), check(ASKS[name]))}, files if left_over else {}
    )
    wrong = WRITTEN.replace("len(t.split())", "4")
    says_yes = (
        WRITTEN.replace("len(t.split())", "Yes()")
        + "class Yes:\n    def __eq__(self, o): return True\n"
    )
    scores, engine, _ = points(
        bundle, {}, {"one": [wrong]}, {"one": [says_yes]}, {"one": ["%%writefile other.py\n1"]}
    )
    assert [score["one/test_1"] for score in scores[:3]] == [1, 0, 0]
    # as with plain nbgrader, who writes none is left with the file that lies in source/
    assert scores[3]["one/test_1"] == left_over
    assert not engine.notes


def test_a_module_is_written_again_and_its_newer_version_counts():
    first, second = (
        "%%writefile mod.py\ndef f(): return 1\n",
        "%%writefile mod.py\ndef f(): return 2\n",
    )
    bundle = an_assignment(
        {
            "one": (
                answer(first),
                check("import mod\nassert mod.f() == 1"),
                answer(second),
                plain("import importlib, mod\nimportlib.reload(mod)"),
                check("import mod\nassert mod.f() == 2"),
            )
        }
    )
    scores, engine, _ = points(bundle, {})
    assert scores == [{"one/test_1": 1, "one/test_4": 1}]
    assert not engine.notes


def test_what_a_given_cell_writes_is_the_instructors():
    """The student's process has the module that its cell writes, the checker has the source's."""
    cells = (
        given("%%writefile helper.py\ndef right(x): assert x == 8\n"),
        answer("import helper\nx = 8"),
        check("import helper\nhelper.right(x)"),
    )
    bundle = an_assignment({"one": cells})
    lazy = "open('helper.py', 'w').write('def right(x): pass')\nx = 9"
    scores, engine, _ = points(bundle, {}, {"one": [lazy]})
    assert scores == [{"one/test_2": 1}, {"one/test_2": 0}]
    assert not engine.notes


def test_a_students_module_comes_before_an_installed_one_of_its_name():
    """The warm process has pandas loaded, and with it yaml or not: the folder comes first."""
    bundle = an_assignment(
        {"one": (given("import pandas"), answer("x = 8"), check("assert x == 8"))}
    )
    scores, _, found = points(
        bundle, {"one": ["import yaml\nx = yaml.x"]}, files={"yaml.py": b"x = 8"}
    )
    assert scores == [{"one/test_2": 1}]
    assert not found[0].doubts


def test_a_stray_file_hides_no_package_of_the_course():
    """The answers import numpy by its name, and the student has a numpy.py; plain nbgrader fails it."""
    bundle = an_assignment(
        {"one": (answer("import numpy as np\nx = int(np.ones(3).sum())"), check("assert x == 3"))}
    )
    stray = {"numpy.py": b"raise ImportError('not this one')", "json.py": b"1 / 0"}
    scores, _, _ = points(bundle, {}, files=stray)
    assert scores == [{"one/test_1": 1}]


def test_names_of_modules():
    assert modules_in(["a.py", "pkg/__init__.py", "pkg/sub.py", "data.csv", "no-name.py"]) == {
        "a", "pkg", "pkg.sub", "sub",
    }  # fmt: skip


def test_nothing_of_a_submission_is_loaded_into_the_warm_process():
    """Modules that the trial of the answers loads are loaded for all: the folder's own are not."""
    bundle = an_assignment(
        {
            "one": (
                answer("import tools\nx = tools.double(4)"),
                check("import tools\nassert x == 8"),
            )
        },
        {"tools.py": TOOLS},
    )
    _, engine, _ = points(bundle, {})
    assert not [name for one in engine.workers for name in one.modules if name == "tools"]
    assert Path("tools.py").exists() is False
