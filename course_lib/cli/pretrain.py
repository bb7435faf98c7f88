"""`course pretrain`: retrain a shipped checkpoint, alone or under torchrun."""

from pathlib import Path

import click

from course_lib.errors import CourseError, UnknownNameError


@click.command()
@click.argument("name", required=False)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="COURSE_DATA",
    help="Folder of data sets that are not part of the course.",
)
def command(name: str | None, data: Path | None) -> None:
    """Retrain the checkpoint NAME and write it to course_lib/checkpoints/; without NAME, list them.

    On several processes or GPUs:
    torchrun --nproc-per-node 2 -m course_lib.cli.main pretrain NAME
    """
    from course_lib.recipes.registry import load, pretraining_files, summary_of

    files = pretraining_files()
    if name is None:
        for known, path in files.items():
            click.echo(f"{known:20} {summary_of(path)}")
        return
    if name not in files:
        raise UnknownNameError("checkpoint", name, list(files))
    recipe = load(files[name])
    needs = getattr(recipe, "NEEDS_DATA", None)
    if needs and (data is None or not (data / needs).is_dir()):
        raise CourseError(
            f"a data folder with {needs}/ in it",
            "none" if data is None else f"{data} without it",
            f"give one: course pretrain {name} --data DIR, or set COURSE_DATA",
        )
    path = recipe.pretrain(data) if needs else recipe.pretrain()
    if path is not None:
        click.echo(f"wrote {path.name} ({path.stat().st_size / 1e6:.1f} MB) and its card")
