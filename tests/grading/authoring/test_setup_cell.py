"""The first cell of an exercise: with the library, without it, with and without an address."""

import sys

import pytest

from course_lib.errors import CourseError
from course_lib.grading.authoring.leaks import syntax_fault
from course_lib.grading.authoring.setup_cell import repository_url, setup_code


def test_with_an_address_the_library_is_installed_from_there():
    code = setup_code("https://example.org/course")
    assert '%pip install --quiet "course-lib @ git+https://example.org/course"' in code
    assert syntax_fault(code) is None


def test_with_the_library_nothing_happens():
    exec(setup_code(""), {})


def test_without_library_and_address_the_cell_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "course_lib", None)
    with pytest.raises(ModuleNotFoundError, match="make book"):
        exec(setup_code(""), {})


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("title: x", ""),
        ('repository:\n  url: ""', ""),
        ("repository:\n  url: https://example.org/a/", "https://example.org/a"),
    ],
)
def test_the_address_is_one_setting(tmp_path, text, url):
    (tmp_path / "_config.yml").write_text(text)
    assert repository_url(tmp_path / "_config.yml") == url


def test_no_file_is_no_address_and_a_broken_one_is_an_error(tmp_path):
    assert repository_url(tmp_path / "none.yml") == ""
    (tmp_path / "_config.yml").write_text("a: [")
    with pytest.raises(CourseError, match="YAML"):
        repository_url(tmp_path / "_config.yml")
