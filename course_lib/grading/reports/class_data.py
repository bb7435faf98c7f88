"""What a class report is made from: gradebook, autograded notebooks, and the record of the run."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_lib.grading.course.course_dir import Course
from course_lib.grading.course.gradesheet import GradeSheet, answer_cells, read_sheets
from course_lib.grading.course.markers import markers_of
from course_lib.grading.course.nbgrader_settings import penalty_now
from course_lib.grading.notebook.regions import Markers, marker_of

RECORD = ".course_grading"
LARGEST = 50_000_000  # bytes of an autograded notebook that is read
MESSAGE = 300


@dataclass
class Task:
    """One graded cell of the assignment."""

    name: str
    notebook: str
    by_hand: bool  # a person grades it
    max_score: float
    scores: dict[str, float] = field(default_factory=dict)  # by student
    messages: dict[str, str] = field(default_factory=dict)  # why points are missing
    shared: set[str] = field(default_factory=set)  # graded beside the student's code


@dataclass
class Person:
    """One student: points with the late penalty off, and what the run said."""

    student: str
    score: float | None = None
    max_score: float = 0.0
    doubts: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class ClassData:
    """Everything that a report shows."""

    assignment: str
    tasks: list[Task]
    people: dict[str, Person]
    answers: dict[str, dict[str, str]]  # cell → student → source
    given: dict[str, str]  # what was handed out
    known: dict[str, list[str]]  # the instructor's own answers
    run: dict[str, Any] = field(default_factory=dict)  # report.json, where there is one
    recorded: bool = False  # whether report or journal are there


def collect(course: Course, assignment: str, *, progress: bool = True) -> ClassData:
    """Read everything there is about an assignment; what is missing or broken is left out."""
    from tqdm import tqdm

    course.require_assignment(assignment)
    with course.gradebook() as gradebook:
        sheets = read_sheets(gradebook, assignment, penalty_now(course, assignment))
        answers = answer_cells(gradebook, assignment)
        order = [notebook.name for notebook in gradebook.find_assignment(assignment).notebooks]
    students = sorted({*course.students(assignment), *(student for student, _ in sheets)})
    data = ClassData(assignment, [], {s: Person(s) for s in students}, {}, {}, {})
    tasks = _enter_scores(data, sheets.values(), answers)
    markers = markers_of(course.config)
    known, given = course.folder("source", assignment), course.folder("release", assignment)
    data.tasks = _in_order(tasks, known, order)
    for name, cell in _solution_cells(known):
        data.known.setdefault(name, []).append(_without_markers(cell, markers))
    data.given = dict(_solution_cells(given))
    for student in tqdm(students, desc=assignment, unit="student", disable=not progress):
        _read_notebooks(data, tasks, course.folder("autograded", assignment, student), student)
    _read_record(data, tasks, course.root / RECORD / assignment)
    return data


def _enter_scores(data: ClassData, sheets: Any, answers: set[str]) -> dict[tuple[str, str], Task]:
    tasks: dict[tuple[str, str], Task] = {}
    for sheet in sheets:
        person = data.people[sheet.student]
        person.max_score += sheet.max_score
        missing = [r.cell for r in sheet.rows.values() if _unscored(r, answers)]
        if missing:
            person.doubts.append(f"no score for {', '.join(sorted(missing))}")
        waiting = sum(row.needs_person and row.manual is None for row in sheet.rows.values())
        if waiting - len(missing) > 0:
            person.doubts.append(f"{waiting - len(missing)} answers to grade by hand")
        person.score = max(0.0, (person.score or 0.0) + sheet.score - sheet.penalty)
        _enter_rows(tasks, sheet, answers)
    return tasks


def _unscored(row: Any, answers: set[str]) -> bool:
    test = row.cell_type == "code" and row.cell not in answers
    return test and row.auto is None and row.manual is None


def _enter_rows(tasks: dict[tuple[str, str], Task], sheet: GradeSheet, answers: set[str]) -> None:
    for row in sheet.rows.values():
        key = sheet.notebook, row.cell
        by_hand = row.cell in answers or row.cell_type != "code"
        task = tasks.setdefault(key, Task(row.cell, sheet.notebook, by_hand, row.max_score))
        if not _unscored(row, answers) and not (row.needs_person and row.manual is None):
            task.scores[sheet.student] = row.score


def _in_order(tasks: dict[tuple[str, str], Task], source: Path, order: list[str]) -> list[Task]:
    """Return the tasks in the order of the source notebooks."""
    places = {}
    for path in sorted(source.glob("*.ipynb")):
        for at, cell in enumerate(_cells(path)):
            own = cell.get("metadata", {}).get("nbgrader") or {}
            places[path.stem, own.get("grade_id")] = at
    rank = {name: at for at, name in enumerate(order)}
    return [
        tasks[key]
        for key in sorted(tasks, key=lambda key: (rank.get(key[0], 0), places.get(key, 0), key))
    ]


def _cells(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook file; none when it cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            return []
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _text(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _solution_cells(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob("*.ipynb")):
        for cell in _cells(path):
            own = cell.get("metadata", {}).get("nbgrader") or {}
            if own.get("solution") and cell.get("cell_type") == "code":
                yield str(own.get("grade_id")), _text(cell.get("source"))


def _without_markers(source: str, markers: Markers) -> str:
    return "\n".join(line for line in source.splitlines() if not marker_of(line, markers))


def _read_notebooks(
    data: ClassData, tasks: dict[tuple[str, str], Task], folder: Path, student: str
) -> None:
    """Take answers and the messages of failed tests out of a student's autograded notebooks."""
    for path in sorted(folder.glob("*.ipynb")):
        for cell in _cells(path):
            own = cell.get("metadata", {}).get("nbgrader") or {}
            name = str(own.get("grade_id"))
            if cell.get("cell_type") != "code":
                continue
            if own.get("solution"):
                data.answers.setdefault(name, {})[student] = _text(cell.get("source"))
            task = tasks.get((path.stem, name))
            if task is None or task.scores.get(student, 0.0) >= task.max_score:
                continue
            for output in cell.get("outputs") or []:
                if isinstance(output, dict) and output.get("output_type") == "error":
                    said = f"{output.get('ename')}: {output.get('evalue') or 'without a message'}"
                    task.messages[student] = one_line(said)


def _read_record(data: ClassData, tasks: dict[tuple[str, str], Task], folder: Path) -> None:
    """Add what the run said: its report, and each student's entry in the journal."""
    report = _json(folder / "report.json")
    data.run = {key: value for key, value in report.items() if key != "students"}
    for one in report.get("students") or []:
        if isinstance(one, dict):
            _enter_words(data, one)
    data.recorded = bool(report)
    for path in sorted(folder.glob("students/*.json")):
        entry = _json(path)
        data.recorded |= bool(entry)
        _enter_words(data, entry)
        notebooks = entry.get("notebooks")
        for notebook, cells in notebooks.items() if isinstance(notebooks, dict) else ():
            for cell in cells if isinstance(cells, list) else ():
                task = (
                    tasks.get((notebook, str(cell.get("name")))) if isinstance(cell, dict) else None
                )
                if task is not None:
                    _enter_cell(task, str(entry.get("student")), cell)


def _enter_cell(task: Task, student: str, cell: dict[str, Any]) -> None:
    if cell.get("tamper_proof") is False:
        task.shared.add(student)
    if cell.get("message") and task.scores.get(student, 0.0) < task.max_score:
        task.messages[student] = one_line(str(cell["message"]))


def _enter_words(data: ClassData, entry: dict[str, Any]) -> None:
    person = data.people.get(str(entry.get("student")))
    if person is None:
        return
    for kind in ("doubts", "flags", "notes"):
        own = getattr(person, kind)
        for text in entry.get(kind) or []:
            if one_line(str(text)) not in own:
                own.append(one_line(str(text)))


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def one_line(text: str) -> str:
    """Return a message on one line, without terminal colours, of a length that a table bears."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text[: 10 * MESSAGE])
    plain = " ".join(plain.split())
    return plain if len(plain) <= MESSAGE else plain[: MESSAGE - 1] + "…"
