"""`course validate`: run every solution and every stub."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.option("--mutants", is_flag=True, help="Also run the mutants and the alternatives.")
@click.option(
    "--every-cell",
    is_flag=True,
    help="With --mutants: run all cells again, also those that the mutant cannot reach (slow).",
)
@click.option("--solutions", type=click.Path(path_type=Path), help="Folder of the sources.")
def command(
    names: tuple[str, ...], mutants: bool, every_cell: bool, solutions: Path | None
) -> None:
    """Run solutions (full marks) and stubs (no marks) with papermill; exit code 1 on any fault."""
    from tqdm import tqdm

    from course_lib.grading.authoring.misconceptions import disagreements, judge, kill_rate
    from course_lib.grading.authoring.source import SOLUTIONS, find_assignments
    from course_lib.grading.authoring.validation import validate
    from course_lib.grading.notebook.table import table

    assignments = find_assignments(solutions or SOLUTIONS, names)
    results, judged, faults = [], {}, []
    with tqdm(total=len(assignments) * (3 if mutants else 2), unit="run") as bar:
        for assignment in assignments:
            bar.set_description(assignment.name)
            for stage, so_far in validate(assignment):
                bar.set_postfix_str(stage)
                bar.update()
                result = so_far
            results.append(result)
            faults += [f"{result.name}: {fault}" for fault in result.faults]
            if mutants:
                faults += [f"{assignment.name}: {fault}" for fault in disagreements(assignment)]
                _, judged[assignment.name] = judge(assignment, every_cell=every_cell)
                bar.set_postfix_str("mutants")
                bar.update()
    header = ["assignment", "test", "points", "solution", "stub"]
    rows = [
        (result.name, test, most, result.solution.get(test), result.stub.get(test))
        for result in results
        for test, most in result.most.items()
    ]
    click.echo(table(header, rows) + "\n")
    header = ["assignment", "points", "solution", "stub", "solution s", "stub s", "mutants killed"]
    rows = []
    for result in results:
        verdicts = judged.get(result.name, [])
        killed = "{} of {}".format(*kill_rate(verdicts)) if mutants else "not run"
        points = (sum(p or 0.0 for p in side.values()) for side in (result.solution, result.stub))
        rows.append((result.name, sum(result.most.values()), *points, *result.seconds, killed))
        faults += [
            f"{result.name}: {v.kind} {v.name} loses {v.lost or 'nothing'}, expected "
            f"{v.expected or 'nothing'}"
            for v in verdicts
            if not v.as_expected
        ]
        faults += [
            f"{result.name}: the check does not say the message of {v.name}"
            for v in verdicts
            if not v.told
        ]
        faults += [
            f"{result.name}: {v.kind} {v.name} is told the message of {', '.join(v.misled)}"
            for v in verdicts
            if v.misled
        ]
    click.echo(table(header, rows))
    if faults:
        click.echo("\n" + "\n".join(faults), err=True)
        sys.exit(1)
