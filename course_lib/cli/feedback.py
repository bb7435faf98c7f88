"""`course feedback`: HTML pages for graded submissions."""

from pathlib import Path

import click


@click.command()
@click.argument("assignment")
@click.option(
    "--course-dir",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Folder with source/, submitted/ and nbgrader_config.py.",
)
@click.option("--student", "students", multiple=True, metavar="ID", help="Only these (repeatable).")
@click.option("--show-hidden-tests", is_flag=True, help="Leave the hidden tests in the pages.")
def command(
    assignment: str, course_dir: Path, students: tuple[str, ...], show_hidden_tests: bool
) -> None:
    """Write DIR/feedback/STUDENT/ASSIGNMENT/*.html, without the source of hidden tests."""
    from course_lib.grading.course_dir import open_course
    from course_lib.grading.feedback import feedback
    from course_lib.grading.table import table

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
