"""One list of misconceptions an assignment; the mutants, the checks' messages and it must agree."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from course_lib.errors import CourseError
from course_lib.grading.authoring.mutation import BASE, Run, most_points, run_variants
from course_lib.grading.authoring.source import Assignment, read_percent, read_source
from course_lib.grading.notebook.format import cell_id
from course_lib.grading.notebook.scoring import is_solution

if TYPE_CHECKING:
    from nbformat import NotebookNode

KINDS = {"mutant": "mutants", "neutral": "neutral", "alternative": "alternatives"}
FIELDS = ("id", "task", "believed", "why_wrong", "shows", "message", "points_lost")


@dataclass(frozen=True)
class Misconception:
    """A wrong belief, the mutant that acts on it, and the points that this mutant loses."""

    id: str
    task: str
    believed: str
    why_wrong: str
    shows: str
    message: str
    points_lost: dict[str, float]


@dataclass(frozen=True)
class Verdict:
    """How a mutant, a neutral mistake or an alternative did against what was expected of it."""

    name: str
    kind: str
    expected: dict[str, float]
    lost: dict[str, float]
    told: bool = True  # the learner who made this mistake reads the misconception's message
    misled: tuple[str, ...] = ()  # misconceptions of others, whose messages this learner reads

    @property
    def as_expected(self) -> bool:
        """Whether exactly the expected points were lost."""
        return self.expected == self.lost


def load_misconceptions(assignment: Assignment) -> list[Misconception]:
    """Read misconceptions.yaml; an assignment without one has none.

    Raises: CourseError when an entry lacks a field or has one too many.
    """
    path = assignment.folder / "misconceptions.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8")) or [] if path.is_file() else []
    for entry in entries:
        if set(entry) != set(FIELDS):
            raise CourseError(
                f"the fields {', '.join(FIELDS)}",
                f"{', '.join(entry)} in an entry of {path}",
                "complete the entry",
            )
    return [
        Misconception(
            **{**entry, "points_lost": {k: float(v) for k, v in entry["points_lost"].items()}}
        )
        for entry in entries
    ]


def disagreements(assignment: Assignment) -> list[str]:
    """Return where misconceptions.yaml, mutants/, alternatives/ and the source do not agree."""
    source = read_source(assignment)
    entries = load_misconceptions(assignment)
    tasks = checks_by_task(source)
    most = most_points(source)
    listed, files = (
        {m.id for m in entries},
        {p.stem for p in (assignment.folder / "mutants").glob("*.py")},
    )
    faults = [
        f"{name}: listed, but mutants/{name}.py is missing" for name in sorted(listed - files)
    ]
    faults += [f"mutants/{name}.py is not listed" for name in sorted(files - listed)]
    for entry in entries:
        if entry.task not in tasks:
            faults.append(f"{entry.id}: no solution cell is called {entry.task!r}")
        elif not any(_occurs(entry.message, cell) for cell in tasks[entry.task]):
            faults.append(f"{entry.id}: its message stands in no check of task {entry.task!r}")
        if not entry.points_lost:
            faults.append(f"{entry.id}: loses no points")
        for test, points in entry.points_lost.items():
            if test not in most:
                faults.append(f"{entry.id}: no graded cell is called {test!r}")
            elif not 0 < points <= most[test]:
                faults.append(
                    f"{entry.id}: {points} of {most[test]} points of {test!r} cannot be lost"
                )
    faults += [
        f"{one.id}: its message is told for {other.id} as well"
        for one in entries
        for other in entries
        if one is not other and one.message in other.message
    ]
    for name, swaps in variants_of(assignment).items():
        faults += [f"{name}: no solution cell is called {t!r}" for t in swaps if t not in tasks]
        faults += [f"{name}: replaces no cell"] if not swaps else []
        kind, _, stem = name.partition(".")
        if kind == "alternative" and stem.split("__")[0] not in swaps:
            faults.append(f"{name}: its name begins with no task that it replaces")
    return faults


def checks_by_task(source: "NotebookNode") -> dict[str, list["NotebookNode"]]:
    """Return the code cells after each solution cell, up to the next one, by its grade_id."""
    tasks: dict[str, list[NotebookNode]] = {}
    current: list[NotebookNode] = []
    for cell in source.cells:
        if cell.cell_type != "code":
            continue
        if is_solution(cell):
            current = tasks.setdefault(cell.metadata.nbgrader["grade_id"], [])
        else:
            current.append(cell)
    return tasks


def variants_of(assignment: Assignment) -> dict[str, dict[str, str]]:
    """Return the replaced cells of every `mutant.ID`, `neutral.NAME` and `alternative.NAME`.

    A neutral one is wrong in every cell, for no reason that the list knows.
    """
    found = {}
    for kind, folder in KINDS.items():
        for path in sorted((assignment.folder / folder).glob("*.py")):
            found[f"{kind}.{path.stem}"] = replaced_cells(path)
    return found


def replaced_cells(path: Path) -> dict[str, str]:
    """Return grade_id -> source of the cells of a mutant or an alternative."""
    return {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in read_percent(path).cells
        if cell.cell_type == "code" and "nbgrader" in cell.metadata
    }


def judge(assignment: Assignment, *, every_cell: bool = False) -> tuple[Run, list[Verdict]]:
    """Run the source, every mutant and every alternative; return the base run and the verdicts.

    every_cell: also run again the cells that a replaced one cannot reach (slow, and the same).
    """
    source = read_source(assignment)
    entries = {f"mutant.{m.id}": m for m in load_misconceptions(assignment)}
    checks = checks_by_task(source)
    variants = variants_of(assignment)
    runs = run_variants(source, variants, every_cell=every_cell)
    most = most_points(source)
    verdicts = []
    for name, swaps in variants.items():
        kind, _, stem = name.partition(".")
        own = entries.get(name)
        expected = own.points_lost if own else {}
        if kind == "neutral":
            tests = {cell.id for task in swaps for cell in checks.get(task, [])}
            expected = {test: most[test] for test in most if cell_id(test) in tests}
        said = "\n".join(runs[name].said.values())
        heard = [m for m in entries.values() if m.message in said]
        verdicts.append(
            Verdict(
                stem,
                kind,
                expected,
                runs[name].lost(most),
                told=own is None or own in heard,
                misled=tuple(m.id for m in heard if m is not own),
            )
        )
    return runs[BASE], verdicts


def kill_rate(verdicts: list[Verdict]) -> tuple[int, int]:
    """Return (mutants killed exactly where they should be, mutants)."""
    mutants = [v for v in verdicts if v.kind == "mutant"]
    return sum(v.as_expected and bool(v.expected) for v in mutants), len(mutants)


def _occurs(message: str, cell: "NotebookNode") -> bool:
    # a long message may be broken over adjacent string literals: compare what they evaluate to
    import ast

    if message in cell.source:
        return True
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        tree = ast.parse(TransformerManager().transform_cell(cell.source))
    except SyntaxError:
        return False
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and message in node.value
        for node in ast.walk(tree)
    )
