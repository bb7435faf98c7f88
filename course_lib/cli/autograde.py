"""`course autograde`: grade the submissions of an nbgrader course."""

import sys
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
@click.option("--force", is_flag=True, help="Grade again what is already graded.")
@click.option(
    "--timeout", type=int, metavar="SECONDS", help="Seconds a cell, over the course's setting."
)
def command(
    assignment: str, course_dir: Path, students: tuple[str, ...], force: bool, timeout: int | None
) -> None:
    """Grade ASSIGNMENT in any nbgrader course directory. A run that was cut off resumes.

    Every student ends with a score or with a reason. Exit code 1 when somebody must look at one.
    """
    from course_lib.grading.autograde import autograde, report
    from course_lib.grading.course_dir import open_course

    outcomes = autograde(
        open_course(course_dir), assignment, students, force=force, timeout=timeout
    )
    click.echo(report(outcomes))
    if any(outcome.needs_person for outcome in outcomes):
        sys.exit(1)
