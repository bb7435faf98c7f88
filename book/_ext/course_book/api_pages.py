"""Write the pages of the API reference from the modules that exist, before Sphinx looks for pages.

One page a subpackage, book/api/course_lib.NAME.md, made anew at each build and not committed: a new
module appears without anyone's hand. The table of contents takes them by a pattern.
"""

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from course_book import docstrings, signatures

HIDDEN = {"cli"}  # described by `course --help`
INTRODUCTIONS = {
    "course_lib": "What every other part rests on: errors that say what to do, seeds, the plan.",
    "course_lib.data": "The data of the course, built on the reader's own machine.",
    "course_lib.embeddings": "Vectors for words.",
    "course_lib.grading": "From submissions to grades.",
    "course_lib.interop": "Published checkpoints in and out.",
    "course_lib.layers": "The building blocks of the networks, each checked against PyTorch's own.",
    "course_lib.metrics": "Scores, each equal to the official one.",
    "course_lib.models": "Whole networks.",
    "course_lib.recipes": "The code behind the recorded runs and the shipped checkpoints.",
    "course_lib.text": "From characters to indices.",
    "course_lib.training": "The training loop, checkpoints and recorded results.",
    "course_lib.transfer": "What is kept, what is replaced, and how fast each part may move.",
    "course_lib.vision": "Networks for images.",
    "course_lib.viz": "Figures in one look, readable on light and dark pages.",
}


def modules_by_page(package: Path) -> dict[str, list[str]]:
    """Return page name -> the modules on it; modules that begin with `_` are private."""
    pages: dict[str, list[str]] = {}
    for path in sorted(package.rglob("*.py")):
        inner = path.relative_to(package).with_suffix("").parts
        if any(part.startswith("_") for part in inner) or inner[0] in HIDDEN:
            continue
        page = package.name if len(inner) == 1 else f"{package.name}.{inner[0]}"
        pages.setdefault(page, []).append(".".join([package.name, *inner]))
    return pages


def page_text(page: str, modules: list[str]) -> str:
    """Return the MyST source of one page."""
    parts = [f"# {page}\n", INTRODUCTIONS.get(page, ""), ""]
    for module in modules:
        parts += [f"## {module}\n", f"```{{eval-rst}}\n.. automodule:: {module}\n```\n"]
    return "\n".join(parts)


def write_pages(package: Path, target: Path) -> list[Path]:
    """Write the pages that differ, remove those whose subpackage is gone; return all pages."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for page, modules in modules_by_page(package).items():
        path = target / f"{page}.md"
        text = page_text(page, modules)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
        written.append(path)
    for stale in set(target.glob(f"{package.name}*.md")) - set(written):
        stale.unlink()
    return written


def unlinked(app: Sphinx, env: Any, node: Any, contnode: Any) -> Any:
    """Show a type variable, an alias or a private class of the package as plain text.

    Such names stand in annotations but have no entry to link to. A name that does not exist stays
    unresolved, and a strict build fails.
    """
    module, _, name = node.get("reftarget", "").rpartition(".")
    if node.get("refdomain") != "py" or not module.startswith("course_lib"):
        return None
    found = getattr(sys.modules.get(module), name, None)
    documented = isinstance(found, type) and not name.startswith("_")
    return contnode if found is not None and not documented else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages now: the table of contents is read right after the extensions are loaded."""
    root = Path(app.srcdir)
    write_pages(root / "course_lib", root / "book" / "api")
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", docstrings.to_rst, priority=400)
    app.connect("autodoc-process-signature", signatures.from_source)
    app.connect("missing-reference", unlinked)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
