"""A drawing with caption and number, made anew at each build by a function of `book/figures`.

    ```{drawing} ch08.weighted_sum
    :name: fig-weighted-sum
    Each output is an average of all inputs.
    ```

`book/figures/ch08.py` holds `def weighted_sum() -> Shown`, which also gives the text alternative.
The page is read again when that file changes.
"""

import importlib.util
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

FOLDER = Path("book", "figures")


class Drawing(SphinxDirective):
    """A figure whose picture is drawn by code."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"name": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Draw the picture and put the caption under it."""
        self.assert_has_content()
        file, _, function = self.arguments[0].partition(".")
        path = Path(self.env.srcdir, FOLDER, f"{file}.py")
        self.env.note_dependency(str(path))
        shown = draw(path, function)
        figure = nodes.figure("", nodes.raw("", shown.html, format="html"), classes=["drawing"])
        caption, messages = self.parse_inline(" ".join(self.content))
        figure += nodes.caption("", "", *caption)
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure, *messages]


def draw(path: Path, function: str) -> Any:
    """Return what the function of a file draws.

    Raises: ExtensionError where there is no such file or function.
    """
    if not path.exists():
        raise ExtensionError(f"drawing: expected a file {path.name} in {FOLDER}, found none")
    spec = importlib.util.spec_from_file_location(f"course_book_figures_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, function):
        raise ExtensionError(f"drawing: expected a function {function} in {path.name}, found none")
    return getattr(module, function)()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("drawing", Drawing)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
