"""Do the notebooks of a submission share one folder, and does the student's file count?"""

# ruff: noqa: E501  (notebook cells on one line each)

import pytest

from course_lib.grading.engine.files import is_inside, students_files
from course_lib.grading.intake.expected import in_order
from course_lib.grading.intake.work import Bundle, Job
from tests.grading.engine_notebooks import an_assignment, answer, check, plain, points

WRITES = "open('n.txt', 'w').write('8')"
READS = (answer("n = int(open('n.txt').read())"), check("assert n == 8"))


def test_a_notebook_finds_what_an_earlier_one_wrote():
    late = plain("import os\nos.makedirs('deep')\nopen('deep/late.txt', 'w').write('x')")
    bundle = an_assignment(
        {
            "two": (
                *READS,
                answer("here = open('deep/late.txt').read()"),
                check("assert here == 'x'"),
            ),
            "one": (answer(WRITES), check("assert True"), late),
        }
    )
    scores, engine, _ = points(
        bundle, {}, {"one": ["open('n.txt', 'w').write('9')"]}, {"one": ["pass"]}
    )
    right = {"one/test_1": 1, "two/test_1": 1, "two/test_3": 1}
    assert scores == [right, right | {"two/test_1": 0}, right | {"two/test_1": 0}]
    assert not engine.notes


def test_what_a_notebook_removes_is_gone():
    bundle = an_assignment(
        {
            "one": (answer("import os\nos.remove('data.txt')"), check("assert True")),
            "two": (answer("import os\nthere = os.path.exists('data.txt')"), check("assert there is False")),
        },
        {"data.txt": b"7"},
    )  # fmt: skip
    scores, _, _ = points(bundle, {}, {"one": ["pass"]})
    assert [score["two/test_1"] for score in scores] == [1, 0]


def test_notebooks_come_in_the_order_of_their_file_names():
    known = {"a1": 1, "a1-more": 2, "B": 3, "a": 4}
    assert [name for name, _ in in_order(known)] == ["B", "a", "a1-more", "a1"]


def test_a_process_that_ends_takes_its_files_along():
    bundle = an_assignment({"one": (answer(WRITES), check("assert True")), "two": READS})
    scores, _, found = points(bundle, {"one": [f"{WRITES}\nimport os\nos._exit(1)"]})
    assert scores[0]["two/test_1"] == 0
    assert any("the process ended" in note for note in found[0].notes)


LEFT_OVER = {
    "a text": (WRITES, "assert open('n.txt').read() == '8'", b"8"),
    "in a folder": ("import os\nos.makedirs('out', exist_ok=True)\nopen('out/n.txt', 'w').write('8')",
                    "assert open('out/n.txt').read() == '8'", b"8"),
    "a given file that the answer changes": ("text = open('n.txt').read()\nopen('n.txt', 'w').write(text + '!')",
                                             "assert open('n.txt').read() == '8!'", b"8"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT_OVER)
def test_the_students_file_wins_over_the_instructors_leftover(name):
    write, test, content = LEFT_OVER[name]
    path = "out/n.txt" if "folder" in name else "n.txt"
    bundle = an_assignment({"one": (answer(write), check(test))}, {path: content})
    wrong = write.replace("'8'", "'9'").replace("'!'", "'?'")
    scores, engine, _ = points(bundle, {}, {"one": [wrong]})
    assert scores == [{"one/test_1": 1}, {"one/test_1": 0}]
    assert engine.bundle.products == (path,)
    assert "not tamper-proof" in engine.notes[0]


def test_a_given_file_that_nobody_writes_is_read_by_the_checker():
    bundle = an_assignment(
        {"one": (answer("n = int(open('n.txt').read())"), check("assert n == int(open('n.txt').read())"))},
        {"n.txt": b"8"},
    )  # fmt: skip
    scores, engine, _ = points(bundle, {}, {"one": ["open('n.txt', 'w').write('3')\nn = 3"]})
    assert scores == [{"one/test_1": 1}, {"one/test_1": 0}]
    assert not engine.notes


def test_of_files_that_students_keep_the_checker_has_none():
    bundle = an_assignment(
        {"one": (answer("x = 1"), check("assert open('mine.txt').read() == 'mine'"))},
        {"mine.txt": b"mine"},
        keep_own=("mine.txt",),
    )
    right, _, _ = points(bundle, {}, files={"mine.txt": b"mine"})
    wrong, _, _ = points(bundle, {}, files={"mine.txt": b"theirs"})
    assert [right[0], wrong[0]] == [{"one/test_1": 1}, {"one/test_1": 0}]


def test_a_students_file_does_not_take_the_place_of_a_given_one():
    bundle = Bundle(
        "hw", (), {"data/a.csv": b"given", "b.txt": b"given", "c.txt": b"given"}, ("c.txt",)
    )
    handed = {"data": b"x", "b.txt/c": b"x", "b.txt": b"x", "c.txt": b"mine", "d.txt": b"mine"}
    notes: list[str] = []
    found = students_files(bundle, Job("s", {}, handed), notes)
    assert found == {"data/a.csv": b"given", "b.txt": b"given", "c.txt": b"mine", "d.txt": b"mine"}
    assert [note.partition(" ")[0] for note in notes] == ["data", "b.txt/c"]


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "a\0b", 3, None, "x" * 2_000])
def test_paths_that_lead_out_of_the_folder_are_refused(path):
    assert not is_inside(path)


def test_paths_inside_are_taken():
    assert all(map(is_inside, ("x", "a/b.txt", ".hidden", "a..b/c")))
