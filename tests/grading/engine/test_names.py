"""From which process does a test take a name? Read from the source alone."""

import math

from course_lib.grading.engine.names import borrowed, read_source
from course_lib.grading.engine.namespace import Namespace
from course_lib.grading.intake.bundle import bundle_of
from tests.grading.engine_notebooks import answer, check, given, notebook


def source_of(*cells):
    return read_source(bundle_of("hw", notebook(*cells)).notebooks[0])


def test_the_last_cell_before_a_test_binds_a_name():
    source = source_of(given("x = 1"), answer("x = 2"), check("x"), given("x = 3"), check("x"))
    assert source.last_binder("x", 2).cell == 1
    assert source.last_binder("x", 4).cell == 3
    assert source.last_binder("y", 4) is None


def test_tools_are_imports_functions_and_classes():
    source = source_of(given("import os.path as p, sys\ndef f(): pass\nclass C: pass\nx = f()"))
    kinds = {name: found[-1].tool for name, found in source.binders.items()}
    assert kinds == {"p": True, "sys": True, "f": True, "C": True, "x": False}


def test_a_given_class_finds_what_its_body_names():
    body = "class C:\n    half = math.pi / 2\n    def f(self, x: float = math.e): return x"
    names = Namespace(source_of(given("import math"), given(body), check("C")))
    names.enter(2, None, "here")
    assert names["C"].half == math.pi / 2
    assert names["C"]().f() == math.e


def test_what_an_answer_reaches_is_not_trusted():
    source = source_of(
        given("import math\ndata = [math.pi]"),
        answer("def f(x): return x"),
        given("out = f(data)"),
        given("def probe(): return f(1)"),
        given("more = probe()"),
        given("size = len(data)"),
        given("odd = eval('f(1)')"),
    )
    assert [source.is_trusted(cell) for cell in (0, 2, 4, 5, 6)] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_classes_of_answers_and_their_operators():
    source = source_of(
        given("class Mine: pass\nclass Both: pass"),
        answer(
            "class Theirs:\n    def __add__(self, o): ...\n    __radd__ = __add__\nclass Both: ..."
        ),
        answer("from dataclasses import dataclass\n@dataclass\nclass Point:\n    x: int"),
    )
    assert source.classes == ["Mine"]
    assert source.special["Theirs"] == ["__add__", "__radd__"]
    assert "__eq__" in source.special["Point"]


def test_visible_parts_of_tests_run_again_where_later_cells_read_them():
    hidden = "data = [1]\n### BEGIN HIDDEN TESTS\nsecret = 1\n### END HIDDEN TESTS"
    assert source_of(check(hidden), given("print(data)")).replays == [0]
    assert source_of(check(hidden), given("print(secret)")).replays == []
    assert source_of(check(hidden), given("data = 2"), given("print(data)")).replays == []


def test_a_shared_test_takes_along_what_it_needs_of_earlier_ones():
    source = source_of(
        check("import math\ncase = math.pi\nother = 1\nassert case"),
        given("other = 2"),
        check("assert case and other"),
    )
    assert borrowed(source, 2) == ["import math", "case = math.pi"]


def test_a_source_reads_the_same_after_a_journey():
    source = source_of(given("x = 1"), answer("y = x"), check("assert y"))
    assert type(source).from_dict(source.to_dict()) == source


def test_magics_and_broken_cells_are_borne():
    source = source_of(given("%matplotlib inline\nx = 1"), given("def ("), check("assert x"))
    assert source.last_binder("x", 2).cell == 0
    assert not source.is_trusted(1)
