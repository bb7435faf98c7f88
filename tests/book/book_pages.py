"""Which pages the book has, known before it is built."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
PLACEHOLDER = "<!-- placeholder -->"


def _documents(node: object) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _documents(item)]
    if not isinstance(node, dict):
        return []
    found = [node[key] for key in ("root", "file") if key in node]
    if node.get("glob", "").startswith("book/api/"):
        from course_book.api_pages import modules_by_page

        found += [f"book/api/{page}" for page in modules_by_page(ROOT / "course_lib")]
    return found + [name for value in node.values() for name in _documents(value)]


def page_names() -> list[str]:
    """Return every HTML page, by its path without the ending."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return sorted({*_documents(toc), "search"})


def chapters() -> list[Path]:
    """Return the sources of the chapters that are written, in their order."""
    found = sorted(path for path in BOOK.glob("*.md") if re.match(r"\d\d_", path.name))
    return [path for path in found if PLACEHOLDER not in path.read_text(encoding="utf-8")]


def prose_pages() -> list[Path]:
    """Return the sources of all pages written by hand."""
    return sorted(BOOK.glob("*.md"))
