"""The slides of the lecture notes, each with the place in the book that stands for it.

    ```{slides}
    ```

The table is read from `book/slides.yml`: a number, what the slide showed, and a label. A label that
no page has is a warning, so a strict build fails.
"""

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FILE = Path("book", "slides.yml")
TO_COME = "with a later chapter"


class Slides(SphinxDirective):
    """The table."""

    def run(self) -> list[nodes.Node]:
        """Build a row a slide."""
        path = Path(self.env.srcdir, FILE)
        self.env.note_dependency(str(path))
        slides = yaml.safe_load(path.read_text(encoding="utf-8"))
        lines = ["| slide | showed | here |", "| ---: | --- | --- |"]
        for number, slide in sorted(slides.items()):
            here = f"{{ref}}`{slide['at']}`" if "at" in slide else TO_COME
            lines.append(f"| {number} | {slide['shows']} | {here} |")
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("slides", Slides)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
