"""The class report: are its numbers the gradebook's, its reasons the run's, its page readable?"""

import json
import shutil

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from test_similarity import DISGUISED, ODD
from written_class import Written, write_class

from course_lib.cli.report import command
from course_lib.errors import UnknownNameError
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.reports.class_data import collect, one_line
from course_lib.grading.reports.report import _grouped, class_report
from course_lib.grading.reports.report_plots import histogram

CASE = "case must not matter"


@pytest.fixture(scope="module")
def written(counting, tmp_path_factory):
    students = [Written(f"s{n:02d}") for n in range(12)]
    for one in students[:4]:
        one.failed = {"test_count_words": CASE}
    students[4].failed = {"test_count_words": "received 3"}
    students[5].failed = {"test_count_words": "received 17", "test_cosine": ""}
    students[6].doubts = ["two answers to the task <length>"]
    students[7].flags = ["wrote to the grader's descriptor"]
    students[8].shared = students[9].shared = ("test_cosine",)
    students[10].graded = False
    students[0].answers = {"cosine": ODD.replace("search", "cosine")}
    students[9].answers = {"cosine": DISGUISED.replace("search", "cosine")}
    return write_class(tmp_path_factory.mktemp("written") / "course", counting, students)


@pytest.fixture
def course(written, tmp_path):
    """Return a copy that a test may change."""
    shutil.copytree(written.root, tmp_path / "course")
    return open_course(tmp_path / "course")


@pytest.fixture(scope="module")
def page(written, tmp_path_factory):
    to = tmp_path_factory.mktemp("page") / "report.html"
    return class_report(written, "counting", to, progress=False).read_text()


def section(page, key):
    return BeautifulSoup(page, "html.parser").find("section", id=key)


def rows(part):
    return [[cell.text for cell in row.find_all("td")] for row in part.select("tbody tr")]


def test_the_numbers_on_top(page):
    soup = BeautifulSoup(page, "html.parser")
    facts = {one.dt.text: one.dd.text for one in soup.select("dl > div")}
    assert facts == {
        "submissions": "12",
        "with a score": "11",
        "median": "8 of 10",
        "need a person": "2",
        "signs of tampering": "1",
        "groups of near-identical answers": "1",
    }


def test_tasks_stand_in_the_order_of_the_notebook_with_their_shares(page):
    found = {row[0]: row[1:] for row in rows(section(page, "tasks"))}
    assert list(found) == [
        *("check_count_words", "test_count_words", "test_most_common", "test_length"),
        "test_cosine",
    ]
    # 6 of 11 lost both points; 1 of 11 lost three
    assert found["test_count_words"][:4] == ["2", "0.91", "45%", "55%"]
    assert found["test_cosine"][:4] == ["3", "2.73", "91%", "9%"]


def test_the_hardest_task_comes_first_with_its_most_frequent_message(page):
    part = section(page, "failures")
    assert [title.text for title in part.find_all("h3")] == ["test_count_words", "test_cosine"]
    first = part.find("table")
    assert "6 of 11 lost points – most of the class" in first.caption.text
    common, numbers = rows(first)
    assert common == ["4", CASE, "s00, s01, s02"]
    assert numbers in (
        ["2", "received 3 (the numbers vary)", "s04, s05"],
        ["2", "received 17 (the numbers vary)", "s04, s05"],
    )
    assert rows(part.find_all("table")[1]) == [["1", "AssertionError: without a message", "s05"]]


def test_rare_messages_are_counted_together():
    messages = {f"s{n}": word * 3 for n, word in enumerate("abcdefghkkk")}
    grouped = _grouped(messages)
    assert grouped[0] == ("kkk", 3, ["s8", "s9", "s10"])
    assert grouped[-1] == ("4 other messages", 4, ["s4", "s5", "s6"])
    assert sum(number for _, number, _ in grouped) == len(messages)


def test_who_needs_a_person_and_why(page):
    found = {row[0]: row[1:] for row in rows(section(page, "people"))}
    assert found == {
        "s06": ["10", "two answers to the task <length>"],
        "s10": ["–", "no score in the gradebook"],
    }


def test_signs_of_tampering_and_tests_beside_the_student_are_named(page):
    assert rows(section(page, "flagged")) == [["s07", "wrote to the grader's descriptor"]]
    assert rows(section(page, "shared")) == [["test_cosine", "2"]]


def test_near_identical_answers_are_shown_in_honest_words(page):
    part = section(page, "alike")
    (row,) = rows(part)
    assert row[0] == "s00, s09"
    assert "cosine (the same" in row[-1]
    assert "Near-identical is not copied" in part.text
    assert "cheat" not in page.lower()
    assert "plagiar" not in page.lower()


def test_the_page_is_whole_in_itself_and_can_be_read_aloud(page):
    soup = BeautifulSoup(page, "html.parser")
    assert not soup.select("script, link, iframe, img[src^=http]")
    assert "http://" not in page
    assert "https://" not in page
    drawings = soup.find_all("svg")
    assert len(drawings) == 6
    assert all(svg["role"] == "img" and ":" in svg["aria-label"] for svg in drawings)
    assert all(table.caption and table.caption.text for table in soup.find_all("table"))
    assert all(th["scope"] == "col" for th in soup.find_all("th"))
    for link in soup.select("nav a"):
        assert soup.find(id=link["href"][1:])
    assert "prefers-color-scheme:dark" in page


def test_a_drawing_says_its_numbers():
    svg = histogram([0, 1, 1, 2], 2, what="test_x", width=2.3)
    assert 'aria-label="test_x: 0 points: 1, 1 points: 2, 2 points: 1"' in svg
    assert "currentColor" in svg


@pytest.mark.parametrize(
    ("scores", "most"), [([0.5, 0.25, 1.0], 1), ([50.0, 99.5, 3.25, 7, 8.1], 100), ([0, 0], 0)]
)
def test_every_score_is_in_one_bar(scores, most):
    import re

    label = re.search(r'aria-label="([^"]*)"', histogram(scores, most, what="x"))[1]
    assert sum(int(number) for number in re.findall(r"points: (\d+)", label)) == len(scores)


def test_manual_grades_and_answers_that_wait(course):
    with course.gradebook() as gradebook:
        gradebook.find_grade("test_cosine", "counting", "counting", "s01").manual_score = 1.5
        grade = gradebook.find_grade("test_length", "counting", "counting", "s02")
        grade.auto_score, grade.needs_manual_grade = None, True
        gradebook.find_submission("counting", "s03").notebooks[0].late_submission_penalty = 3
        gradebook.db.commit()
    data = collect(course, "counting", progress=False)
    assert (data.people["s01"].score, data.people["s03"].score) == (6.5, 5.0)
    assert data.people["s02"].doubts == ["no score for test_length"]
    (length,) = [task for task in data.tasks if task.name == "test_length"]
    assert "s02" not in length.scores


def test_without_a_record_of_the_run_the_page_says_so(course):
    shutil.rmtree(course.root / ".course_grading")
    page = class_report(course, "counting", progress=False).read_text()
    assert "no record of the run" in page
    assert ["4", "AssertionError: case must not matter", "s00, s01, s02"] in rows(
        section(page, "failures")
    )


def test_a_run_that_isolated_nothing_is_named(course):
    record = {"isolated": False, "finished": False, "ended": "2026-01-01", "students": [
        {"student": "s02", "doubts": ["the notebook has a link"], "flags": []}
    ]}  # fmt: skip
    (course.root / ".course_grading/counting/report.json").write_text(json.dumps(record))
    page = class_report(course, "counting", progress=False).read_text()
    assert "Nothing was isolated" in page
    assert "stopped before" in page
    assert ["s02", "8", "the notebook has a link"] in rows(section(page, "people"))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"students": 3}', '{"notebooks": [1]}', "7"])
def test_a_broken_record_or_notebook_is_left_out(course, content):
    folder = course.root / ".course_grading/counting"
    (folder / "report.json").write_text(content if "students" not in content else "{}")
    (folder / "students/s01.json").write_text(content)
    notebook = course.folder("autograded", "counting", "s01") / "counting.ipynb"
    notebook.chmod(0o644)
    notebook.write_text(content)
    assert "class report" in class_report(course, "counting", progress=False).read_text()


def test_no_text_of_a_student_becomes_markup(course):
    path = course.root / ".course_grading/counting/students/s07.json"
    entry = json.loads(path.read_text())
    entry["flags"] = ["<script>alert(1)</script>\x1b[31mred"]
    path.write_text(json.dumps(entry))
    page = class_report(course, "counting", progress=False).read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;red" in page


def test_a_message_becomes_one_line_that_a_table_bears():
    assert one_line("a\n  \x1b[31mb\x1b[0m\n") == "a b"
    assert len(one_line("x" * 10**6)) == 300


def test_the_command_writes_where_it_says(course):
    done = CliRunner().invoke(command, ["counting", "--course-dir", str(course.root)])
    assert done.exit_code == 0, done.exception
    assert (course.root / "report_counting.html").is_file()
    assert "report_counting.html" in done.output
    wrong = CliRunner().invoke(command, ["countin", "--course-dir", str(course.root)])
    assert isinstance(wrong.exception, UnknownNameError)
