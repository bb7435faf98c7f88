"""The `course` command. Each subcommand is a module of its own, imported when it is called."""

import importlib
import sys
from pathlib import Path
from typing import NoReturn

import click

from course_lib.errors import CourseError

# subcommand -> (module below course_lib.cli, one line for --help)
COMMANDS = {
    "book": ("book", "Build the book, executed, and say where it is."),
    "release": ("release", "Make exercises/ from solutions/; refuse if an answer would leak."),
    "validate": ("validate", "Run every solution and every stub; print a table."),
    "autograde": ("autograde", "Grade the submissions of an nbgrader course."),
    "feedback": ("feedback", "Write HTML feedback for graded submissions."),
    "report": ("report", "Write a page on how a class did, for the instructor."),
    "export": ("export", "Write the grades as CSV (plain, Canvas, Moodle)."),
    "demo-class": ("demo_class", "Make a course with a dozen simulated submissions."),
    "record": ("record", "Redo a recorded run: book/results/NAME.json."),
    "pretrain": ("pretrain", "Retrain a shipped checkpoint."),
    "model": ("model", "Fetch published pre-trained networks, or list them."),
    "bench": ("bench", "Time pairs in one run and print their ratios."),
    "doctor": ("doctor", "Say what is installed, what is missing, what to do."),
}


class LazyGroup(click.Group):
    """List commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command and return its `command`."""
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"course_lib.cli.{COMMANDS[cmd_name][0]}").command

    def resolve_command(self, ctx: click.Context, args: list[str]):
        """Name the nearest command when the one asked for does not exist."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from course_lib.errors import UnknownNameError

            raise UnknownNameError("course command", args[0], list(COMMANDS))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print the table; no module is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.version_option(package_name="course-lib")
def course() -> None:
    """Build, release and grade the course Transfer Learning and Transformers."""


def main() -> None:
    """Run the command line; a user's mistake prints three lines and exits with 2."""
    try:
        course()
    except CourseError as error:
        _stop(error)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if not _is_added_by_tests(package):
            raise
        _stop(CourseError(f"the package {package}", "none in this Python", "make test adds it"))


def _stop(error: CourseError) -> NoReturn:
    click.echo(f"course: {type(error).__name__}\n{error.report()}", err=True)
    sys.exit(2)


def _is_added_by_tests(package: str) -> bool:
    """Say whether a package, such as gensim for a recorded run, comes with `make test` alone."""
    from course_lib.cli import bootstrap

    if not Path(bootstrap.LOCK).exists():
        return False
    pinned = {pin.partition("==")[0] for pin in bootstrap.pins(bootstrap.TESTS)}
    return package in {name.lower().replace("-", "_") for name in pinned}


if __name__ == "__main__":
    main()
