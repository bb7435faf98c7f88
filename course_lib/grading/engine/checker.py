"""Grade one submission: the student's cells over there, the tests here, in the notebook's order.

Runs in a fork of the zygote that never executes a line of the student's.
"""

import json
import os
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

from course_lib.grading.engine import verdict
from course_lib.grading.engine.files import checkers_files, modules_in, students_files, write
from course_lib.grading.engine.given import note_changes
from course_lib.grading.engine.names import Source, read_source
from course_lib.grading.engine.notebook_run import NotebookRun
from course_lib.grading.engine.student import Control
from course_lib.grading.engine.students_modules import StudentsModules
from course_lib.grading.intake.intake import read_notebook
from course_lib.grading.intake.naming import handed_in
from course_lib.grading.intake.repair import repair
from course_lib.grading.intake.source_cell import Report
from course_lib.grading.intake.work import (
    Bundle,
    BundleNotebook,
    CellGrade,
    GradedNotebook,
    Job,
    SubmissionResult,
)
from course_lib.grading.notebook import scoring
from course_lib.grading.notebook.tame import tame
from course_lib.grading.remote import beside, entropy, randomness
from course_lib.grading.remote.wire import Channel, ChannelClosed


def serve(job_socket: socket.socket, control_socket: socket.socket) -> None:
    """Read a bundle and a job, grade, send the result, end."""
    channel = Channel(job_socket)
    try:
        _, (bundle, job) = channel.receive()
        result = grade(
            Bundle.from_bytes(bytes(bundle)), Job.from_bytes(bytes(job)), Control(control_socket)
        )
        channel.send({"result": True}, [result.to_bytes()])
    except ChannelClosed:
        return
    except Exception:
        channel.send({"failed": traceback.format_exc()[-4_000:]})


def grade(bundle: Bundle, job: Job, control: Control) -> SubmissionResult:
    """Return what came of a submission; never an exception for what a student did."""
    started = time.monotonic()
    result = SubmissionResult(job.student, notes=list(job.notes))
    report = Report()
    handed = handed_in(bundle.notebooks, job.notebooks, report)
    result.notes += report.notes
    result.doubts += report.doubts
    result.handed_in = [*handed.found, *handed.unclear]
    if not result.handed_in:
        wanted = [notebook.name for notebook in bundle.notebooks]
        there, hoped = (", ".join(f"{n}.ipynb" for n in names) for names in (job.notebooks, wanted))
        result.doubts.append(f"{there} instead of {hoped} (rename it and grade again)")
        return result
    job = replace(job, notebooks=handed.found)
    randomness.seed_all(job.seed)
    folder = students_files(bundle, job, result.notes)
    with tempfile.TemporaryDirectory() as own:
        os.chdir(own)
        files = checkers_files(bundle)
        write(Path(own), files)
        beside.prefer(modules_in(files))
        beside.OWN.update(one.name for one in bundle.notebooks if one.is_helper)
        for notebook in bundle.notebooks:
            if notebook.name in handed.found:
                _grade_notebook(bundle, notebook, job, control, folder, result)
            elif notebook.name not in handed.unclear and not notebook.is_helper:
                result.notes.append(f"{notebook.name}.ipynb was not handed in: 0 points")
        os.chdir("/")
    if job.learn:
        own_modules = {name.partition(".")[0] for name in beside.OWN}
        loaded = {*result.loaded, *set(sys.modules) - beside.LOADED}
        result.loaded = sorted(n for n in loaded if n.partition(".")[0] not in own_modules)
    result.seconds = time.monotonic() - started
    return result


def _grade_notebook(
    bundle: Bundle,
    source: BundleNotebook,
    job: Job,
    control: Control,
    folder: dict[str, bytes],
    result: SubmissionResult,
) -> None:
    """Grade one notebook; `folder` holds the submission's files before, and then after it."""
    from course_lib.errors import CourseError

    report = Report()
    try:
        notebook = read_notebook(source.name, job.notebooks[source.name], report.notes)
        repair(notebook, source.outline, report)
        if source.expected and not report.found:
            result.doubts.append(f"{source.name}.ipynb holds none of the assignment's cells")
            return
    except CourseError as error:
        result.doubts.append(f"{error.received} ({error.action})")
        return
    finally:
        result.notes += report.notes
        result.doubts += report.doubts
        result.flags += report.flags
    names = Source.from_dict(source.names) if source.names else read_source(source)
    changed = note_changes(names, notebook)
    if changed:
        listed = ", ".join(changed)
        result.notes.append(f"{source.name}.ipynb has values of the student's own: {listed}")
    is_last = source.name == bundle.notebooks[-1].name
    theirs = modules_in({*bundle.products, *bundle.keep_own})
    theirs |= {one.name for one in bundle.notebooks if not one.is_helper}
    modules = StudentsModules(theirs)
    run = NotebookRun(source, names, bundle.limits, control, folder, job, modules, is_last=is_last)
    with entropy.fixed(job.seed):
        run.run(notebook)
    result.loaded += run.loaded
    result.products += run.products
    result.notes += run.notes
    grades = _grades(notebook, source, run)
    tame(notebook, {cell.source for cell in source.cells if cell.cell_type == "markdown"})
    result.notebooks[source.name] = GradedNotebook(_text(notebook), grades)


def _grades(notebook: Any, source: BundleNotebook, run: NotebookRun) -> list[CellGrade]:
    """Return one grade for each cell that the gradebook knows."""
    cells = {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
    grades = []
    for bundled in source.cells:
        known = bundled.known
        if known is None or not (known.grade or known.solution or known.task):
            continue
        cell = cells.get(known.name)
        kind = "task" if known.task else "grade" if known.grade else "solution"
        one = CellGrade(known.name, kind, float(known.points or 0.0))
        if cell is not None and known.solution:
            text = verdict.checksum(cell.source, cell.cell_type, known.metadata())
            untouched = text == known.checksum
            one.comment = "No response." if untouched else None
            if known.grade and untouched:
                one.auto_score = 0.0
        elif known.grade and known.cell_type == "code":
            outputs = cell.outputs if cell is not None else []
            one.auto_score = scoring.points(outputs, one.max_score)
            said = run.messages.get(known.name, "")
            one.message = said or scoring.remark(outputs, one.max_score)
            one.tamper_proof = not bundled.shared
            one.by_hand = bundled.by_hand
        grades.append(one)
    return grades


def _text(notebook: Any) -> str:
    # without indentation: that is written in C, and several times faster
    return json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n"
