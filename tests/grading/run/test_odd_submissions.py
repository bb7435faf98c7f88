"""A course with delimiters of its own, and what students' programs make of its notebooks."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from course_lib.grading.authoring.demo_class import generate_assignment
from course_lib.grading.course.course_dir import open_course
from course_lib.grading.course.files import write_whole
from course_lib.grading.reports.class_data import collect
from course_lib.grading.reports.feedback import feedback
from course_lib.grading.run.autograde import autograde
from tests.grading.ledger_course import marked

CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "odd"
c.ClearSolutions.begin_solution_delimeter = "ANSWER STARTS"
c.ClearSolutions.end_solution_delimeter = "ANSWER STOPS"
c.ClearSolutions.enforce_metadata = False
c.ClearSolutions.code_stub = {"python": "# here\\npass"}
c.ClearSolutions.text_stub = "Write here."
c.ClearHiddenTests.begin_test_delimeter = "SECRET STARTS"
c.ClearHiddenTests.end_test_delimeter = "SECRET STOPS"
c.ClearMarkScheme.begin_mark_scheme_delimeter = "POINTS FOR"
c.ClearMarkScheme.end_mark_scheme_delimeter = "POINTS END"
"""
HELPER = "def twice(x):\n    # ANSWER STARTS\n    return scale * x\n    # ANSWER STOPS"
NAMELESS = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def source_notebooks():
    """Return an assignment with nameless metadata, and an answer in a cell marked as nothing."""
    check = "assert total > 0\n# SECRET STARTS\nassert total == 8, 'it is 8'\n# SECRET STOPS"
    drawing = "Draw it.\n\n=== POINTS FOR\ntwo for the axes\n=== POINTS END"
    main = [
        new_markdown_cell("Read this first.", metadata={"nbgrader": dict(NAMELESS)}),
        new_code_cell("scale = 2", metadata={"nbgrader": dict(NAMELESS)}),
        new_code_cell(
            "def twice(x):\n    # ANSWER STARTS\n    return scale * x\n    # ANSWER STOPS"
        ),
        marked(new_code_cell("# ANSWER STARTS\ntotal = 8\n# ANSWER STOPS"), "sum", solution=True),
        marked(new_code_cell(check), "t_sum", grade=True, locked=True, points=1),
        marked(new_code_cell("assert twice(4) == 8"), "t_twice", grade=True, locked=True, points=1),
        new_markdown_cell("Why is that so?"),
        marked(new_markdown_cell("Because."), "why", grade=True, solution=True, points=4),
        marked(new_markdown_cell(drawing), "draw", task=True, points=2),
    ]
    notes = [new_markdown_cell("To read.", metadata={"nbgrader": dict(NAMELESS)})]
    return {
        name: new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
        for name, cells in {"main": main, "notes": notes}.items()
    }


def solved(released):
    """Answer everything."""
    for cell in released.cells:
        if "def twice" in cell.source:
            cell.source = "def twice(x):\n    return scale * x"
    cell_of(released, "sum").source = "total = 8"
    cell_of(released, "why").source = "Two times four is eight. ![](attachment:eight.png)"
    cell_of(released, "why").attachments = {"eight.png": {"image/png": "iVBORw0KGgo="}}
    return released


def cell_of(notebook, name):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def of_schema(notebook, version):
    """Put the metadata back to what an older nbgrader wrote."""
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader")
        if meta is None:
            continue
        meta["schema_version"] = version
        if version < 3:
            meta.pop("task", None)
        if version == 0:
            del meta["schema_version"]
            meta["points"] = str(meta["points"]) if "points" in meta else ""
    return nbformat.writes(notebook)


def of_format(notebook, minor):
    """Return a notebook without the cell ids that format 4.5 brought; 3 is the format before."""
    if minor == 3:
        return nbformat.writes(notebook, version=3)
    raw = json.loads(nbformat.writes(notebook))
    raw["nbformat_minor"] = minor
    for cell in raw["cells"]:
        cell.pop("id", None)
    return json.dumps(raw)


def as_kind(notebook, make):
    """Turn the answer into a cell of text."""
    at = notebook.cells.index(cell_of(notebook, "sum"))
    old = notebook.cells[at]
    notebook.cells[at] = make(old.source, metadata=old.metadata)
    return nbformat.writes(notebook)


def without_metadata(notebook, *, ids):
    for at, cell in enumerate(notebook.cells):
        cell.metadata = nbformat.NotebookNode()
        if not ids:
            cell["id"] = f"colab-{at}"
    return nbformat.writes(notebook)


def wrong(notebook):
    """Answer wrongly, in the helper too: the source's own is right, and must not be taken."""
    cell_of(notebook, "sum").source = "total = 9"
    for cell in notebook.cells:
        cell.source = cell.source.replace("return scale * x", "return x")
    return nbformat.writes(notebook)


RIGHT = {"t_sum": 1.0, "t_twice": 1.0, "why": None, "draw": None}
CLASS = {
    "right": (lambda nb: nbformat.writes(nb), RIGHT),
    "wrong": (wrong, RIGHT | {"t_sum": 0.0, "t_twice": 0.0}),
    "schema_0": (lambda nb: of_schema(nb, 0), RIGHT),
    "schema_1": (lambda nb: of_schema(nb, 1), RIGHT),
    "schema_2": (lambda nb: of_schema(nb, 2), RIGHT),
    "format_4_0": (lambda nb: of_format(nb, 0), RIGHT),
    "format_4_4": (lambda nb: of_format(nb, 4), RIGHT),
    "format_3": (lambda nb: of_format(nb, 3), RIGHT),
    "markdown": (lambda nb: as_kind(nb, new_markdown_cell), RIGHT),
    "raw": (lambda nb: as_kind(nb, new_raw_cell), RIGHT),
    "lost": (lambda nb: without_metadata(nb, ids=True), RIGHT),
    "colab": (lambda nb: without_metadata(nb, ids=False), RIGHT),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Return the course and what came out, graded once by the real engine."""
    root = tmp_path_factory.mktemp("odd")
    (root / "nbgrader_config.py").write_text(CONFIG)
    folder = root / "source" / "a1"
    folder.mkdir(parents=True)
    for name, notebook in source_notebooks().items():
        nbformat.write(notebook, folder / f"{name}.ipynb")
    course = open_course(root)
    generate_assignment(course, "a1")
    release = root / "release" / "a1"
    for student, (change, _) in CLASS.items():
        made = root / "submitted" / student / "a1"
        made.mkdir(parents=True)
        text = change(solved(nbformat.read(release / "main.ipynb", as_version=4)))
        (made / "main.ipynb").write_text(text)
        (made / "notes.ipynb").write_text((release / "notes.ipynb").read_text())
    right = (root / "submitted" / "right" / "a1" / "main.ipynb").read_text()
    for student, name, text in (
        ("as_given_out", "main", (release / "main.ipynb").read_text()),
        ("renamed", "main-Copy1", right),
        ("two", "main (1)", right),
        ("two", "main (2)", right.replace("total = 8", "total = 9")),
    ):
        write_whole(root / "submitted" / student / "a1" / f"{name}.ipynb", text.encode())
    outcomes = autograde(course, "a1", progress=False)
    return course, {outcome.student: outcome for outcome in outcomes}


def points(course, student):
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission("a1", student)
        found = {
            grade.name: (grade.auto_score, bool(grade.needs_manual_grade))
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
    return found


@pytest.mark.parametrize("student", CLASS)
def test_everyone_has_the_honest_score(graded, student):
    course, outcomes = graded
    expected = {name: (score, score is None) for name, score in CLASS[student][1].items()}
    assert points(course, student) == expected, (outcomes[student].notes, outcomes[student].doubts)


def test_nobody_is_called_a_forger(graded):
    assert {name: one.flags for name, one in graded[1].items() if one.flags} == {}
    assert all(person.flags == [] for person in collect(graded[0], "a1").people.values())


def test_only_what_is_unclear_waits_for_a_person(graded):
    doubts = {name: one.doubts for name, one in graded[1].items() if one.doubts}
    assert list(doubts) == ["two"]
    assert "which one is main.ipynb?" in doubts["two"][0]


def test_a_notebook_as_it_was_given_out_has_no_points(graded):
    expected = {"t_sum": (0.0, False), "t_twice": (0.0, False), "why": (0.0, False)}
    assert points(graded[0], "as_given_out") == expected | {"draw": (None, True)}


def test_what_was_mended_is_said(graded):
    said = {name: "; ".join(one.notes) for name, one in graded[1].items()}
    assert "the answer 'sum' had become a markdown cell" in said["markdown"]
    assert "the answer 'sum' had become a raw cell" in said["raw"]
    assert "lost metadata restored in 5 cells" in said["lost"]
    assert "lost metadata restored in 5 cells" in said["colab"]
    assert "main-Copy1.ipynb taken for main.ipynb" in said["renamed"]


def test_a_renamed_notebook_is_graded_and_has_its_feedback(graded):
    course, _ = graded
    assert points(course, "renamed")["t_sum"] == (1.0, False)
    written = {one.student: one for one in feedback(course, "a1", progress=False)}
    assert [page.name for page in written["renamed"].pages] == ["main.html"]


def test_feedback_keeps_what_the_course_calls_hidden(graded):
    course, _ = graded
    pages = {one.student: one.pages for one in feedback(course, "a1", progress=False)}
    wrong = next(page for page in pages["wrong"] if page.stem == "main").read_text()
    assert "it is 8" in wrong
    for secret in ("SECRET", "total == 8", "POINTS FOR", "two for the axes"):
        assert secret not in wrong, secret


def test_a_drawing_in_an_answer_is_there_for_who_grades_it_and_in_the_feedback(graded):
    course, _ = graded
    (page,) = (
        page
        for one in feedback(course, "a1", progress=False)
        for page in one.pages
        if (one.student, page.stem) == ("right", "main")
    )
    assert "data:image/png;base64,iVBORw0KGgo=" in page.read_text()
    path = course.folder("autograded", "a1", "right") / "main.ipynb"
    assert "iVBORw0KGgo=" in path.read_text()
