"""Does a chapter run again exactly when what its code rests on has changed?"""

import os
import time
from pathlib import Path

import pytest
from course_book.execution_key import fetched, inputs_of, key_of
from course_book.import_closure import Package, code_of
from small_book import build

PAGE = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  name: python3
  display_name: Python 3
---

# T

```{code-cell} ipython3
:tags: [hide-input]
%matplotlib inline
import sys
sys.path.insert(0, ".")
from course_lib.data import birds
print("answer", birds.answer())
```
"""
FILES = {
    "course_lib/__init__.py": "",
    "course_lib/errors.py": "class CourseError(Exception): pass\n",
    "course_lib/data/__init__.py": "",
    "course_lib/data/birds.py": "from ..text import words\ndef answer(): return words.COUNT\n",
    "course_lib/data/colours.csv": "red\n",
    "course_lib/data/docs.py": "COUNT = 0\n",
    "course_lib/text/__init__.py": "",
    "course_lib/text/words.py": "COUNT = 41\nRECORD = 'toy_run'\n",
    "course_lib/lazy/__init__.py": "def __getattr__(name):\n    raise AttributeError(name)\n",
    "course_lib/lazy/inner.py": "",
    "course_lib/checkpoints/toy.safetensors": "weights",
    "book/results/toy_run.json": "{}",
    "book/results/other_run.json": "{}",
    "requirements.lock": "torch==2.13\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository with a package of the same name as ours."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def used(root: Path, page: str = PAGE) -> set[str]:
    """Return the inputs of a page by their names."""
    files = inputs_of(page, root, Package(root / "course_lib"))
    return {path.relative_to(root).as_posix() for path in files}


def page_with(code: str) -> str:
    """Return a page with one cell."""
    return f"# T\n\n```{{code-cell}} ipython3\n{code}\n```\n"


def test_code_is_read_from_the_cells_only() -> None:
    page = (
        "import a\n\n" + page_with(":tags: [x]\n%time\nimport b") + "\n```python\nimport c\n```\n"
    )
    assert code_of(page) == "pass\nimport b"


def test_inputs_are_the_modules_reached_and_what_they_name(root: Path) -> None:
    assert used(root) == {
        "course_lib/__init__.py",
        "course_lib/data/__init__.py",
        "course_lib/data/birds.py",
        "course_lib/data/colours.csv",
        "course_lib/text/__init__.py",
        "course_lib/text/words.py",
        "book/results/toy_run.json",
        "requirements.lock",
    }


@pytest.mark.parametrize(
    ("code", "reached"),
    [
        ("import course_lib.data.docs", "course_lib/data/docs.py"),
        ("import course_lib.data.docs as d", "course_lib/data/docs.py"),
        ("from course_lib.data.docs import COUNT", "course_lib/data/docs.py"),
        ("from course_lib import data", "course_lib/data/__init__.py"),
        ("def f():\n    from course_lib.data import docs", "course_lib/data/docs.py"),
        ("import importlib\nimportlib.import_module('course_lib.errors')", "course_lib/errors.py"),
        ("import course_lib.lazy", "course_lib/lazy/inner.py"),
        ("load_result('other_run')", "book/results/other_run.json"),
        ("load_checkpoint('toy')", "course_lib/checkpoints/toy.safetensors"),
        ("from pathlib import Path\nfor name in names(): pass", "book/results/other_run.json"),
        ("CHECKPOINT_DIR.glob('*')", "course_lib/checkpoints/toy.safetensors"),
    ],
)
def test_every_way_of_reaching_a_file_counts(root: Path, code: str, reached: str) -> None:
    assert reached in used(root, page_with(code))
    assert reached not in used(root, page_with("import math"))


@pytest.mark.parametrize("changed", sorted(set(FILES) - {"book/results/other_run.json"}))
def test_key_changes_with_every_input_and_with_nothing_else(root: Path, changed: str) -> None:
    package = Package(root / "course_lib")
    before = key_of(inputs_of(PAGE, root, package), root)
    with (root / changed).open("a") as file:
        file.write("\n# changed\n")
    after = key_of(inputs_of(PAGE, root, Package(root / "course_lib")), root)
    assert (after != before) == (changed in used(root))


def test_key_knows_which_networks_are_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "course_lib/training").mkdir()
    for name in ("__init__", "published"):
        (root / f"course_lib/training/{name}.py").write_text("")
    package = Package(root / "course_lib")
    asking = inputs_of(page_with("import course_lib.training.published"), root, package)
    keys = []
    for here in ([], ["smollm2"], ["minilm", "smollm2"]):
        monkeypatch.setattr(
            "course_lib.training.published.is_here", lambda name, here=here: name in here
        )
        assert fetched(asking, package) == here
        assert fetched(inputs_of(PAGE, root, package), package) == []
        keys.append(key_of(asking, root, fetched(asking, package)))
    assert len(set(keys)) == 3


def test_chapter_runs_again_when_a_used_module_changes(root: Path) -> None:
    """Built five times: what ran, and what did the page show?"""

    def built(page: str | None = None) -> tuple[bool, str]:
        outcome = build(
            root,
            ["myst_nb", "course_book.execution_key"],
            page,
            nb_execution_mode="cache",
            exclude_patterns=["_build", "course_lib", "book"],
        )
        assert "rror" not in outcome.warnings, outcome.warnings
        shown = outcome.html.select_one(".cell_output").text.strip()
        return "Executed notebook" in outcome.status, shown

    def change(name: str, text: str) -> None:
        (root / name).write_text(text)
        later = time.time() + 5
        os.utime(root / name, (later, later))

    assert built(PAGE) == (True, "answer 41")
    assert built() == (False, "answer 41")
    change("course_lib/data/docs.py", "COUNT = 1\n")
    assert built() == (False, "answer 41")
    change("course_lib/text/words.py", "COUNT = 42\n")
    assert built() == (True, "answer 42")
    assert built(PAGE.replace("# T", "# Another title")) == (False, "answer 42")
