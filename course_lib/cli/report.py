"""`course report`: one page on how a class did."""

from pathlib import Path

import click

from course_lib.cli import options


@click.command()
@click.argument("assignment")
@options.course_dir
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Default: report_ASSIGNMENT.html in the course.",
)
def command(assignment: str, course_dir: Path, out: Path | None) -> None:
    """Write a page for the instructor: points, frequent failures, what needs a look."""
    from course_lib.grading.course.course_dir import open_course
    from course_lib.grading.reports.report import class_report

    course = open_course(course_dir)
    click.echo(f"report in {class_report(course, assignment, out)}")
