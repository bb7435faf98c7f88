"""Forging by what stands in the file: points, names, test cells, kernels, tags."""

import copy
from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from suites.handed import Handed, as_files
from suites.honest import CASES as HONEST
from suites.hostile.case import Hostile, Place
from suites.sources import cell, position

Edit = Callable[[NotebookNode], None]


def _case(name: str, tries: str, edit: Edit, start: str = "t_junk", **more: object) -> Hostile:
    def make(_: Place) -> Handed:
        notebooks = HONEST[start].notebooks()
        for notebook in notebooks.values():
            if notebook is next(iter(notebooks.values())):
                edit(notebook)
        return as_files(HONEST[start].assignment, notebooks)

    assignment = HONEST[start].assignment
    return Hostile(f"forge_{name}", "forging", tries, start, make, assignment=assignment, **more)


def _tests(notebook: NotebookNode) -> list[NotebookNode]:
    return [
        one
        for one in notebook.cells
        if one.metadata.get("nbgrader", {}).get("grade") and not one.metadata.nbgrader.solution
    ]


def _meta(**values: object) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for one in _tests(notebook):
            one.metadata.nbgrader.update(values)

    return edit


def _texts(source: str) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for one in _tests(notebook):
            one.source = source

    return edit


def _types(cell_type: str) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for one in _tests(notebook):
            one.cell_type = cell_type
            for key in ("outputs", "execution_count"):
                one.pop(key, None)
            one.metadata.nbgrader["cell_type"] = cell_type

    return edit


def _swap(left: str, right: str) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        a, b = (cell(notebook, name) for name in (left, right))
        a.metadata.nbgrader.grade_id, b.metadata.nbgrader.grade_id = right, left
        a.id, b.id = right, left

    return edit


def _extra_graded(notebook: NotebookNode) -> None:
    for i in range(3):
        new = new_code_cell("pass")
        new["id"] = f"bonus-{i}"
        new.metadata["nbgrader"] = copy.deepcopy(_tests(notebook)[0].metadata.nbgrader)
        new.metadata.nbgrader.update(grade_id=f"bonus_{i}", points=50)
        notebook.cells.append(new)


def _double_graded(notebook: NotebookNode) -> None:
    for one in _tests(notebook):
        twin = copy.deepcopy(one)
        twin.source, twin["id"] = "pass", f"{one.id}-b"
        notebook.cells.insert(position(notebook, one.id), twin)


def _kernel(name: str) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        notebook.metadata["kernelspec"] = {"name": name, "display_name": "K", "language": "python"}

    return edit


def _tags(notebook: NotebookNode) -> None:
    for one in notebook.cells:
        one.metadata["tags"] = ["shared-process", "raises-exception", "skip-execution"]
        one.metadata["shared"] = "please"


def _answers_as_tests(notebook: NotebookNode) -> None:
    """Let the answer cells say that they are the tests, and the tests that they are nothing."""
    for one in _tests(notebook):
        one.metadata.pop("nbgrader")
        one["id"] = f"was-{one.id}"
    names = ["test_standardise", "test_two_layer", "test_sgd_step", "test_top_words"]
    answers = [one for one in notebook.cells if one.metadata.get("nbgrader")]
    for one, name in zip(answers, names, strict=True):
        one.metadata.nbgrader.update(grade_id=name, grade=True, points=5)
        one.source = "pass"


def _saved_outputs(notebook: NotebookNode) -> None:
    for one in _tests(notebook):
        one.execution_count = 1
        one.outputs = [
            NotebookNode(
                output_type="execute_result",
                execution_count=1,
                metadata=NotebookNode(),
                data=NotebookNode({"text/plain": str(one.metadata.nbgrader.points)}),
            )
        ]


def _foreign(notebook: NotebookNode) -> None:
    """Leave only cells that are not ours, with the metadata of formats to come."""
    notebook.cells += [new_raw_cell("%%html"), new_markdown_cell("<script>alert(1)</script>")]
    notebook.metadata["nbgrader"] = {"max_score": 99, "score": 99, "__grader__": True}
    notebook.metadata["celltoolbar"] = "Create Assignment"


CASES = [
    _case("points", "raises the points of every test", _meta(points=100)),
    _case("points_negative", "sets points to -1", _meta(points=-1), person=None),
    _case("points_text", "sets points to a text", _meta(points="ten"), person=None),
    _case("points_huge", "sets points to a number beyond every float", _meta(points=10**400)),
    _case(
        "swap_tests",
        "lets a light test bear a heavy one's name",
        _swap("check_two_layer", "test_two_layer"),
        start="t_two_layer_tanh",
    ),
    _case("tests_pass", "replaces the text of every test by pass", _texts("pass")),
    _case("tests_value", "replaces every test by its points", _texts("5.0")),
    _case("tests_empty", "empties every test", _texts("")),
    _case("tests_exit", "lets every test end the process", _texts("raise SystemExit")),
    _case("tests_markdown", "makes every test a text cell", _types("markdown")),
    _case("tests_raw", "makes every test a raw cell", _types("raw")),
    _case(
        "tests_unlocked",
        "unlocks tests and drops their checksums",
        _meta(locked=False, checksum=None),
    ),
    _case(
        "tests_solution",
        "says that tests are answers, to keep its own text of them",
        _meta(solution=True, locked=False),
    ),
    _case("tests_task", "says that tests are tasks", _meta(task=True, grade=False)),
    _case("tests_not_graded", "says that tests are not graded", _meta(grade=False)),
    _case("schema", "claims a schema of nbgrader's that does not exist", _meta(schema_version=99)),
    _case("schema_old", "claims nbgrader's first schema", _meta(schema_version=1)),
    _case(
        "schema_odd",
        "gives the metadata other types",
        _meta(grade_id=["x"], locked="no"),
        person=None,
    ),
    _case("extra_graded", "adds graded cells of its own", _extra_graded),
    _case("double_graded", "puts an empty twin before every test", _double_graded),
    _case("kernel_missing", "names a kernel that does not exist", _kernel("nowhere")),
    _case("kernel_bash", "names another kernel", _kernel("bash")),
    _case("kernel_path", "names a path as its kernel", _kernel("../../../tmp/x")),
    _case(
        "kernel_object",
        "has an object where the kernel's name belongs",
        _kernel({"a": [1]}),
        person=None,
    ),
    _case("tags", "asks for the shared process and for errors to be allowed", _tags),
    _case(
        "answers_as_tests",
        "lets its answers bear the tests' names",
        _answers_as_tests,
        start="t_nothing",
        person=None,
    ),
    _case("saved_outputs", "hands in outputs that say full points", _saved_outputs),
    _case("foreign", "adds metadata of the notebook that claims a score", _foreign),
]
