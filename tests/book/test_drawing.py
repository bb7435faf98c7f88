"""Are drawings figures with a caption and a number, and are all of the book's drawn?"""

import importlib.util
from pathlib import Path

import pytest
from book_pages import ROOT
from small_book import build
from sphinx.errors import ExtensionError

EXTENSIONS = ["myst_parser", "course_book.drawing"]
CODE = """
class Shown:
    html = '<div class="figure"><svg role="img" aria-label="a word"></svg></div>'

def word():
    return Shown()
"""
PAGE = """# T

See {numref}`fig-word`.

```{drawing} toy.word
:name: fig-word
A *word*.
```
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one drawing."""
    figures = tmp_path / "book" / "figures"
    figures.mkdir(parents=True)
    (figures / "toy.py").write_text(CODE)
    return tmp_path


def test_a_drawing_has_a_caption_a_number_and_a_name(folder: Path) -> None:
    built = build(folder, EXTENSIONS, PAGE, numfig=True)
    figure = built.html.select_one("figure#fig-word")
    assert figure.select_one("svg")["aria-label"] == "a word"
    assert figure.figcaption.em.text == "word"
    assert "Fig. 1" in figure.figcaption.text
    assert built.html.select_one("a[href='#fig-word']").text == "Fig. 1"
    assert not built.warnings


@pytest.mark.parametrize(
    ("name", "message"),
    [("other.word", "expected a file other.py"), ("toy.cat", "expected a function cat in toy.py")],
)
def test_a_drawing_that_nobody_drew_fails_the_build(folder: Path, name: str, message: str) -> None:
    with pytest.raises(ExtensionError, match=message):
        build(folder, EXTENSIONS, PAGE.replace("toy.word", name), numfig=True)


def functions() -> list[tuple[str, str]]:
    """Return every drawing of the book: file and function."""
    found = []
    for path in sorted((ROOT / "book" / "figures").glob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        names = [line[4 : line.index("(")] for line in lines if line.startswith("def ")]
        found += [(path.stem, name) for name in names if not name.startswith("_")]
    return found


@pytest.mark.parametrize(("file", "function"), functions())
def test_each_drawing_is_used_once_and_says_what_is_to_be_seen(file: str, function: str) -> None:
    path = ROOT / "book" / "figures" / f"{file}.py"
    spec = importlib.util.spec_from_file_location(file, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    shown = getattr(module, function)()
    assert len(shown.alt.split()) >= 5
    pages = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "book").glob("*.md"))
    assert pages.count(f"```{{drawing}} {file}.{function}\n") == 1
