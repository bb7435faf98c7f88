"""The delimiters of a course: nbgrader's own, or those that nbgrader_config.py names."""

from typing import Any

from course_lib.grading.notebook.regions import Markers


def markers_of(config: Any) -> Markers:
    """Return what begins and ends answers, hidden tests and marking schemes in this course.

    config: the course's, as nbgrader reads it.
    """
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

    answers, tests = ClearSolutions(config=config), ClearHiddenTests(config=config)
    scheme = ClearMarkScheme(config=config)
    found = {
        str(answers.begin_solution_delimeter): ("BEGIN", "SOLUTION"),
        str(answers.end_solution_delimeter): ("END", "SOLUTION"),
        str(tests.begin_test_delimeter): ("BEGIN", "HIDDEN TESTS"),
        str(tests.end_test_delimeter): ("END", "HIDDEN TESTS"),
        str(scheme.begin_mark_scheme_delimeter): ("BEGIN", "MARK SCHEME"),
        str(scheme.end_mark_scheme_delimeter): ("END", "MARK SCHEME"),
    }
    # the longest first: one may be a part of another
    return {text: found[text] for text in sorted(found, key=len, reverse=True)}
