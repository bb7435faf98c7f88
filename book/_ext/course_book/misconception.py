"""The "Common mistake" box, drawn from the list that also drives the exercise's checks.

    ```{misconception} 01_transfer/batchnorm-in-train-mode
    ```

The argument is ASSIGNMENT/id. The box shows `believed`, `why_wrong` and `shows` of that entry of
solutions/ASSIGNMENT/misconceptions.yaml (Markdown allowed in each); text in the body of the
directive follows them. An unknown assignment or id is a warning, so a strict build fails.
"""

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_book.boxes import make_box

LOGGER = logging.getLogger(__name__)
FIELDS = [("believed", "Believed"), ("why_wrong", "Why it is wrong"), ("shows", "How it shows")]


def find(source: Path, wanted: str) -> dict[str, Any]:
    """Return the entry whose id is `wanted`.

    Raises: KeyError, with the known ids, where there is none; OSError where there is no list.
    """
    entries = yaml.safe_load(source.read_text(encoding="utf-8")) or []
    known = {entry["id"]: entry for entry in entries}
    if wanted not in known:
        raise KeyError(f"no misconception {wanted!r}; there is {', '.join(known) or 'none'}")
    missing = [field for field, _ in FIELDS if not known[wanted].get(field)]
    if missing:
        raise KeyError(f"misconception {wanted!r} lacks {', '.join(missing)}")
    return known[wanted]


class Misconception(SphinxDirective):
    """Draw one entry as a box."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Read the list, note it as something that the page depends on, fill the box."""
        assignment, _, wanted = self.arguments[0].partition("/")
        source = Path(self.env.srcdir) / "solutions" / assignment / "misconceptions.yaml"
        self.env.note_dependency(str(source))
        try:
            entry = find(source, wanted)
        except (KeyError, OSError, yaml.YAMLError) as error:
            where = self.get_location()
            LOGGER.warning("misconception %s: %s", self.arguments[0], error, location=where)
            return []
        body: list[nodes.Node] = []
        for field, label in FIELDS:
            children = self.parse_text_to_nodes(str(entry[field]).strip())
            if children and isinstance(children[0], nodes.paragraph):
                children[0].insert(0, nodes.strong("", f"{label}: "))
            body += children
        if self.content:
            body += self.parse_content_to_nodes()
        return [make_box(self, "misconception", "Common mistake", body)]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("misconception", Misconception)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
