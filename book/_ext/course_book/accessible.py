"""Mend what the tools leave unreachable for a reader with a screen reader.

- The bibliography is a `list` whose entries say they are something else: they become its items.
- The copy button's icon, drawn by a script, has no name: it gets ours, book/_static/copy.svg.
- A folded cell shows "Show code cell source" under another name: it is called what it shows.

What stands in the theme's own templates is mended in book/_templates.
"""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

MENDED = {
    'role="doc-biblioentry"': 'role="listitem"',
    '<summary aria-label="Toggle hidden content">': "<summary>",
}


def _name_copy_icon(app: Sphinx, config: Config) -> None:
    icon = Path(app.srcdir) / "book" / "_static" / "copy.svg"
    if icon.exists():
        config.copybutton_image_svg = icon.read_text(encoding="utf-8").strip()


def _mend(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], *_: Any) -> None:
    for wrong, right in MENDED.items():
        if "body" in context:
            context["body"] = context["body"].replace(wrong, right)


def setup(app: Sphinx) -> dict[str, Any]:
    """Join the reading of the configuration and the writing of each page."""
    app.connect("config-inited", _name_copy_icon, priority=400)
    app.connect("html-page-context", _mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
