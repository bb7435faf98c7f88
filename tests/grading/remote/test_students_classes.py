"""Do classes that students write, whatever they derive from and whatever came first, hold?"""

# ruff: noqa: E501  (notebook cells on one line each)

import pytest

from course_lib.grading.engine.worker import Worker
from tests.grading.engine_notebooks import answer, check, grade


@pytest.fixture(scope="module")
def worker():
    with Worker(["numpy", "torch", "dataclasses", "enum", "abc"]) as one:
        yield one


# what question 1 shows of a library's classes -> what question 2 derives from them
DERIVED = {
    "an error after another error": (
        "def first(): raise NotImplementedError()",
        "class Negative(Exception): pass\ndef root(x):\n    if x < 0: raise Negative('below 0')\n    return x ** .5",
        "assert root(4) == 2\ntry:\n    root(-1)\nexcept Negative as error:\n    assert str(error) == 'below 0'\nelse:\n    assert False",
    ),
    "an error with two parents": (
        "def first(): raise LookupError('x')",
        "class Odd(KeyError, ValueError): pass\ndef ask(): raise Odd('k')",
        "for kind in (Odd, KeyError, ValueError, LookupError):\n    try:\n        ask()\n    except kind:\n        pass\n    else:\n        assert False",
    ),
    "a network after a layer": (
        "import torch\nfrom torch import nn\nfirst = nn.Linear(2, 3)",
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.layer = nn.Linear(2, 2)\n    def forward(self, x): return self.layer(x)",
        "net = Net()\nassert isinstance(net, nn.Module) and net(torch.ones(1, 2)).shape == (1, 2)\nassert isinstance(net.layer, nn.Linear)",
    ),
    "a layer of their own after the layer itself": (
        "from torch import nn\ndef first(): return nn.Linear",
        "class Half(nn.Linear):\n    def forward(self, x): return super().forward(x) / 2",
        "import torch\nmine = Half(2, 2, bias=False)\nassert isinstance(mine, nn.Linear)\nwith torch.no_grad():\n    mine.weight.fill_(1)\nassert torch.equal(mine(torch.ones(1, 2)), torch.ones(1, 2))",
    ),
    "an enumeration": (
        "import enum\ndef first(): return enum.Enum",
        "class Colour(enum.Enum):\n    RED = 1\n    BLUE = 2\ndef mixed(): return [Colour.RED, Colour.BLUE]",
        "got = mixed()\nassert [one.name for one in got] == ['RED', 'BLUE'] and Colour.RED.value == 1\nassert got[0] is Colour.RED",
    ),
    "an enumeration of numbers": (
        "import enum\nfirst = enum.IntEnum('Small', 'A B')",
        "class Level(enum.IntEnum):\n    LOW = 1\n    HIGH = 3\ndef top(): return Level.HIGH",
        "assert top() == 3 and Level.LOW == 1",
    ),
    "a data class": (
        "from dataclasses import dataclass, field\ndef first(): return field()",
        "@dataclass(order=True)\nclass Point:\n    x: int\n    y: int = 0\n    tags: list = field(default_factory=list)",
        "p = Point(1)\nassert (p.x, p.y, p.tags) == (1, 0, [])\nassert 'Point' in repr(p)",
    ),
    "a named tuple": (
        "from typing import NamedTuple\nimport collections\nfirst = collections.namedtuple('Pair', 'a b')(1, 2)",
        "class Place(NamedTuple):\n    row: int\n    column: int = 7\ndef find(): return Place(3)",
        "got = find()\nassert got == (3, 7) and got.row == 3 and got.column == 7",
    ),
    "an abstract class": (
        "import abc\ndef first(): return abc.ABC",
        "class Shape(abc.ABC):\n    @abc.abstractmethod\n    def area(self): ...\nclass Square(Shape):\n    def __init__(self, s): self.s = s\n    def area(self): return self.s ** 2",
        "assert Square(3).area() == 9\ntry:\n    Shape()\nexcept TypeError:\n    pass\nelse:\n    assert False\nassert isinstance(Square(1), Shape) and issubclass(Square, Shape)",
    ),
    "a dictionary of their own": (
        "import collections\ndef first(): return collections.OrderedDict",
        "class Cache(collections.OrderedDict):\n    def put(self, k, v):\n        self[k] = v\n        while len(self) > 2: self.popitem(last=False)",
        "cache = Cache()\nfor k in 'abc':\n    cache.put(k, 1)\nassert len(cache) == 2",
    ),
    "a thread": (
        "import threading\nfirst = threading.Lock()",
        "class Count(threading.Thread):\n    def run(self): self.total = sum(range(5))",
        "t = Count()\nt.start()\nt.join()\nassert t.total == 10",
    ),
    "a class made by type()": (
        "def first(): return type('Box', (), {})()",
        "Box = type('Box', (list,), {'twice': lambda self: len(self) * 2})",
        "assert Box([1, 2]).twice() == 4",
    ),
    "a generic class": (
        "from typing import Generic, TypeVar\nT = TypeVar('T')\ndef first(): return Generic",
        "class Stack(Generic[T]):\n    def __init__(self): self.items = []\n    def push(self, x): self.items.append(x)\n    def __len__(self): return len(self.items)",
        "s = Stack()\ns.push(1)\nassert len(s) == 1",
    ),
    "a protocol": (
        "from typing import Protocol\ndef first(): return Protocol",
        "class Sized(Protocol):\n    def size(self) -> int: ...\nclass Two:\n    def size(self): return 2",
        "assert Two().size() == 2",
    ),
    "a class with a metaclass": (
        "def first(): return type",
        "class Register(type):\n    known = []\n    def __init__(cls, name, bases, space):\n        super().__init__(name, bases, space)\n        Register.known.append(name)\nclass A(metaclass=Register): pass\nclass B(A): pass",
        "assert Register.known == ['A', 'B']\nassert issubclass(B, A)",
    ),
    "a data set for torch": (
        "from torch.utils.data import Dataset, DataLoader\ndef first(): return Dataset",
        "class Squares(Dataset):\n    def __len__(self): return 4\n    def __getitem__(self, i): return i ** 2",
        "data = Squares()\nassert len(data) == 4 and data[3] == 9",
    ),
    "a subclass of an array": (
        "import numpy as np\ndef first(): return np.ndarray",
        "class Marked(np.ndarray): pass\ndef mark(x): return np.asarray(x).view(Marked)",
        "assert list(mark([1, 2])) == [1, 2]",
    ),
    "a warning": (
        "import warnings\ndef first(): return DeprecationWarning('x')",
        "class Late(UserWarning): pass\ndef tell(): raise Late('soon')",
        "try:\n    tell()\nexcept Late as late:\n    assert isinstance(late, UserWarning) and str(late) == 'soon'\nelse:\n    assert False",
    ),
}  # fmt: skip
PEEKS = {"error": "try:\n    {0}()\nexcept Exception:\n    pass\nassert True", "value": "found = {0}\nassert True",
         "call": "found = {0}()\nassert True"}  # fmt: skip


@pytest.mark.parametrize("name", DERIVED)
def test_a_class_may_come_after_what_it_derives_from(worker, name):
    first, second, test = DERIVED[name]
    peek = "error" if "raise" in first else "call" if "def first" in first else "value"
    graded = grade(
        worker, answer(first), check(PEEKS[peek].format("first")), answer(second), check(test)
    )
    assert graded.points == {"test_1": 1, "test_3": 1}, graded.messages


def test_a_class_may_be_written_again(worker):
    graded = grade(
        worker,
        answer("class Stop(Exception): pass\ndef f(): raise Stop('one')"),
        check("try:\n    f()\nexcept Stop as stop:\n    assert str(stop) == 'one'"),
        answer("class Stop(ValueError):\n    pass\ndef f(): raise Stop('two')"),
        check(
            "try:\n    f()\nexcept Stop as stop:\n    assert isinstance(stop, ValueError)\n"
            "else:\n    assert False"
        ),
    )
    assert graded.points == {"test_1": 1, "test_3": 1}, graded.messages


ODD_VALUES = {
    "a function's type": ("f = type(lambda: 0)", "import types\nassert f is types.FunctionType"),
    "a slice of numpy's numbers": ("import numpy as np\nf = slice(np.int64(1), None)", "assert [1, 2, 3][f] == [2, 3]"),
    "a tuple with renamed fields": ("from collections import namedtuple\nf = namedtuple('P', 'class a', rename=True)(1, 2)",
                                    "assert f == (1, 2) and f.a == 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_VALUES)
def test_odd_values_arrive(worker, name):
    text, test = ODD_VALUES[name]
    graded = grade(worker, answer(text), check(test), answer("kept = 4"), check("assert kept == 4"))
    assert graded.points == {"test_1": 1, "test_3": 1}, graded.messages


def test_a_value_that_cannot_be_read_costs_its_own_test_alone(worker):
    """A day that writes itself as no day: its process stays for the tests to come."""
    lost = "import datetime\nclass Day(datetime.date):\n    def isoformat(self): return 'today'\n"
    lost += "Day.__name__, Day.__module__ = 'date', 'datetime'\nf = lambda: Day(2026, 1, 2)"
    graded = grade(
        worker, answer(lost), check("f()"), answer("kept = 4"), check("assert kept == 4")
    )
    assert graded.points == {"test_1": 0, "test_3": 1}, graded.messages
    assert "cannot be read" in graded.messages["test_1"]
    assert not graded.result.notes
