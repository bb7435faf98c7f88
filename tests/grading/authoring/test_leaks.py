"""Does release refuse every way in which an answer or a hidden test could reach a learner?"""

import copy

import pytest

from course_lib.errors import ReleaseLeakError
from course_lib.grading.authoring.leaks import check_release, check_source, is_telling, syntax_fault
from course_lib.grading.authoring.release import release, student_notebook
from course_lib.grading.authoring.source import Assignment, find_assignments, read_source
from course_lib.grading.notebook.regions import SecretLine, marker_faults


@pytest.fixture
def source(counting):
    return read_source(counting)


def cell(notebook, name):
    return next(c for c in notebook.cells if c.id == name)


def test_the_sound_source_passes(source):
    check_source(source, "counting")
    check_release(source, student_notebook(source), "counting")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("### BEGIN SOLUTION", "### BEGIN SOLUTIO", "looks like a marker"),
        ("### BEGIN SOLUTION", "### begin solution", "looks like a marker"),
        ("### END SOLUTION", "", "BEGIN SOLUTION without its END"),
        ("### BEGIN SOLUTION", "", "END SOLUTION without its BEGIN"),
        ("### END SOLUTION", "### BEGIN SOLUTION", "BEGIN SOLUTION inside SOLUTION"),
        ("### BEGIN SOLUTION", "(", "does not parse"),
    ],
)
def test_faulty_markers_of_an_answer(source, old, new, said):
    answer = cell(source, "length")
    answer.source = answer.source.replace(old, new)
    with pytest.raises(ReleaseLeakError, match=said):
        check_source(source, "counting")


def test_an_answer_without_markers_or_in_a_plain_cell(source):
    cell(source, "length").source = "def length(counts):\n    return 1"
    assert "solution cell without" in marker_faults(source)[0]
    plain = next(c for c in source.cells if c.cell_type == "code" and not c.metadata)
    plain.source = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    assert any("not marked as a solution" in fault for fault in marker_faults(source))


def test_a_hidden_test_in_a_cell_that_is_not_graded(source):
    cell(source, "test_length").metadata.nbgrader["grade"] = False
    assert "a hidden test in a cell that is not graded" in marker_faults(source)[0]


@pytest.mark.parametrize("name", ["length", "test_length"])
def test_a_region_that_was_not_cleared(source, name):
    student = student_notebook(source)
    cell(student, name).source = cell(source, name).source
    with pytest.raises(ReleaseLeakError, match="was not cleared"):
        check_release(source, student, "counting")


@pytest.mark.parametrize(
    "line",
    [
        "    return math.sqrt(sum(count**2 for count in counts.values()))",
        "A hint: `return math.sqrt( sum(count**2 for count in counts.values()) )`",
        "assert math.isclose(length({'a': 3, 'b': 4}), 5.0)".replace("'", '"'),
    ],
)
def test_a_telling_line_that_the_author_repeated_elsewhere(source, line):
    source.cells[0].source += "\n" + line
    with pytest.raises(ReleaseLeakError, match="also stands in cell"):
        check_release(source, student_notebook(source), "counting")


def test_a_line_that_is_meant_to_be_seen_passes(source):
    line = "return math.sqrt(sum(count**2 for count in counts.values()))"
    answer = cell(source, "length")
    answer.source = answer.source.replace(line, line + "  # shown")
    source.cells[0].source += "\n" + line
    check_release(source, student_notebook(source), "counting")


def test_common_lines_tell_nothing():
    for text in ("import torch", "return x", ")", "loss.backward()", "def f(a, b, c, d):"):
        assert not is_telling(SecretLine(text, "answer", "c"))
    assert not is_telling(SecretLine("x = torch.randn(3, 5, generator=g)", "hidden test", "c"))
    assert is_telling(SecretLine("assert f(x).shape == (3, 5)", "hidden test", "c"))


def test_outputs_and_stubs_without_an_error(source):
    student = student_notebook(source)
    cell(student, "length").outputs = [{"output_type": "stream", "name": "stdout", "text": "5"}]
    with pytest.raises(ReleaseLeakError, match="has outputs"):
        check_release(source, student, "counting")
    student = student_notebook(source)
    cell(student, "length").source = "def length(counts):\n    pass"
    with pytest.raises(ReleaseLeakError, match="does not raise NotImplementedError"):
        check_release(source, student, "counting")


def test_a_test_that_is_broken_only_once_its_hidden_part_is_gone(source):
    test = cell(source, "test_length")
    test.source = "for n in (3, 4):\n    ### BEGIN HIDDEN TESTS\n    pass\n    ### END HIDDEN TESTS"
    check_source(source, "counting")
    with pytest.raises(ReleaseLeakError, match="does not parse once cleared"):
        check_release(source, student_notebook(source), "counting")


def test_magics_parse():
    assert syntax_fault("%pip install x\n!ls") is None
    assert syntax_fault("def f(:") is not None


def test_one_leak_and_nothing_is_written(counting, tmp_path):
    bad = tmp_path / "solutions" / "leaky"
    bad.mkdir(parents=True)
    text = counting.source.read_text().replace("### BEGIN SOLUTION", "# BEGIN SOLUTIO", 1)
    (bad / "leaky.py").write_text(text)
    with pytest.raises(ReleaseLeakError, match="looks like a marker"):
        release([counting, *find_assignments(bad.parent)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_check_says_stale_and_writes_nothing(counting, tmp_path):
    release([counting], tmp_path)
    path = tmp_path / "counting" / "counting.ipynb"
    before = path.read_bytes()
    assert release([counting], tmp_path, check=True)[0].state == "unchanged"
    path.write_bytes(before + b" ")
    assert release([counting], tmp_path, check=True)[0].state == "stale"
    assert path.read_bytes() == before + b" "
    assert release([counting], tmp_path)[0].state == "written"
    assert path.read_bytes() == before


def test_metadata_and_ids_do_not_depend_on_the_run(counting):
    first, second = read_source(counting), read_source(copy.copy(counting))
    assert first == second
    assert isinstance(counting, Assignment)
