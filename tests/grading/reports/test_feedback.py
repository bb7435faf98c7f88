"""Feedback: is there what a student needs, and no hidden test, no script, no flood?"""

import re
import shutil
import time

import pytest
from bs4 import BeautifulSoup
from hostile_pages import HEAVY, one_cell, printed, scripted, shown
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from written_class import Written, write_class

from course_lib.errors import CourseDirectoryError
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.course.gradesheet import GradeRow, GradeSheet
from course_lib.grading.reports.feedback import _nbgrader_config, feedback, hide_tests
from course_lib.grading.reports.feedback_page import PageMaker

HIDDEN = """\
assert double(1) == 2
### BEGIN HIDDEN TESTS
assert double(-3) == -6, f"negative numbers are doubled too, received {double(-3)}"
expected = {"a": 2, "b": 4}
### END HIDDEN TESTS
"""


@pytest.fixture(scope="module")
def written(counting, tmp_path_factory):
    wrong = {"test_count_words": "case must not matter", "test_length": "x", "test_cosine": ""}
    students = [
        Written("right"),
        Written("wrong", wrong, {"count_words": "def count_words(text):\n    return None"}),
        Written("nothing", graded=False),
    ]
    return write_class(tmp_path_factory.mktemp("written") / "course", counting, students)


@pytest.fixture
def course(written, tmp_path):
    """Return a copy that a test may change."""
    shutil.copytree(written.root, tmp_path / "course")
    return open_course(tmp_path / "course")


@pytest.fixture(scope="module")
def pages(written):
    return {one.student: one for one in feedback(written, "counting", progress=False)}


@pytest.fixture(scope="module")
def maker(written):
    return PageMaker(_nbgrader_config(written, "counting"))


def drawn(maker, notebook: NotebookNode) -> str:
    return maker.page(from_dict(notebook), GradeSheet("ada", "counting"))


def graded(*outputs, source=HIDDEN):
    cell = new_code_cell(source, outputs=list(outputs))
    cell.metadata["nbgrader"] = {"grade": True, "grade_id": "test_double", "solution": False}
    return new_notebook(cells=[cell])


def test_everyone_with_a_score_has_a_page(pages):
    assert [name for name, one in pages.items() if not one.pages] == ["nothing"]
    assert pages["nothing"].reason == "not graded"


def test_a_page_says_the_score_and_the_message_but_not_the_hidden_test(pages):
    page = pages["wrong"].pages[0].read_text()
    assert "3 / 10" in BeautifulSoup(page, "html.parser").find("p").text
    assert "AssertionError: case must not matter" in page
    assert "AssertionError: a test failed" in page
    for name in ("right", "wrong"):
        text = BeautifulSoup(pages[name].pages[0].read_text(), "html.parser").text
        assert "HIDDEN TESTS" not in text
        assert "One one ONE two" not in text
        assert "an empty text has no direction" not in text
        assert "Every word has the count 1" in text, "what learners could see stays"


def test_the_points_of_every_task_stand_on_top_and_lead_to_its_cell(pages):
    soup = BeautifulSoup(pages["wrong"].pages[0].read_text(), "html.parser")
    points = {row.a.text: row.find("td", class_="points").text for row in soup.select("tbody tr")}
    assert points["Task 2: the most frequent word"] == "2 / 2"
    assert points["Task 4: the cosine between two texts"] == "0 / 3"
    for link in soup.select("tbody a"):
        assert soup.find("a", attrs={"name": link["href"][1:]})


def test_manual_points_a_comment_and_lateness_are_shown(course):
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("test_cosine", "counting", "counting", "right")
        grade.manual_score = 1.5
        comment = gradebook.find_comment("cosine", "counting", "counting", "right")
        comment.manual_comment = "Well **argued**. <script>no</script>"
        gradebook.find_submission("counting", "right").notebooks[0].late_submission_penalty = 2
        gradebook.db.commit()
    (one,) = feedback(course, "counting", ["right"], progress=False)
    soup = BeautifulSoup(one.pages[0].read_text(), "html.parser")
    assert "6.5 / 10" in soup.find("p").text
    assert "1.5 / 3" in soup.table.text
    assert "handed in late" in soup.table.text
    assert soup.select_one(".panel-footer strong").text == "argued"


def test_the_message_of_a_failed_hidden_test_is_all_that_is_left_of_it():
    error = new_output(
        "error",
        ename="AssertionError",
        evalue="negative numbers are doubled too, received 3",
        traceback=["Cell In[3], line 3", "----> 3 assert double(-3) == -6, f'negative numbers'"],
    )
    notebook = graded(error)
    hide_tests(notebook)
    (cell,) = notebook.cells
    assert cell.source == "assert double(1) == 2"
    assert cell.outputs[0].traceback == [
        "AssertionError: negative numbers are doubled too, received 3"
    ]


def test_no_line_of_a_hidden_test_is_quoted_anywhere():
    """A warning quotes its line, a clever answer prints its caller's, an assert may repeat it."""
    line = 'expected = {"a": 2, "b": 4}'
    notebook = graded(
        printed(f"cell.py:4: UserWarning: beware\n  {line}\n", "stderr"),
        shown(text_plain=f"looked at {line}", text_html=f"<b>{line}</b>"),
        new_output("error", ename="AssertionError", evalue=f"failed: {line}", traceback=[line]),
    )
    notebook.cells.insert(0, new_code_cell("spy()", outputs=[printed(f"seen: {line}")]))
    hide_tests(notebook)
    assert line not in str(notebook).replace("\\'", "'")
    assert "beware" in notebook.cells[1].outputs[0].text
    assert "a line of a hidden test" in notebook.cells[0].outputs[0].text


def test_a_failed_assert_without_a_message_says_so():
    notebook = graded(new_output("error", ename="AssertionError", evalue="", traceback=["secret"]))
    hide_tests(notebook)
    assert notebook.cells[0].outputs[0].traceback == ["AssertionError: a test failed"]


def test_hidden_tests_are_shown_when_asked_for(course):
    (one,) = feedback(course, "counting", ["right"], show_hidden=True, progress=False)
    page = BeautifulSoup(one.pages[0].read_text(), "html.parser")
    assert "One one ONE two" in page.text


def test_nothing_of_a_student_runs_or_is_fetched(maker):
    page = drawn(maker, scripted())
    soup = BeautifulSoup(page, "html.parser")
    forbidden = "script, iframe, object, embed, form, link, base, svg, [srcdoc], style ~ style"
    assert soup.select(forbidden) == []
    assert len(soup.select("meta[http-equiv]")) == 1, "our policy alone"
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        for name in ("href", "src", "action", "formaction", "style"):
            value = str(tag.get(name, ""))
            assert not re.match(r"\s*(javascript|data:text|vbscript)", value, re.I), tag
            assert "evil" not in value, tag
    assert soup.title.text == "counting: feedback for ada"
    assert "kept" in soup.text
    assert soup.find("b", style=True)["style"] == "color:red;"
    drawings = soup.select("img[src^='data:image/svg']")
    assert len(drawings) == 2, "a drawing becomes a picture, where no script runs"


def test_the_policy_of_a_page_forbids_scripts(maker):
    soup = BeautifulSoup(drawn(maker, new_notebook()), "html.parser")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy


def test_a_student_cannot_dress_up_a_cell_as_ours(maker):
    fake = '<div class="panel"><span class="points full" id="top">10 / 10</span></div>'
    soup = BeautifulSoup(drawn(maker, one_cell(shown(text_html=fake))), "html.parser")
    assert soup.find("span", class_="points") is None
    assert not soup.select(".output .panel")


@pytest.mark.parametrize("what", list(HEAVY))
def test_a_page_stays_small_and_quick_whatever_it_shows(maker, what):
    started = time.process_time()
    page = drawn(maker, HEAVY[what]())
    assert len(page.encode()) < 2_000_000
    assert "left out" in page
    assert time.process_time() - started < 20


def test_what_was_left_out_is_counted(maker):
    text = "".join(f"line {i}\n" for i in range(10_000))
    page = BeautifulSoup(drawn(maker, one_cell(printed(text))), "html.parser").text
    left = int(re.search(r"([\d,]+) characters in", page)[1].replace(",", ""))
    assert left == len(text) - 20_000
    assert "line 0\n" in page
    assert "line 9999" in page


def test_a_message_survives_a_flood_before_it(maker):
    flood = [printed("x\n" * 10_000), shown(text_plain="y" * 10_000)] * 500
    notebook = graded(
        *flood, new_output("error", ename="AssertionError", evalue="look here", traceback=["..."])
    )
    hide_tests(notebook)
    assert "AssertionError: look here" in drawn(maker, notebook)


def test_formulas_are_drawn_without_a_script(maker):
    pytest.importorskip("docutils")
    text = r"mean $\frac{1}{n}$, $$\sqrt{d}$$ and \begin{unknown}x\end{unknown}"
    page = drawn(maker, new_notebook(cells=[new_markdown_cell(text)]))
    soup = BeautifulSoup(page, "html.parser")
    assert soup.select_one("math mfrac")
    assert soup.select_one("math[display=block] msqrt")
    assert r"\begin{unknown}" in soup.select_one("code.tex").text


def test_a_progress_bar_shows_its_last_state(maker):
    page = drawn(maker, one_cell(printed("".join(f"\r{i} of 9" for i in range(10)) + "\ndone")))
    assert "9 of 9" in page
    assert "8 of 9" not in page


def test_pages_of_an_earlier_notebook_go_and_the_timestamp_comes(course):
    """`nbgrader release_feedback` reads timestamp.txt beside every page."""
    stale = course.folder("feedback", "counting", "right") / "renamed.html"
    stale.parent.mkdir(parents=True, exist_ok=True)
    stale.write_text("old")
    stamp = course.folder("autograded", "counting", "right") / "timestamp.txt"
    stamp.write_text("2026-01-01 00:00:00 UTC")
    feedback(course, "counting", ["right"], progress=False)
    assert not stale.exists()
    assert (stale.parent / "timestamp.txt").read_text() == stamp.read_text()


def test_one_broken_notebook_does_not_stop_the_others(course):
    broken = course.folder("autograded", "counting", "right") / "counting.ipynb"
    broken.chmod(0o644)
    broken.write_text("{")
    done = {one.student: one for one in feedback(course, "counting", progress=False)}
    assert done["right"].reason
    assert done["wrong"].pages


def test_before_grading_there_is_one_error(course):
    shutil.rmtree(course.root / "autograded")
    with pytest.raises(CourseDirectoryError, match="course autograde counting"):
        feedback(course, "counting", progress=False)


def test_a_task_is_called_by_its_heading(maker):
    cells = [new_markdown_cell("## Task 1: *Count* <b>words</b> (8 minutes, 2 points)\n\nDo it.")]
    cells += graded().cells
    row = GradeRow("test_double", "code", 1.0, 2.0, auto=1.0, manual=None, needs_person=False)
    sheet = GradeSheet("ada", "counting", rows={row.cell: row})
    page = maker.page(from_dict(new_notebook(cells=cells)), sheet)
    link = BeautifulSoup(page, "html.parser").find("table").find("a")
    assert link["href"] == "#test_double"
    assert link.text == "Task 1: *Count* <b>words</b>"


def test_a_notebook_in_which_nothing_is_graded_says_so(maker):
    page = BeautifulSoup(drawn(maker, new_notebook(cells=[new_code_cell("x = 1")])), "html.parser")
    assert page.find("h1").find_next("p").text == "ada: nothing in it is graded"
    assert page.find("table") is None


def test_an_empty_answer_is_said_to_be_one():
    notebook = graded(new_output("error", ename="NotImplementedError", evalue="", traceback=["x"]))
    hide_tests(notebook)
    assert notebook.cells[0].outputs[0].traceback == [
        "Not answered: a cell still says raise NotImplementedError."
    ]


def test_links_that_lead_out_of_the_folder_become_text(maker):
    cell = new_markdown_cell("[chapter](../../book/06_ulmfit.md), [web](https://example.org)")
    page = BeautifulSoup(drawn(maker, new_notebook(cells=[cell])), "html.parser")
    links = {a.text: a.get("href") for a in page.find("main").find_all("a") if a.text}
    assert links.get("chapter") is None
    assert links["web"] == "https://example.org"
