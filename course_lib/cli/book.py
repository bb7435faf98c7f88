"""`course book`: build the book, executed, and say where it is."""

import sys

import click


@click.command()
@click.option("--all", "everything", is_flag=True, help="Make every page anew; cells stay cached.")
@click.option("--quiet", is_flag=True, help="Print warnings and errors only.")
def command(everything: bool, quiet: bool) -> None:
    """Build the book, executed, and say where it is.

    The build is strict: a warning, a broken link or an error in a cell fails it. Cells run again
    only when they, or what they rest on, have changed.
    """
    from course_lib.cli.book_build import build

    built = build(everything=everything, quiet=quiet)
    if not built.succeeded:
        click.echo("course: the book was not built; each warning above names its page", err=True)
        sys.exit(1)
    click.echo(f"The book was built in {built.seconds:.0f} s. Open this file in a browser:")
    click.echo(f"  {built.index}")
