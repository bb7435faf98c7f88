"""`course feedback`: HTML pages for graded submissions."""

from pathlib import Path

import click

from course_lib.cli import options


@click.command()
@click.argument("assignment")
@options.course_dir
@options.students
@click.option("--show-hidden-tests", is_flag=True, help="Leave the hidden tests in the pages.")
def command(
    assignment: str, course_dir: Path, students: tuple[str, ...], show_hidden_tests: bool
) -> None:
    """Write DIR/feedback/STUDENT/ASSIGNMENT/*.html, without the source of hidden tests."""
    from course_lib.grading.course.course_dir import open_course
    from course_lib.grading.notebook.table import table
    from course_lib.grading.reports.feedback import feedback

    course = open_course(course_dir)
    written = feedback(course, assignment, students, show_hidden=show_hidden_tests)
    rows = [
        (
            one.student,
            ", ".join(str(page.relative_to(course.root)) for page in one.pages) or one.reason,
        )
        for one in written
    ]
    click.echo(table(["student", "feedback"], rows))
