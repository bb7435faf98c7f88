"""Notebooks under another name: browsers number copies, learning platforms put names in front.

What a notebook holds decides, not what it is called. Where two could be meant, a person is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from course_lib.errors import NotebookError
from course_lib.grading.intake.claim import claim
from course_lib.grading.intake.intake import read_notebook
from course_lib.grading.intake.source_cell import Report
from course_lib.grading.intake.work import BundleNotebook


@dataclass
class HandedIn:
    """What came of an assignment's notebooks: their bytes, and the names that nobody can tell."""

    found: dict[str, bytes] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)


def handed_in(
    wanted: Iterable[BundleNotebook], given: dict[str, bytes], report: Report
) -> HandedIn:
    """Return which of the given notebooks is which; what was guessed goes into the report."""
    asked = [notebook for notebook in wanted if notebook.expected]
    result = HandedIn({one.name: given[one.name] for one in wanted if one.name in given})
    strange = {name: data for name, data in given.items() if name not in result.found}
    taken = {name: best for name in strange if (best := _meant(name, strange[name], asked))}
    for notebook in asked:
        name = notebook.name
        holders = [other for other, best in taken.items() if name in best]
        listed = ", ".join(f"{other}.ipynb" for other in holders)
        if not holders:
            continue
        sure = all(best == {name: True} for other, best in taken.items() if other in holders)
        if name in result.found:
            report.notes.append(f"{listed} not looked at: {name}.ipynb is there")
        elif sure and len({strange[other] for other in holders}) == 1:
            result.found[name] = strange[holders[0]]
            report.notes.append(f"{holders[0]}.ipynb taken for {name}.ipynb")
        else:
            result.unclear.append(name)
            report.doubts.append(f"{listed}: which one is {name}.ipynb? (rename it, grade again)")
    return result


def _meant(name: str, data: bytes, asked: list[BundleNotebook]) -> dict[str, bool]:
    """Return the assignment's notebooks that one may be: name -> whether most cells are there."""
    shares = {one.name: _share(name, data, one) for one in asked}
    most = max(shares.values(), default=0.0)
    best = [other for other, share in shares.items() if share == most > 0]
    named = [other for other in best if other in name]
    if len(best) > 1 and len(named) == 1:
        best = named
    return dict.fromkeys(best, most >= 0.5)


def _share(name: str, data: bytes, notebook: BundleNotebook) -> float:
    """Return how much of an assignment's notebook is found in what was handed in."""
    try:
        found = claim(read_notebook(name, data), notebook.outline, Report())
    except NotebookError:
        return 0.0
    return len(found) / len(notebook.expected)
