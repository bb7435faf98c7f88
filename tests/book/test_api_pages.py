"""Does the API reference follow the modules by itself, and read as the source reads?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from book_pages import ROOT
from bs4 import BeautifulSoup
from course_book.api_pages import modules_by_page, write_pages
from course_book.docstrings import converted
from course_book.signatures import from_source
from jaxtyping import Float
from torch import Tensor


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with one subpackage, one private module and a command line."""
    folder = tmp_path / "toy"
    for name in ["errors.py", "data/__init__.py", "data/birds.py", "data/_hidden.py", "cli/a.py"]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return folder


def test_pages_follow_the_modules(package: Path, tmp_path: Path) -> None:
    target = tmp_path / "api"
    assert modules_by_page(package) == {"toy": ["toy.errors"], "toy.data": ["toy.data.birds"]}
    write_pages(package, target)
    (package / "data" / "new.py").write_text("")
    (package / "errors.py").unlink()
    write_pages(package, target)
    assert [path.name for path in target.glob("*.md")] == ["toy.data.md"]
    assert ".. automodule:: toy.data.new" in (target / "toy.data.md").read_text()


def test_unchanged_page_is_left_alone(package: Path, tmp_path: Path) -> None:
    page = write_pages(package, tmp_path / "api")[0]
    before = page.stat().st_mtime_ns
    write_pages(package, tmp_path / "api")
    assert page.stat().st_mtime_ns == before


def test_every_public_module_stands_in_the_built_reference(html: Path) -> None:
    for page, modules in modules_by_page(ROOT / "course_lib").items():
        text = (html / "book" / "api" / f"{page}.html").read_text(encoding="utf-8")
        soup = BeautifulSoup(text, "html.parser")
        assert {f"module-{module}" for module in modules} <= {tag["id"] for tag in soup(id=True)}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings with a default and a factory."""

    lr: float = 0.1
    names: list[str] = field(default_factory=list)


class Model:
    """A class with methods of each kind."""

    def __init__(self, width: int, *, deep: bool = False) -> None: ...

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T"]: ...

    @classmethod
    def tiny(cls, width: int = 2) -> "Model": ...

    @staticmethod
    def size(model: "Model") -> int: ...


def plain(rows: Iterable[int], n: int | None = None) -> list[int]: ...


@pytest.mark.parametrize(
    ("what", "obj", "expected"),
    [
        ("function", plain, ("(rows: Iterable[int], n: int | None=None)", "list[int]")),
        ("class", Settings, ("(*, lr: float = 0.1, names: list[str] = ...)", None)),
        ("class", Model, ("(width: int, *, deep: bool=False)", None)),
        ("method", Model.forward, ("(x: Float[Tensor, 'B T D'])", "Float[Tensor, 'B T']")),
        ("method", Model.tiny, ("(width: int=2)", "'Model'")),
        ("method", Model.size, ("(model: 'Model')", "int")),
        ("function", len, None),
        ("class", int, None),
        ("data", 3, None),
    ],
)
def test_signature_is_the_sources_own(what: str, obj: object, expected: object) -> None:
    assert from_source(None, what, "name", obj, None, None, None) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Shapes: B rows."], ["", "**Shapes.** B rows."]),
        (["Use `*args` and *args."], ["Use `*args` and \\*args."]),
        (["A name_ and |x|."], ["A name\\_ and \\|x\\|."]),
        (["lr: the rate", "of the head."], ["", "- ``lr``: the rate", "  of the head."]),
        (["Note this:", "  x = 1", "Then."], ["Note this:", "", "::", "", "  x = 1", "", "Then."]),
        (["Args:", "    lr: the rate"], ["", "Args:", "    lr: the rate"]),
    ],
)
def test_docstring_becomes_restructuredtext(lines: list[str], expected: list[str]) -> None:
    assert converted(lines, frozenset({"lr"})) == expected
