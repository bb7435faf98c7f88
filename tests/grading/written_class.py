"""A graded class that nothing graded: gradebook and autograded notebooks are written down.

So the pages can be tried on thousands of students, and on outcomes that no grader is needed for.
"""

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path

from nbformat.v4 import new_output

from course_lib.grading.authoring.demo_class import CONFIG, generate_assignment
from course_lib.grading.authoring.release import to_bytes
from course_lib.grading.authoring.source import read_source
from course_lib.grading.course.course_dir import Course, open_course
from course_lib.grading.course.files import write_whole
from course_lib.grading.notebook.scoring import is_graded, is_solution

ANSWERS = {
    "count_words": "counts = {}\n    for word in text.lower().split():\n"
    "        counts[word] = counts.get(word, 0) + 1\n    return counts",
    "most_common": "return min(counts, key=lambda word: (-counts[word], word))",
    "length": "return math.sqrt(sum(count**2 for count in counts.values()))",
    "cosine": "dot = sum(count * right.get(word, 0) for word, count in left.items())\n"
    "    norms = length(left) * length(right)\n    return dot / norms if norms else 0.0",
}
ARGUMENTS = {"count_words": "text", "cosine": "left, right"}


@dataclass
class Written:
    """One student: which tests fail with which message, and what the answers are."""

    student: str
    failed: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)  # whole sources, by cell
    printed: str = ""
    graded: bool = True
    doubts: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    shared: tuple[str, ...] = ()


def answer(cell: str) -> str:
    """Return a right answer."""
    return f"def {cell}({ARGUMENTS.get(cell, 'counts')}):\n    {ANSWERS[cell]}"


def write_class(folder: Path, assignment, students: list[Written]) -> Course:
    """Return a course whose students are all graded as written."""
    name = assignment.name
    source = read_source(assignment)
    write_whole(folder / "nbgrader_config.py", CONFIG.format(timeout=5).encode())
    write_whole(folder / "source" / name / f"{name}.ipynb", to_bytes(source))
    course = open_course(folder)
    generate_assignment(course, name)
    _enter(course, name, students)
    for one in students:
        handed_in = folder / "submitted" / one.student / name / f"{name}.ipynb"
        write_whole(handed_in, b"{}")
        if one.graded:
            text = to_bytes(_autograded(source, one))
            write_whole(folder / "autograded" / one.student / name / f"{name}.ipynb", text)
            _journal(folder, name, source, one)
    return course


def _autograded(source, one: Written):
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if is_solution(cell):
            cell.source = one.answers.get(name, answer(name))
            if one.printed:
                cell.outputs = [new_output("stream", name="stdout", text=one.printed)]
        elif name in one.failed:
            message = one.failed[name]
            lines = ["Traceback", f"----> {cell.source}", f"AssertionError: {message}"]
            cell.outputs = [
                new_output("error", ename="AssertionError", evalue=message, traceback=lines)
            ]
    return notebook


def _points(cell, one: Written) -> float:
    own = cell.metadata.nbgrader
    return 0.0 if own.grade_id in one.failed else float(own.points)


def _journal(folder: Path, name: str, source, one: Written) -> None:
    cells = [
        {
            "name": cell.metadata.nbgrader.grade_id,
            "kind": "grade",
            "max_score": cell.metadata.nbgrader.points,
            "auto_score": _points(cell, one),
            "message": one.failed.get(cell.metadata.nbgrader.grade_id, ""),
            "tamper_proof": cell.metadata.nbgrader.grade_id not in one.shared,
        }
        for cell in source.cells
        if is_graded(cell)
    ]
    entry = {"format": 1, "student": one.student, "state": "recorded", "notebooks": {name: cells}}
    entry |= {"doubts": one.doubts, "flags": one.flags, "notes": []}
    path = folder / ".course_grading" / name / "students" / f"{one.student}.json"
    write_whole(path, json.dumps(entry).encode())


def _enter(course: Course, name: str, students: list[Written]) -> None:
    from nbgrader import api

    with course.gradebook() as gradebook, gradebook.db.no_autoflush:
        assignment = gradebook.find_assignment(name)
        notebook = assignment.notebooks[0]
        cells = {cell.name: cell for cell in notebook.grade_cells}
        answers = list(notebook.solution_cells)
        for one in students:
            person = api.Student(id=one.student)
            gradebook.db.add(person)
            if not one.graded:
                continue
            whole = api.SubmittedAssignment(assignment=assignment, student=person)
            part = api.SubmittedNotebook(assignment=whole, notebook=notebook)
            for cell in cells.values():
                points = 0.0 if cell.name in one.failed else cell.max_score
                part.grades.append(
                    api.Grade(cell_id=cell.id, auto_score=points, needs_manual_grade=False)
                )
            part.comments.extend(api.Comment(cell_id=cell.id) for cell in answers)
            gradebook.db.add(whole)
        gradebook.db.commit()
