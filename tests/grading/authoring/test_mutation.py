"""The mutation harness: does it score like nbgrader, and does it survive what answers do?"""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.errors import CourseError
from course_lib.grading.authoring.misconceptions import (
    checks_by_task,
    disagreements,
    judge,
    kill_rate,
    load_misconceptions,
    variants_of,
)
from course_lib.grading.authoring.mutation import BASE, most_points, run_variants
from course_lib.grading.authoring.source import find_assignments, read_source

LIST = "misconceptions.yaml"


@pytest.fixture(scope="module")
def source(counting):
    return read_source(counting)


@pytest.fixture(scope="module")
def runs(source):
    stub = "def length(counts):\n    "
    return run_variants(
        source,
        {
            "loop": {"length": stub + "while True: pass"},
            "exit": {"length": stub + "import os; os._exit(3)"},
            "syntax": {"length": "def length(:"},
            "leave": {"length": stub + "raise SystemExit"},
            "two": {"length": stub + "return 0", "most_common": "most_common = None"},
        },
        cell_seconds=2,
        every_cell=True,
    )


def test_the_source_gets_every_point(source, runs):
    assert runs[BASE].points == most_points(source)
    assert sum(runs[BASE].points.values()) == 10


@pytest.mark.parametrize("name", ["loop", "syntax", "leave"])
def test_one_broken_answer_costs_its_own_points(source, runs, name):
    assert runs[name].lost(most_points(source)) == {"test_length": 2.0}


def test_a_loop_ends_with_its_time_and_says_so(runs):
    assert "longer than 2 s" in runs["loop"].errors["test_length"]


def test_an_answer_that_ends_the_process_costs_no_other_task(source, runs):
    assert runs["exit"].lost(most_points(source)) == {"test_length": 2.0}


def test_two_answers_at_once(source, runs):
    lost = runs["two"].lost(most_points(source))
    assert lost == {"test_most_common": 2.0, "test_length": 2.0}


def test_leaving_cells_out_changes_no_verdict(counting):
    _, quick = judge(counting)
    _, full = judge(counting, every_cell=True)
    assert quick == full
    assert kill_rate(quick) == (4, 4)
    assert all(verdict.told and verdict.as_expected for verdict in quick)
    assert not any(verdict.misled for verdict in quick)


def test_a_message_that_others_read_too_is_named(counting, tmp_path):
    copied = _copy(counting, tmp_path, "counting.py", '!= "b", "That', '== "a", "That')
    misled = {v.name: v.misled for v in judge(copied)[1] if v.misled}
    assert misled == {"nothing": ("rarest_word",)}


def test_a_neutral_mistake_must_lose_the_points_of_all_its_tests(counting, tmp_path):
    wrong, right = "print(max(counts))", "return min(counts, key=lambda w: (-counts[w], w))"
    copied = _copy(counting, tmp_path, "neutral/nothing.py", wrong, right)
    assert [v.name for v in judge(copied)[1] if not v.as_expected] == ["nothing"]


def test_stderr_of_a_test_costs_points_and_that_of_an_answer_does_not(source):
    import copy

    loud = copy.deepcopy(source)
    test = next(cell for cell in loud.cells if cell.id == "test_length")
    test.source += "\nimport sys\nprint('the test complains', file=sys.stderr)"
    noisy = "import sys\ndef cosine(a, b):\n    print('x', file=sys.stderr)\n    return 0.0"
    run = run_variants(loud, {"noisy": {"cosine": noisy}})["noisy"]
    assert run.points["test_length"] == 0
    assert "NotImplemented" not in run.errors.get("test_cosine", "")
    quiet = run_variants(source, {"noisy": {"cosine": _cosine("print('x', file=sys.stderr)")}})
    assert quiet["noisy"].points["test_cosine"] == 3


def _cosine(line):
    return (
        "import sys\ndef cosine(left, right):\n"
        f"    {line}\n"
        "    dot = sum(c * right.get(w, 0) for w, c in left.items())\n"
        "    norm = math.sqrt(sum(c * c for c in left.values()) * "
        "sum(c * c for c in right.values()))\n"
        "    return dot / norm if norm else 0.0"
    )


def test_a_number_as_result_is_partial_credit(source):
    import copy

    partial = copy.deepcopy(source)
    next(cell for cell in partial.cells if cell.id == "test_length").source = "length\n0.5"
    assert run_variants(partial, {})[BASE].points["test_length"] == 0.5


def test_the_fixture_s_files_agree(counting):
    assert disagreements(counting) == []
    assert set(checks_by_task(read_source(counting))) == {
        "count_words",
        "most_common",
        "length",
        "cosine",
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: rarest_word", "id: rarest", "mutants/rarest.py is missing"),
        ("task: most_common", "task: mode", "no solution cell is called 'mode'"),
        ("turn the order round", "turn it round", "its message stands in no check"),
        ("{test_length: 2}", "{test_length: 3}", "cannot be lost"),
        ("{test_length: 2}", "{test_size: 2}", "no graded cell is called 'test_size'"),
        ("{test_length: 2}", "{}", "loses no points"),
        (
            "That is the square of the length: take the root.",
            "the dot product: divide by both lengths.",
            "squared_length: its message is told for dot_product as well",
        ),
    ],
)
def test_disagreement_is_named(counting, tmp_path, old, new, said):
    copied = _copy(counting, tmp_path, LIST, old, new)
    assert any(said in fault for fault in disagreements(copied)), disagreements(copied)


def test_an_entry_with_other_fields_is_an_error(counting, tmp_path):
    copied = _copy(counting, tmp_path, LIST, "believed: The sum", "belief: The sum")
    with pytest.raises(CourseError, match="why_wrong"):
        load_misconceptions(copied)


def test_variants_are_found_by_their_folders(counting):
    assert "alternative.count_words__counter" in variants_of(counting)
    assert "mutant.dot_product" in variants_of(counting)


def _copy(counting, folder, file, old, new):
    import shutil

    shutil.copytree(counting.folder, folder / "counting")
    path = folder / "counting" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return find_assignments(folder)[0]


def nbgrader_cell(text, name, **roles):
    meta = {"grade": False, "solution": False, "locked": True, "task": False, "schema_version": 3}
    return new_code_cell(text, metadata={"nbgrader": meta | {"grade_id": name} | roles})


def test_what_is_said_behind_the_last_test_is_heard():
    answer = "### BEGIN SOLUTION\nn = 3\n### END SOLUTION"
    cells = [
        nbgrader_cell(answer, "number", solution=True, locked=False),
        nbgrader_cell("assert n == 3, 'wrong'", "test_number", grade=True, points=1),
        nbgrader_cell("print('it is', n)", "after"),
    ]
    source = new_notebook(cells=cells)
    source.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    runs = run_variants(source, {"four": {"number": "n = 4"}}, sandbox="none")
    heard = {name: " ".join(run.said.values()) for name, run in runs.items()}
    assert "it is 3" in heard[BASE]
    assert "it is 4" in heard["four"]
    assert runs["four"].lost(most_points(source)) == {"test_number": 1.0}
