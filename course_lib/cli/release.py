"""`course release`: exercises/ from solutions/."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--check", is_flag=True, help="Write nothing; fail if a notebook is out of date.")
@click.option(
    "--try/--no-try",
    "tried",
    default=True,
    help="Grade the answers first: do the tests work from outside the student's process?",
)
@click.option("--solutions", type=click.Path(path_type=Path), help="Folder of the sources.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the students' notebooks.")
def command(
    names: tuple[str, ...], check: bool, tried: bool, solutions: Path | None, out: Path | None
) -> None:
    """Make the students' notebooks; refuse if an answer or a hidden test would leak.

    Also refused: a test that fails the assignment's own answers when it is graded.
    """
    from tqdm import tqdm

    from course_lib.grading.authoring.release import release
    from course_lib.grading.authoring.remote_check import require_remote
    from course_lib.grading.authoring.source import EXERCISES, SOLUTIONS, find_assignments
    from course_lib.grading.notebook.table import table

    assignments = find_assignments(solutions or SOLUTIONS, names)
    if tried and not check:
        for assignment in tqdm(assignments, desc="answers", unit="assignment"):
            require_remote(assignment)
    released = release(assignments, out or EXERCISES, check=check)
    rows = [(r.name, r.state, r.tasks, r.points, str(r.path)) for r in released]
    click.echo(table(["assignment", "notebook", "tasks", "points", "file"], rows))
    if any(r.state == "stale" for r in released):
        click.echo("out of date: run `course release`", err=True)
        sys.exit(1)
