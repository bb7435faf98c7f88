"""Accidents with cells: copied, deleted, moved, edited, and metadata that was lost on the way."""
# ruff: noqa: E501 (code of submissions)

import copy
from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from suites.handed import Handed, as_files, insert
from suites.honest import CASES as HONEST
from suites.hostile.case import Hostile, Place
from suites.sources import cell, position

Edit = Callable[[NotebookNode], object]


def _case(
    name: str,
    what: str,
    edit: Edit,
    start: str = "t_right",
    honest: str = "",
    notebook: str = "",
    **more: object,
) -> Hostile:
    def make(_: Place) -> Handed:
        notebooks = HONEST[start].notebooks()
        edit(notebooks[notebook or next(iter(notebooks))])
        return as_files(HONEST[start].assignment, notebooks)

    return Hostile(
        f"oops_{name}",
        "accident",
        what,
        honest or start,
        make,
        assignment=HONEST[start].assignment,
        **more,
    )


def _twice(*names: str, suffix: str = "-copy") -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for name in names:
            twin = copy.deepcopy(cell(notebook, name))
            at = position(notebook, name) + 1
            twin["id"] = f"{name}{suffix}"
            notebook.cells.insert(at, twin)

    return edit


def _gone(*names: str) -> Edit:
    return lambda notebook: [notebook.cells.pop(position(notebook, name)) for name in names]


def _edited(name: str, change: Callable[[str], str]) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        one = cell(notebook, name)
        one.source = change(one.source)

    return edit


def _second_answer(name: str, text: str) -> Edit:
    """Copy an answer's cell, as students do who try another way, and write something else in it."""

    def edit(notebook: NotebookNode) -> None:
        twin = copy.deepcopy(cell(notebook, name))
        twin["id"], twin.source = f"{name}-second", text
        notebook.cells.insert(position(notebook, name) + 1, twin)

    return edit


def _colab(notebook: NotebookNode) -> None:
    """Do what Colab does: its own metadata, other ids, and a kernel of another name."""
    for i, one in enumerate(notebook.cells):
        one.metadata = NotebookNode({"id": f"Xy{i}Zq", "colab": {"base_uri": "https://localhost"}})
        one["id"] = f"Xy{i}Zq"
    notebook.metadata = NotebookNode(
        {"colab": {"provenance": []}, "kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )


def _vscode(notebook: NotebookNode) -> None:
    for i, one in enumerate(notebook.cells):
        one.metadata = NotebookNode({"vscode": {"languageId": "python"}} if i % 2 else {})
        one["id"] = f"#W{i}sZmlsZQ"[:60].replace("#", "")
        one.source = one.source.rstrip() + "\n"
    notebook.metadata = NotebookNode({"language_info": {"name": "python", "version": "3.12.1"}})


def _same_ids(notebook: NotebookNode) -> None:
    for one in notebook.cells:
        one["id"] = "same"


def _reversed(notebook: NotebookNode) -> None:
    tests = [one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade")]
    rest = [one for one in notebook.cells if not one.metadata.get("nbgrader", {}).get("grade")]
    notebook.cells = rest + tests[::-1]


def _tests_first(notebook: NotebookNode) -> None:
    tests = [one for one in notebook.cells if one.metadata.get("nbgrader", {}).get("grade")]
    rest = [one for one in notebook.cells if not one.metadata.get("nbgrader", {}).get("grade")]
    notebook.cells = rest[:2] + tests + rest[2:]


def _swapped_answers(notebook: NotebookNode) -> None:
    a, b = position(notebook, "standardise"), position(notebook, "top_words")
    notebook.cells[a], notebook.cells[b] = notebook.cells[b], notebook.cells[a]


def _split(notebook: NotebookNode) -> None:
    """Leave the head of an answer in its cell and the rest in a new one, as Ctrl-Shift-minus does."""
    one = cell(notebook, "top_words")
    helper = "def count(text):\n    counts = {}\n    for word in text.lower().split():\n        counts[word] = counts.get(word, 0) + 1\n    return counts"
    rest = "def top_words(text, k):\n    return sorted(count(text).items(), key=lambda p: (-p[1], p[0]))[:k]"
    one.source = helper
    insert(notebook, "top_words", rest)


def _merged(notebook: NotebookNode) -> None:
    """Merge an answer with the test below it."""
    answer, test = cell(notebook, "sgd_step"), cell(notebook, "test_sgd_step")
    answer.source += "\n\n" + test.source
    notebook.cells.remove(test)


def _outputs(size: int) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for one in notebook.cells:
            if one.cell_type == "code":
                one.execution_count = 9
                one.outputs = [NotebookNode(output_type="stream", name="stderr", text="o" * size)]

    return edit


def _both(*edits: Edit) -> Edit:
    def edit(notebook: NotebookNode) -> None:
        for one in edits:
            one(notebook)

    return edit


def _header(notebook: NotebookNode) -> None:
    notebook.cells.insert(0, new_markdown_cell("# Name: Ada\n\nMatriculation: 12345"))
    notebook.cells.insert(1, new_code_cell(""))


TESTS = (
    "check_standardise",
    "test_standardise",
    "check_two_layer",
    "test_two_layer",
    "test_sgd_step",
    "check_top_words",
    "test_top_words",
)
WRONG = "def top_words(text, k):\n    return []"

CASES = [
    _case("copied_answer", "copied an answer's cell", _twice("standardise")),
    _case("copied_test", "copied a test", _twice("test_standardise")),
    _case("copied_pair", "copied answer and test", _twice("top_words", "test_top_words")),
    _case("copied_same_id", "copied a cell, id and all", _twice("two_layer", suffix="")),
    _case(
        "copied_everything",
        "pasted the whole notebook behind itself",
        lambda nb: nb.cells.extend(copy.deepcopy(nb.cells)),
        person=None,
    ),
    _case(
        "second_answer",
        "has two different answers to a task, the last one right",
        _both(
            _edited("top_words", lambda s: WRONG),
            _second_answer(
                "top_words",
                "from collections import Counter\ndef top_words(text, k):\n    return sorted(Counter(text.lower().split()).items(), key=lambda p: (-p[1], p[0]))[:k]",
            ),
        ),
        person=True,
    ),
    _case(
        "second_answer_wrong",
        "has two different answers, the last one wrong",
        _second_answer("top_words", "def top_words(text, k):\n    raise RuntimeError"),
        honest="t_no_top_words",
        person=True,
    ),
    _case("deleted_test", "deleted a test", _gone("test_two_layer")),
    _case("deleted_tests", "deleted every test", _gone(*TESTS)),
    _case(
        "deleted_answer",
        "deleted an answer",
        _gone("sgd_step"),
        honest="t_no_sgd_step",
        person=None,
    ),
    _case(
        "deleted_imports",
        "deleted the imports",
        _gone("plain-1"),
        honest="t_nothing",
        person=None,
        either=tuple(f"tensors/{name}" for name in TESTS),
    ),
    _case(
        "only_answers",
        "handed in only the answers",
        lambda nb: _gone(
            *[
                c.id
                for c in nb.cells
                if c.id not in ("plain-1", "standardise", "two_layer", "sgd_step", "top_words")
            ]
        )(nb),
    ),
    _case(
        "edited_test",
        "edited a test so that it passes",
        _edited("test_top_words", lambda s: "assert True"),
        start="t_top_words_case",
    ),
    _case(
        "edited_test_broken",
        "broke a test by a stray key",
        _edited("test_standardise", lambda s: s + "\nasser x"),
    ),
    _case(
        "edited_helper",
        "broke a locked helper",
        _edited("load", lambda s: s.replace("days.csv", "gone.csv")),
        start="b_right",
        notebook="second",
    ),
    _case("reversed", "moved all tests to the end, last first", _reversed),
    _case("tests_first", "moved all tests before the answers", _tests_first),
    _case("swapped", "exchanged two answers' places", _swapped_answers),
    _case("split", "split an answer over two cells", _split),
    _case("merged", "merged an answer with its test", _merged),
    _case("colab", "went through Colab: all metadata lost", _colab),
    _case("vscode", "went through VS Code: metadata lost, other ids, line ends", _vscode),
    _case("colab_wrong", "wrong, and through Colab", _colab, start="t_standardise_biased"),
    _case("colab_reversed", "lost metadata and moved the tests", _both(_reversed, _colab)),
    _case("same_ids", "has one id for every cell", _same_ids),
    _case(
        "same_ids_no_metadata",
        "has one id for every cell and no metadata",
        _both(_colab, _same_ids),
    ),
    _case("header", "put a name and an empty cell on top", _header),
    _case("saved_outputs", "handed in outputs of 6 MB, marked stderr", _outputs(500_000)),
    _case(
        "quotes",
        "has typographic quotes",
        _edited("top_words", lambda s: s.replace('"""', "“")),
        honest="t_no_top_words",
    ),
    _case(
        "markdown_answer",
        "turned an answer into text",
        lambda nb: cell(nb, "sgd_step").update(cell_type="markdown"),
        honest="t_right",
        person=None,
    ),
]
