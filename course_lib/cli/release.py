"""`course release`: exercises/ from solutions/."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--check", is_flag=True, help="Write nothing; fail if a notebook is out of date.")
@click.option("--solutions", type=click.Path(path_type=Path), help="Folder of the sources.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the students' notebooks.")
def command(names: tuple[str, ...], check: bool, solutions: Path | None, out: Path | None) -> None:
    """Make the students' notebooks; refuse if an answer or a hidden test would leak."""
    from course_lib.grading.release import release
    from course_lib.grading.source import EXERCISES, SOLUTIONS, find_assignments
    from course_lib.grading.table import table

    released = release(
        find_assignments(solutions or SOLUTIONS, names), out or EXERCISES, check=check
    )
    rows = [(r.name, r.state, r.tasks, r.points, str(r.path)) for r in released]
    click.echo(table(["assignment", "notebook", "tasks", "points", "file"], rows))
    if any(r.state == "stale" for r in released):
        click.echo("out of date: run `course release`", err=True)
        sys.exit(1)
