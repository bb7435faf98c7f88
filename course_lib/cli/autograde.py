"""`course autograde`: grade the submissions of an nbgrader course."""

import os
import sys
from pathlib import Path

import click

from course_lib.cli import options


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1


@click.command()
@click.argument("assignment")
@options.course_dir
@options.students
@click.option(
    "--workers", type=click.IntRange(1), default=None, help="Default: one for each processor core."
)
@click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler, as tcp://HOST:PORT.")
@click.option("--db", metavar="URL", default="", help="Gradebook, over the course's db_url.")
@click.option(
    "--sandbox",
    type=click.Choice(["bubblewrap", "container", "none"]),
    default="bubblewrap",
    show_default=True,
    help="What keeps submissions apart from this machine.",
)
@click.option(
    "--i-trust-every-submission", "trusted", is_flag=True, help="Needed for --sandbox none."
)
@click.option(
    "--timeout",
    type=click.IntRange(1),
    metavar="SECONDS",
    help="A cell's limit, over the course's.",
)
@click.option("--force", is_flag=True, help="Grade again what is already graded.")
def command(
    assignment: str,
    course_dir: Path,
    students: tuple[str, ...],
    workers: int | None,
    cluster: str | None,
    db: str,
    sandbox: str,
    trusted: bool,
    timeout: int | None,
    force: bool,
) -> None:
    """Grade ASSIGNMENT in any nbgrader course directory. A run that was cut off resumes.

    Every student ends with a score or with a reason. Exit code 1 when somebody must look at one,
    2 for an error of the course or of its use, 130 when stopped.
    """
    from course_lib.grading.engine.head_start import HeadStart

    require_trust(sandbox, trusted)
    with HeadStart(course_dir, assignment, sandbox, cluster or "") as engine:
        # imported only now: the warm process has begun to load what it needs
        from course_lib.grading.course.course_dir import open_course
        from course_lib.grading.ledger.journal import FOLDER
        from course_lib.grading.run.autograde import StoppedError, autograde
        from course_lib.grading.run.summary import summary

        course = open_course(course_dir, db)
        try:
            outcomes = autograde(
                course,
                assignment,
                students,
                engine_factory=engine,
                workers=workers or _cores(),
                force=force,
                timeout=timeout,
                sandbox=sandbox,
            )
        except StoppedError as stopped:
            click.echo(f"\n{summary(stopped.outcomes)}", err=True)
            click.echo("stopped; what is graded is kept: the same command goes on", err=True)
            sys.exit(130)
    if sandbox == "none":
        click.echo("not isolated: the submissions ran with your rights", err=True)
    click.echo(summary(outcomes))
    click.echo(f"report: {course.root / FOLDER / assignment / 'report.json'}")
    if any(outcome.needs_person for outcome in outcomes):
        sys.exit(1)


def require_trust(sandbox: str, trusted: bool) -> None:
    """Raise CourseError for a run without isolation that nobody asked for in words."""
    from course_lib.errors import CourseError

    if sandbox == "none" and not trusted:
        raise CourseError(
            "a sandbox, or the words --i-trust-every-submission",
            "--sandbox none alone: submissions would run with your rights",
            "leave --sandbox out, or add these words for a class that you trust",
        )
