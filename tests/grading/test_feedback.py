"""Feedback: are the pages there, and do they keep the hidden tests to themselves?"""

import pytest

from course_lib.errors import CourseDirectoryError
from course_lib.grading.feedback import feedback


@pytest.fixture(scope="module")
def pages(graded_class, tmp_path_factory):
    import shutil

    from course_lib.grading.course_dir import open_course

    folder = tmp_path_factory.mktemp("pages") / "course"
    shutil.copytree(graded_class[0].root, folder)
    return {one.student: one for one in feedback(open_course(folder), "counting", progress=False)}


def test_everyone_with_a_score_has_a_page(pages):
    without = [name for name, one in pages.items() if not one.pages]
    assert without == ["not_a_notebook"]
    assert pages["not_a_notebook"].reason == "not graded"


def test_a_page_says_the_score_and_the_message_but_not_the_hidden_test(pages):
    text = pages["wrong_answer"].pages[0].read_text()
    assert "7.0 / 10.0" in " ".join(text.split())
    blank = pages["first_task_only"].pages[0].read_text()
    assert "NotImplementedError" in blank
    for page in (text, blank):
        assert "case must not matter" not in page
        assert "HIDDEN TESTS" not in page
        assert "One one ONE two" not in page


def test_the_message_of_a_failed_hidden_test_is_shown(class_copy):
    """The answer passes what is visible, so only the hidden part can have said this."""
    from course_lib.grading.grade import grade_one
    from course_lib.grading.intake import expected_cells

    path = class_copy.folder("submitted", "counting", "noisy") / "counting.ipynb"
    path.write_text(path.read_text().replace("text.lower().split()", "text.split()"))
    with class_copy.gradebook() as gradebook:
        cells = expected_cells(class_copy, gradebook, "counting")
    assert grade_one(class_copy, "counting", "noisy", cells).score == 8.0
    (one,) = feedback(class_copy, "counting", ["noisy"], progress=False)
    text = one.pages[0].read_text()
    assert "case must not matter" in text
    assert "One one ONE two" not in text


def test_hidden_tests_are_shown_when_asked_for(class_copy):
    (one,) = feedback(class_copy, "counting", ["perfect"], show_hidden=True, progress=False)
    assert "One one ONE two" in one.pages[0].read_text()


def test_before_grading_there_is_one_error(class_copy):
    import shutil

    shutil.rmtree(class_copy.root / "autograded")
    with pytest.raises(CourseDirectoryError, match="course autograde counting"):
        feedback(class_copy, "counting", progress=False)
