"""A course with everything that nbgrader's ledger knows, and what stands in for an engine."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.grading.authoring.demo_class import generate_assignment
from course_lib.grading.course.course_dir import Course, open_course
from course_lib.grading.intake.work import CellGrade, GradedNotebook, Job, SubmissionResult

ASSIGNMENT = "ps"
DUE = datetime(2026, 3, 1, 12, 0)
CONFIG = """\
import os, sys
sys.path.insert(0, os.getcwd())
c = get_config()
c.CourseDirectory.course_id = "ledger"
c.AssignLatePenalties.plugin_class = "hourly_penalty.Hourly"
c.Autograde.exclude_overwriting = {"ps": ["helper.py"]}
"""
PLUGIN = """\
from nbgrader.plugins import LateSubmissionPlugin
class Hourly(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 0.25 * (total_seconds_late // 3600)
"""


def marked(cell, name, **meta):
    """Return a cell with nbgrader's metadata; the id is the name, as in our releases."""
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    cell["id"] = name.replace("_", "-")
    cell.metadata["nbgrader"] = plain | {"grade_id": name, "schema_version": 3} | meta
    return cell


def answer(name, before, after, **meta):
    """Return a code cell whose solution region holds `after`, below the line `before`."""
    text = f"{before}\n    ### BEGIN SOLUTION\n    {after}\n    ### END SOLUTION"
    return marked(new_code_cell(text), name, solution=True, **meta)


def check(name, text, points):
    return marked(new_code_cell(text), name, grade=True, locked=True, points=points)


def source_notebooks():
    """Return name -> notebook: code, partial credit, written answers, a task, an open answer."""
    hidden = "\n### BEGIN HIDDEN TESTS\nassert add(2, 2) == 4\n### END HIDDEN TESTS"
    first = [
        new_markdown_cell("# First"),
        answer("add", "def add(a, b):", "return a + b"),
        check("check_add", "assert add(1, 2) == 3" + hidden, 3),
        answer("part", "def part():", "return 2.0"),
        check("check_part", "part()", 2),
        marked(new_markdown_cell("What is a sum?"), "essay", grade=True, solution=True, points=4),
    ]
    task = new_markdown_cell(
        "Draw a picture.\n=== BEGIN MARK SCHEME ===\nnice\n=== END MARK SCHEME ==="
    )
    second = [
        marked(task, "picture", task=True, locked=True, points=5),
        answer("free", "def free():", "return 1"),
        check("check_free", "assert free() == 1", 1),
    ]
    first[0]["id"] = "title"
    made = {}
    for name, cells in {"first": first, "second": second}.items():
        made[name] = new_notebook(cells=cells)
        made[name].metadata["kernelspec"] = {
            "name": "python3", "display_name": "Python 3", "language": "python",
        }  # fmt: skip
    return made


def make_course(root: Path, db_url: str = "") -> Course:
    """Make the course: source with data files, release, gradebook with a due date."""
    source = root / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "hourly_penalty.py").write_text(PLUGIN)
    for name, notebook in source_notebooks().items():
        nbformat.write(notebook, source / f"{name}.ipynb")
    (source / "data").mkdir()
    (source / "data" / "table.csv").write_text("a,b\n1,2\n")
    (source / "helper.py").write_text("HELP = 'source'\n")
    if db_url:
        with (root / "nbgrader_config.py").open("a") as file:
            file.write(f"c.CourseDirectory.db_url = {db_url!r}\n")
    course = open_course(root)
    generate_assignment(course, ASSIGNMENT)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    return course


def released(course: Course, name: str):
    path = course.folder("release", ASSIGNMENT) / f"{name}.ipynb"
    return nbformat.read(path, as_version=4)


def hand_in(course, student, stamp=None, answers=None, only=("first", "second"), files=None):
    """Write a submission: the release with the cells in `answers` (by id) rewritten."""
    folder = course.folder("submitted", ASSIGNMENT, student)
    folder.mkdir(parents=True, exist_ok=True)
    for name in only:
        notebook = released(course, name)
        for cell in notebook.cells:
            if cell.id in (answers or {}):
                cell.source = answers[cell.id]
        nbformat.write(notebook, folder / f"{name}.ipynb")
    if stamp:
        (folder / "timestamp.txt").write_text(stamp)
    for name, content in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


RIGHT = {
    "add": "def add(a, b):\n    return a + b",
    "part": "def part():\n    return 2.0",
    "free": "def free():\n    return 1",
    "essay": "The result of adding.",
}


def make_class(course: Course) -> list[str]:
    """Hand in for seven students, each of whom meets another rule of the ledger."""
    on_time, late = "2026-03-01 11:00:00 UTC", "2026-03-01 18:30:00 UTC"
    own = {
        "notes/own.txt": "mine", "data/table.csv": "forged", "helper.py": "HELP = 'mine'",
        "junk.pyc": "x", ".ipynb_checkpoints/first-checkpoint.ipynb": "{}", "other.ipynb": "{}",
    }  # fmt: skip
    hand_in(course, "right", on_time, RIGHT, files=own)
    hand_in(course, "late", late, RIGHT | {"part": "def part():\n    return 1.5"})
    hand_in(course, "very_late", "2026-03-09 12:00:00 UTC", RIGHT)
    hand_in(course, "one_only", late, RIGHT, only=("first",))
    hand_in(course, "blank")
    hand_in(course, "wrong", on_time, RIGHT | {"add": "def add(a, b):\n    return a"})
    hand_in(course, "again", on_time, {}, files={"old.txt": "of the first time"})
    return ["again", "blank", "late", "one_only", "right", "very_late", "wrong"]


def nbgrader(course: Course, *args: str) -> subprocess.CompletedProcess:
    """Run the real command in the course directory."""
    here = str(Path(sys.executable).parent)
    path = os.pathsep.join([here, os.environ.get("PATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *args, "--course", "ledger"],
        cwd=course.root, capture_output=True, text=True, check=False, timeout=300,
        env=os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def result_of(folder: Path, student: str) -> SubmissionResult:
    """Return what an engine would give, from the notebooks that nbgrader executed and graded."""
    from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

    result = SubmissionResult(student)
    for path in sorted(folder.glob("*.ipynb")):
        text = path.read_text()
        cells = []
        for cell in nbformat.reads(text, as_version=4).cells:
            meta = cell.metadata.get("nbgrader")
            if not meta or not (is_grade(cell) or is_solution(cell) or is_task(cell)):
                continue
            kind = "task" if is_task(cell) else "grade" if is_grade(cell) else "solution"
            score, most = determine_grade(cell) if is_grade(cell) else (None, 0.0)
            untouched = is_solution(cell) and meta["checksum"] == compute_checksum(cell)
            comment = "No response." if untouched else None
            cells.append(CellGrade(meta["grade_id"], kind, most, score, comment))
        result.notebooks[path.stem] = GradedNotebook(text, cells)
    return result


def job_of(course: Course, student: str) -> Job:
    """Return a submission as bytes."""
    folder = course.folder("submitted", ASSIGNMENT, student)
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    notebooks = {n[:-6]: b for n, b in found.items() if n.endswith(".ipynb") and "/" not in n}
    return Job(student, notebooks, {n: b for n, b in found.items() if not n.endswith(".ipynb")})


def rows(course: Course) -> dict[str, list]:
    """Return every table of a gradebook without ids: each id is replaced by what it stands for."""
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(course.db_url)
    with engine.connect() as connection:
        tables = {
            name: [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {name}"))]
            for name in inspect(engine).get_table_names()
        }
    engine.dispose()
    meaning = {}
    for table in ("assignment", "notebook", "base_cell", "submitted_assignment",
                  "submitted_notebook"):  # fmt: skip
        for row in tables[table]:
            own = [row.get("name"), row.get("type"), row.get("student_id")]
            up = [meaning.get(row.get(key)) for key in ("assignment_id", "notebook_id")]
            meaning[row["id"]] = "/".join(str(part) for part in [table, *own, *up])
    shown = {}
    for table, found in tables.items():
        plain = [
            {
                key: meaning.get(value, value) if isinstance(value, str) else _plain(value)
                for key, value in row.items()
                if not (key == "id" and value not in meaning and table in ("grade", "comment",
                                                                           "source_cell"))
            }
            for row in found
        ]  # fmt: skip
        shown[table] = sorted(plain, key=lambda row: json.dumps(row, default=str, sort_keys=True))
    return shown


def _plain(value):
    """Return a value in one spelling: SQLite keeps times as text and truth as a number."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return float(value) if isinstance(value, float | int) else value


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return path -> (permissions, content) of everything below a folder."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode & 0o777, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
