"""Do tests that share work stay together, and is what they share made once?"""

import pytest
from shared_work import once
from work_units import LONGEST, rank_of, unit_of


@pytest.mark.parametrize(
    ("nodeid", "unit"),
    [
        ("tests/text/test_ngrams.py::test_a[x]", "tests/text/test_ngrams.py"),
        (
            "tests/exercises/test_mutants.py::test_a[05_elmo]",
            "tests/exercises/test_mutants.py[05_elmo]",
        ),
        ("tests/exercises/test_release.py::test_a[05_elmo]", "tests/exercises/test_release.py"),
    ],
)
def test_a_unit_is_a_file_or_one_exercise_of_it(nodeid, unit):
    assert unit_of(nodeid) == unit


def test_the_longest_begin_first():
    assert rank_of(f"{LONGEST[0]}::test_a") == 0
    assert rank_of("tests/grading/run/test_plugin.py::test_a") < rank_of("tests/grading/x.py::t")
    assert rank_of("tests/text/test_ngrams.py::test_a") == len(LONGEST)


def test_what_is_shared_is_made_once(tmp_path_factory):
    folders = []

    def make(folder):
        folders.append(folder)
        return {"answer": 42}

    name = "made_once"
    assert [once(tmp_path_factory, name, make) for _ in range(2)] == [{"answer": 42}] * 2
    assert [folder.name for folder in folders] == [name]
