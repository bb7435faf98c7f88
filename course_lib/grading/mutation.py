"""Run an assignment many times with other answers, fast: for mutants and alternatives.

One child process an assignment; imports and the cells before a replaced answer run once, and each
variant is a fork of that state (see mutation_worker). Points follow nbgrader's scoring rule.
"""

import copy
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.errors import CourseError
from course_lib.grading.dependencies import cells_for, cells_to_run
from course_lib.grading.mutation_worker import BASE
from course_lib.grading.scoring import is_autograded, is_solution, score

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL_SECONDS = 60.0  # processor time
VARIANT_SECONDS = 900.0  # wall time


@dataclass(frozen=True)
class Run:
    """One variant: points and error of each autograded cell, in the order of the notebook.

    `said` is what each cell printed or raised, by cell id.
    """

    name: str
    points: dict[str, float]
    errors: dict[str, str]
    said: dict[str, str]
    seconds: float

    def lost(self, most: dict[str, float]) -> dict[str, float]:
        """Return the points that are missing, of the tests where any are."""
        return {test: most[test] - got for test, got in self.points.items() if got != most[test]}


def most_points(source: "NotebookNode") -> dict[str, float]:
    """Return the points that each autograded cell can give."""
    return {
        cell.metadata.nbgrader["grade_id"]: float(cell.metadata.nbgrader["points"])
        for cell in source.cells
        if is_autograded(cell)
    }


def run_variants(
    source: "NotebookNode",
    variants: dict[str, dict[str, str]],
    *,
    cwd: Path | None = None,
    every_cell: bool = False,
    cell_seconds: float = CELL_SECONDS,
    variant_seconds: float = VARIANT_SECONDS,
) -> dict[str, Run]:
    """Return the run of the source itself (named `base`) and of each variant.

    variants: name -> {grade_id of a solution cell: the source that replaces it}. Names become file
    names. Cells that a replaced one cannot reach keep the base's result, unless `every_cell`.
    A test that did not run to its end has 0 points.
    Raises: CourseError when the child process fails.
    """
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    by_grade_id = {
        c.metadata["nbgrader"]["grade_id"]: c.id for c in code if "nbgrader" in c.metadata
    }
    swaps_by_name = {
        name: {by_grade_id[task]: text for task, text in swaps.items()}
        for name, swaps in variants.items()
    }
    plans = {name: _plan(code, swaps, every_cell) for name, swaps in swaps_by_name.items()}
    whole = _plan(code, {}, every_cell)
    with tempfile.TemporaryDirectory() as folder:
        job = {
            "cells": [{"id": cell.id, "source": cell.source} for cell in code],
            "run": whole,
            "variants": {
                name: {"swaps": swaps, "run": plans[name]} for name, swaps in swaps_by_name.items()
            },
            "out": folder,
            "cell_seconds": cell_seconds,
            "variant_seconds": variant_seconds,
        }
        _run_child(job, cwd)
        base = _read(Path(folder) / f"{BASE}.jsonl")
        runs = {BASE: _score(BASE, code, base)}
        for name, plan in plans.items():
            kept = {
                cell.id: base[cell.id] for cell in code if cell.id in base and cell.id not in plan
            }
            runs[name] = _score(name, code, kept | _read(Path(folder) / f"{name}.jsonl"))
    return runs


def _plan(code: list["NotebookNode"], swaps: dict[str, str], every_cell: bool) -> list[str]:
    """Return the ids of the cells that a variant runs; of the source itself, without swaps."""
    replaced = {i: swaps[cell.id] for i, cell in enumerate(code) if cell.id in swaps}
    if every_cell:
        return [cell.id for cell in code[min(replaced, default=0) :]]
    sources = [cell.source for cell in code]
    judged = [i for i, cell in enumerate(code) if cell.metadata.get("nbgrader", {}).get("locked")]
    solutions = [i for i, cell in enumerate(code) if is_solution(cell)]
    if not replaced:
        return [code[i].id for i in cells_for(sources, judged + solutions)]
    return [code[i].id for i in cells_to_run(sources, replaced, judged)]


def _run_child(job: dict, cwd: Path | None) -> None:
    # one thread: a fork after torch has run more than one deadlocks
    threads = dict.fromkeys(["OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
    child = subprocess.run(
        [sys.executable, "-m", "course_lib.grading.mutation_worker"],
        input=json.dumps(job),
        text=True,
        cwd=cwd,
        env=os.environ | threads | {"MPLBACKEND": "agg"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if child.returncode:
        tail = child.stderr.strip().splitlines()[-1:] or ["no message"]
        raise CourseError(
            "cells that run to their end",
            f"exit code {child.returncode}: {tail[0]}",
            "run the source",
        )


def _read(path: Path) -> dict[str, dict]:
    """Return the cells that ran, by id; a line that a killed fork left half written is dropped."""
    cells = {}
    for line in path.read_text().splitlines() if path.is_file() else []:
        try:
            cell = json.loads(line)
        except json.JSONDecodeError:
            continue
        cells[cell["id"]] = cell
    return cells


def _score(name: str, code: list["NotebookNode"], ran: dict[str, dict]) -> Run:
    from nbformat import from_dict

    points, errors = {}, {}
    for cell in code:
        if not is_autograded(cell):
            continue
        grade_id = cell.metadata.nbgrader["grade_id"]
        if cell.id not in ran:
            points[grade_id], errors[grade_id] = 0.0, "did not run: the time was over"
            continue
        done = copy.copy(cell)
        done["outputs"] = [from_dict(output) for output in ran[cell.id]["outputs"]]
        points[grade_id] = score(done)[0] or 0.0
        for output in done["outputs"]:
            if output.output_type == "error":
                errors[grade_id] = f"{output.ename}: {output.evalue}"
    said = {name: cell["said"] + _raised(cell) for name, cell in ran.items()}
    return Run(name, points, errors, said, sum(cell["seconds"] for cell in ran.values()))


def _raised(cell: dict) -> str:
    return "".join(output.get("evalue", "") for output in cell["outputs"])
