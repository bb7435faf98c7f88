"""The book's small boxes: a title, then any Markdown.

    ```{predict}
    Multiply the input by a thousand. Does the output change? Predict, then run the next cell.
    ```

    ```{take-away}
    - One sentence that the reader keeps.
    ```

    ```{then-and-now}
    In the notes: "...". Today: ...
    ```

    ```{trap} The same name, another number
    A tool or format that does something else than one expects, with its version.
    ```

An optional argument replaces the title: `{predict} Which one wins?`.
The two other boxes, `misconception` and `self-check`, build on the node defined here.
"""

from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Box(nodes.General, nodes.Element):
    """A titled box; attributes: `kind` (its CSS class) and `role` (its ARIA role)."""


class BoxTitle(nodes.General, nodes.TextElement):
    """The title of a box: no heading, so that the page's outline stays the chapter's."""


def make_box(
    directive: SphinxDirective, kind: str, title: str, body: list[nodes.Node], role: str = "note"
) -> Box:
    """Build a box whose title labels it for a screen reader."""
    number = directive.env.new_serialno(f"box-{kind}")
    box = Box(kind=kind, role=role, label=f"box-{kind}-{number}")
    inlines, messages = directive.parse_inline(title)
    box += BoxTitle("", "", *inlines, label=box["label"])
    box += [*messages, *body]
    directive.set_source_info(box)
    return box


class BoxDirective(SphinxDirective):
    """A box of one kind; subclasses name the kind and the title."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    kind: ClassVar[str]
    title: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Parse the body as Markdown and put it under the title."""
        self.assert_has_content()
        title = self.arguments[0] if self.arguments else self.title
        return [make_box(self, self.kind, title, self.parse_content_to_nodes())]


class Predict(BoxDirective):
    """A question to answer before the next cell is run."""

    kind, title = "predict", "Predict, then run"


class TakeAway(BoxDirective):
    """What to keep of a chapter."""

    kind, title = "take-away", "Take away"


class ThenAndNow(BoxDirective):
    """A point where the notes that the book follows are wrong or dated."""

    kind, title = "then-and-now", "Then and now"


class Trap(BoxDirective):
    """Where a tool or a format does something else than one expects."""

    kind, title = "trap", "Trap"


def visit_box(translator: Any, node: Box) -> None:
    """Open the box."""
    translator.body.append(
        f'<div class="course-box {node["kind"]}" role="{node["role"]}"'
        f' aria-labelledby="{node["label"]}">\n'
    )


def depart_box(translator: Any, node: Box) -> None:
    """Close the box."""
    translator.body.append("</div>\n")


def visit_title(translator: Any, node: BoxTitle) -> None:
    """Open the title, which labels its box."""
    translator.body.append(f'<p class="box-title" id="{node["label"]}">')


def depart_title(translator: Any, node: BoxTitle) -> None:
    """Close the title."""
    translator.body.append("</p>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the nodes and the plain boxes."""
    app.add_node(Box, html=(visit_box, depart_box))
    app.add_node(BoxTitle, html=(visit_title, depart_title))
    app.add_directive("predict", Predict)
    app.add_directive("take-away", TakeAway)
    app.add_directive("then-and-now", ThenAndNow)
    app.add_directive("trap", Trap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
