"""Which cells run again: all that can see a change, and no more than these."""

import pytest

from course_lib.grading.intake.dependencies import cells_for, cells_to_run, names_of

NOTEBOOK = [
    "import math",
    "def double(x):\n    return 2 * x",
    "import math\nassert double(1) == 2\nshown = double(3)",
    "def area(r):\n    return math.pi * r * r",
    "assert area(1) > 3",
    "data = [area(i) for i in range(3)]",
    "def both(x):\n    return double(x) + area(x)",
    "data.append(both(1))\nassert data",
    "print(shown)",
]
JUDGED = [2, 4, 7]


def test_a_change_runs_what_it_reaches_and_what_that_needs():
    # cell 7 calls both, which calls double; it needs data (5), area (3), both (6) and math (0)
    replaced = {1: "def double(x): return x"}
    assert cells_to_run(NOTEBOOK, replaced, JUDGED) == [0, 1, 2, 3, 5, 6, 7]


def test_a_change_leaves_alone_what_it_neither_reaches_nor_needs():
    cells = ["a = 1", "assert a", "b = 2", "c = b", "assert c"]
    assert cells_to_run(cells, {3: "c = b + 1"}, [1, 4]) == [2, 3, 4]


@pytest.mark.parametrize(
    ("first", "second", "needed"),
    [
        ("import torch", "import torch", [0, 2, 3]),
        ("from math import pi", "from math import pi", [0, 2, 3]),
        ("import torch", "import torch.nn", [0, 1, 2, 3]),
        ("import a as torch", "import b as torch", [0, 1, 2, 3]),
        ("torch = 1", "import torch", [0, 1, 2, 3]),
        ("if a_module:\n    import torch", "import torch", [0, 1, 2, 3]),
        ("import torch\ntorch = 2", "import torch", [0, 1, 2, 3]),
    ],
)
def test_nobody_needs_a_cell_for_an_import_that_an_earlier_one_made(first, second, needed):
    cells = [first, f"{second}\nassert torch, pi", "def f():\n    return torch, pi", "assert f()"]
    assert cells_to_run(cells, {2: "def f():\n    return torch or pi"}, [1, 3]) == needed


def test_a_name_bound_between_two_imports_of_it_makes_the_second_needed():
    cells = ["import torch", "torch = 1", "import torch", "f = torch", "assert f"]
    assert 2 in cells_to_run(cells, {3: "f = torch.f"}, [4])


def test_what_only_shows_something_does_not_run():
    assert cells_for(NOTEBOOK, JUDGED) == [0, 1, 2, 3, 4, 5, 6, 7]


def test_names_that_the_new_answer_takes_away_count_as_changed():
    cells = ["a, b = 1, 2", "assert b == 2"]
    assert cells_to_run(cells, {0: "a = 1"}, [1]) == [0, 1]


def test_writing_into_an_object_is_a_change():
    cells = ["x = [1]", "f = 1", "x[0] = f", "assert x == [1]"]
    assert cells_to_run(cells, {1: "f = 2"}, [3]) == [0, 1, 2, 3]


def test_a_method_call_in_a_changed_cell_may_change_its_object():
    cells = ["x = []", "f = 1", "x.append(f)", "assert x == [1]"]
    assert 3 in cells_to_run(cells, {1: "f = 2"}, [3])


@pytest.mark.parametrize("call", ["exec('a = 1')", "globals()['a'] = 1", "eval('a')"])
def test_code_that_hides_its_names_ends_all_reasoning(call):
    cells = ["a = 0", call, "pass", "assert 1"]
    assert cells_to_run(cells, {0: "a = 1"}, [3]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("x = 1\ny = x", set()),
        ("y = x\nx = 1", {"x"}),
        ("x += 1", {"x"}),
        ("[i for i in items]", {"items"}),
        ("for i in items:\n    total = i\nprint(total)", {"items"}),
        ("if flag:\n    x = 1\nprint(x)", {"flag", "x"}),
        ("try:\n    x = f()\nexcept E as e:\n    print(e)", {"f", "E"}),
        ("with open(p) as f:\n    f.read()", {"p"}),
        ("def f(a, b=c):\n    d = a + e\n    return d", {"c", "e"}),
        ("g = lambda a: a + b", {"b"}),
        ("a.b.c = d", {"a", "d"}),
        ("del a", {"a"}),
    ],
)
def test_reads(source, reads):
    assert names_of(source).reads == reads
