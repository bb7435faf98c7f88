"""`course record [NAME]`: redo a recorded run, or list them all."""

from pathlib import Path

import click

from course_lib.errors import CourseError


def _parse_seeds(text: str | None) -> list[int] | None:
    if text is None:
        return None
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise CourseError(
            "seeds as whole numbers between commas", repr(text), "for example: --seeds 0,1,2"
        ) from error


@click.command()
@click.argument("name", required=False)
@click.option("--seeds", metavar="0,1,2", help="Seeds, instead of the recipe's own.")
@click.option(
    "--data",
    "data_dir",
    envvar="COURSE_DATA",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of data sets that are not part of the course (also $COURSE_DATA).",
)
@click.option("--fresh", is_flag=True, help="Do not continue an interrupted recording.")
def command(name: str | None, seeds: str | None, data_dir: Path | None, fresh: bool) -> None:
    """Redo a recorded run and write book/results/NAME.json; without a NAME, list them all.

    An interrupted recording continues where it stopped.
    """
    from course_lib.recipes.registry import known_recipes, record
    from course_lib.training.results import names

    if name is None:
        recorded = set(names())
        for known, line in known_recipes().items():
            click.echo(f"{'recorded' if known in recorded else '-':10}{known:24}{line}")
        return
    result = record(name, seeds=_parse_seeds(seeds), data_dir=data_dir, fresh=fresh)
    click.echo(f"book/results/{name}.json: {result.wall_seconds:.0f} s")
