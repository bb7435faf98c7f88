"""Run cases through a grading engine and say what is wrong with what came out."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat

from course_lib.errors import CourseError
from course_lib.grading.course.course_dir import Course
from course_lib.grading.course.limits import Limits
from course_lib.grading.intake.work import Bundle, Job, SubmissionResult
from suites.canary import TOKEN
from suites.handed import Honest
from suites.hostile.case import Hostile
from suites.sources import make_course, read

REACHED = "REACHED"
SIZE = 6_000_000  # of an autograded notebook, beyond what was handed in
LONGEST = 100  # seconds of wall time for a hostile submission under the limits of the suite
PROBE = """
import os
print("MARK", os.environ.get("COURSE_SANDBOX"))
for name in ("pid", "mnt", "net", "ipc"):
    print("NS", name, os.readlink(f"/proc/self/ns/{name}"))
"""


@dataclass
class Batch:
    """One assignment's course directory and what came out of grading it."""

    course: Course
    results: dict[str, SubmissionResult] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # of the batch as a whole


def grade(
    folder: Path,
    assignment: str,
    handed: dict[str, Honest | Hostile],
    place: object = None,
    *,
    workers: int = 2,
    limits: Limits | None = None,
) -> Batch:
    """Hand everything in, grade it in the bubblewrap sandbox, and return what came out."""
    from course_lib.grading.engine import open_engine
    from course_lib.grading.intake.bundle import make_bundle

    batch = Batch(make_course(folder, assignment))
    for student, case in handed.items():
        files = case.make(place) if isinstance(case, Hostile) else case.handed()  # type: ignore
        files.write(batch.course.folder("submitted", assignment, student))
    bundle: Bundle = make_bundle(batch.course, assignment)
    if limits is not None:
        bundle = replace(bundle, limits=limits)
    with open_engine(bundle, workers=workers, sandbox="bubblewrap") as engine:
        for result in engine.grade(_jobs(batch, assignment, handed)):
            if result.student in batch.results:
                batch.faults.append(f"{result.student} came twice")
            batch.results[result.student] = result
    batch.faults += [f"{name} never came" for name in handed if name not in batch.results]
    return batch


def _jobs(batch: Batch, assignment: str, students: Iterable[str]) -> Iterator[Job]:
    from course_lib.grading.intake.bundle import make_job

    for student in students:
        try:
            job = make_job(batch.course, assignment, student)
            job.key("key")
            yield Job.from_bytes(job.to_bytes())  # as a journal and a cluster have it
        except CourseError as error:  # nothing that can be graded: a person is asked
            batch.results[student] = SubmissionResult(student, doubts=[str(error)])
        except Exception as error:  # an abort of the batch, if it were not caught here
            batch.faults.append(f"{student}: make_job raised {error!r}")
            batch.results[student] = SubmissionResult(student)


def probe() -> Honest:
    """Return a harmless submission that prints which namespaces it runs in."""
    return Honest("probe", "tensors", after={"plain-1": [PROBE]})


def sandbox_faults(result: SubmissionResult) -> list[str]:
    """Return why hostile code must not run: the probe shares namespaces with this process."""
    lines = printed(result).splitlines()
    inside = dict(line.split()[1:3] for line in lines if line.startswith("NS "))
    faults = [] if "MARK 1" in lines else ["COURSE_SANDBOX is not set"]
    for name in ("pid", "mnt", "net", "ipc"):
        outside = str(Path(f"/proc/self/ns/{name}").readlink())
        if inside.get(name, outside) == outside:
            faults.append(f"the {name} namespace is not its own: {inside.get(name)}")
    return faults


def scores(result: SubmissionResult) -> dict[str, float | None]:
    """Return notebook/cell -> automatic points."""
    return {
        f"{name}/{cell.name}": cell.auto_score
        for name, notebook in result.notebooks.items()
        for cell in notebook.cells
        if cell.kind in ("grade", "task")
    }


def score_faults(
    result: SubmissionResult, expected: dict[str, float | None], *, fewer: bool = False
) -> list[str]:
    """Return where the points differ from the expected ones."""
    got, faults = scores(result), []
    for name, points in expected.items():
        mine = got.get(name, "no score")
        less = fewer and isinstance(mine, float) and points is not None and mine <= points
        if mine != points and not less:
            faults.append(f"{name}: {points} expected, {mine} came{_why(result, name)}")
    return faults + [f"{name} is no cell of ours" for name in got if name not in expected]


def _why(result: SubmissionResult, name: str) -> str:
    notebook, _, wanted = name.partition("/")
    cells = result.notebooks[notebook].cells if notebook in result.notebooks else []
    message = next((cell.message for cell in cells if cell.name == wanted), "")
    return f" ({message[:200]})" if message else ""


def case_faults(
    case: Hostile, result: SubmissionResult, expected: dict[str, float | None]
) -> list[str]:
    """Return everything that is wrong with the outcome of one hostile or broken submission."""
    faults = []
    if case.person and not result.doubts:
        faults.append("no person is asked")
    if case.person is False and result.doubts:
        faults.append(f"a person is asked: {result.doubts}")
    if not result.notebooks and not result.doubts:
        faults.append("neither a grade nor a reason")
    if case.honest and (result.notebooks or case.person is False):
        exact = {name: points for name, points in expected.items() if name not in case.either}
        got = SubmissionResult(result.student, result.notebooks)
        faults += [
            fault
            for fault in score_faults(got, exact, fewer=case.own_loss)
            if not fault.endswith("no cell of ours") or fault.split()[0] not in case.either
        ]
    text = printed(result)
    for word in (REACHED, TOKEN):
        faults += [f"printed: {line[:200]}" for line in text.splitlines() if word in line][:3]
    if case.must_print and case.must_print not in text:
        faults.append(f"did not print {case.must_print!r}")
    if result.seconds > LONGEST:
        faults.append(f"took {result.seconds:.0f} s")
    return faults + notebook_faults(case.assignment, result)


def printed(result: SubmissionResult) -> str:
    """Return what the student's code printed, showed or raised; no tracebacks, no sources."""
    lines = []
    for notebook in result.notebooks.values():
        for cell in json.loads(notebook.text)["cells"]:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                parts = [output.get("text", ""), *data.values(), output.get("evalue", "")]
                lines += ["".join(map(str, p)) if isinstance(p, list) else str(p) for p in parts]
    return "\n".join(lines)


def notebook_faults(assignment: str, result: SubmissionResult) -> list[str]:
    """Return where an autograded notebook is not what nbgrader would have written."""
    faults = []
    for name, notebook in result.notebooks.items():
        try:
            nbformat.validate(nbformat.reads(notebook.text, as_version=4))
        except Exception as error:
            faults.append(f"{name}.ipynb is no valid notebook: {str(error)[:200]}")
        if len(notebook.text) > SIZE:
            faults.append(f"{name}.ipynb has {len(notebook.text):,} characters")
        cells = json.loads(notebook.text)["cells"]
        ours = {}
        for cell in cells:
            meta = cell.get("metadata", {}).get("nbgrader", {})
            if "points" in meta or meta.get("grade") or meta.get("task"):
                if meta.get("grade_id") in ours:
                    faults.append(f"{name}: {meta['grade_id']!r} stands there twice")
                ours[meta.get("grade_id")] = cell
        source = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in read(assignment).notebooks[name].cells
            if "points" in cell.metadata.get("nbgrader", {})
        }
        if set(ours) != set(source):
            faults.append(f"{name}: graded cells {sorted(set(ours) ^ set(source))}")
        for grade_id in set(ours) & set(source):
            theirs, mine = source[grade_id], ours[grade_id]
            if mine["metadata"]["nbgrader"]["points"] != theirs.metadata.nbgrader.points:
                faults.append(f"{grade_id}: points changed")
            text = "".join(mine["source"])
            if not theirs.metadata.nbgrader.solution and not theirs.metadata.nbgrader.task:
                if text.strip() != theirs.source.strip():
                    faults.append(f"{grade_id}: not the source's test")
    return faults
