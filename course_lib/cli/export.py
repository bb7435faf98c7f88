"""`course export`: the gradebook as CSV."""

from pathlib import Path

import click

from course_lib.cli import options

NAMED = 20  # submissions without a full score that are named on the terminal


@click.command()
@options.course_dir
@click.option("--to", type=click.Path(path_type=Path), help="Default: grades.csv in the course.")
@click.option(
    "--format", "kind", default="plain", show_default=True, help="plain, canvas or moodle."
)
def command(course_dir: Path, to: Path | None, kind: str) -> None:
    """Write the grades of every assignment."""
    from course_lib.grading.course.course_dir import open_course
    from course_lib.grading.reports.export import export

    course = open_course(course_dir)
    target = to or course.root / ("grades.csv" if kind == "plain" else f"grades_{kind}.csv")
    waiting = export(course, target, kind)
    click.echo(f"grades as {kind} in {target}")
    if waiting:
        more = f" and {len(waiting) - NAMED:,} more" if len(waiting) > NAMED else ""
        click.echo(f"not fully graded: {', '.join(waiting[:NAMED])}{more}", err=True)
