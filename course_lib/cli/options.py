"""Options that several commands share."""

from pathlib import Path

import click

course_dir = click.option(
    "--course-dir",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="An nbgrader course: the folder with nbgrader_config.py and gradebook.db.",
)
students = click.option(
    "--student", "students", multiple=True, metavar="ID", help="Only these (repeatable)."
)
