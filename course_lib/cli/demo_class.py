"""`course demo-class`: a course with a dozen simulated submissions."""

from pathlib import Path

import click

from course_lib.errors import CourseDirectoryError


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--assignment", "name", metavar="NAME", help="Default: the first one.")
@click.option("--solutions", type=click.Path(path_type=Path), help="Folder of the sources.")
@click.option("--timeout", type=int, default=20, show_default=True, help="Seconds a cell may take.")
@click.option("--empty", is_flag=True, help="Without students: the start of a real course.")
def command(
    folder: Path, name: str | None, solutions: Path | None, timeout: int, empty: bool
) -> None:
    """Make an nbgrader course in DIR, with students called by what they do."""
    from course_lib.grading.authoring.demo_class import make_demo_class
    from course_lib.grading.authoring.source import SOLUTIONS, find_assignments
    from course_lib.grading.notebook.table import table

    chosen = find_assignments(solutions or SOLUTIONS, (name,) if name else ())
    if not chosen:
        where = str(solutions or SOLUTIONS)
        raise CourseDirectoryError(f"an assignment in {where}", "none", "pass --solutions DIR")
    assignment = chosen[0]
    made = make_demo_class(folder, assignment, timeout=timeout, empty=empty)
    if empty:
        click.echo(
            f"An empty course with {assignment.name} is in {folder}. Put what comes back at\n"
            f"  {folder}/submitted/STUDENT/{assignment.name}/{assignment.name}.ipynb\n"
            f"and run course autograde {assignment.name} --course-dir {folder}"
        )
        return
    click.echo(table(["student", "what they handed in"], [(s.student, s.what) for s in made]))
    click.echo(
        f"\nA course with {len(made)} submissions of {assignment.name} is in {folder}. Next:\n"
        f"  course autograde {assignment.name} --course-dir {folder}\n"
        f"  course feedback {assignment.name} --course-dir {folder}\n"
        f"  course export --course-dir {folder} --format plain"
    )
