"""The card on top of a chapter: what the reader will be able to do, and where its parts are.

    ```{chapter-card}
    :time: 8
    :modules: course_lib.transfer.freezing, course_lib.transfer.rates
    :exercise: 01_transfer
    :tests: tests/transfer

    - Say what is kept and what is replaced when a network is transferred.
    - Choose a learning rate for each layer.
    ```

Body: the objectives, a list. Options, all optional: `time` in minutes that the chapter's code
needs on two cores; `modules` of the package, linked to the API reference; `exercise`, the name of
a folder in exercises/, offered as a download and, where _config.yml names the repository, on
Binder and Colab; `tests`, the paths that check the modules.
"""

from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from course_book.boxes import make_box
from course_book.launch import launch_links

LOGGER = logging.getLogger(__name__)


def _commas(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class Facts(nodes.General, nodes.Element):
    """The list of facts below the objectives."""


class Fact(nodes.General, nodes.TextElement):
    """One fact; attribute `name`."""


class ChapterCard(SphinxDirective):
    """Draw the card."""

    has_content = True
    option_spec = {  # noqa: RUF012
        "time": directives.positive_int,
        "modules": _commas,
        "exercise": directives.unchanged_required,
        "tests": _commas,
    }

    def run(self) -> list[nodes.Node]:
        """Put the objectives first, then the facts."""
        self.assert_has_content()
        facts = Facts()
        if "time" in self.options:
            minutes = self.options["time"]
            text = f"about {minutes} minute{'s' if minutes > 1 else ''} on two cores"
            facts += Fact("", "", nodes.Text(text), name="Time to run")
        if modules := self.options.get("modules"):
            facts += Fact("", "", *_joined([self._module(name) for name in modules]), name="Code")
        if exercise := self.options.get("exercise"):
            facts += Fact("", "", *_joined(self._exercise(exercise)), name="Exercise")
        if tests := self.options.get("tests"):
            paths = _joined([nodes.literal("", path) for path in tests])
            facts += Fact("", "", *paths, name="Tests")
        body = [*self.parse_content_to_nodes(), facts]
        return [make_box(self, "chapter-card", "After this chapter you can", body, role="group")]

    def _module(self, name: str) -> nodes.Node:
        literal = nodes.literal("", name, classes=["xref", "py", "py-mod"])
        return addnodes.pending_xref(
            "",
            literal,
            refdomain="py",
            reftype="mod",
            reftarget=name,
            refdoc=self.env.docname,
            refwarn=True,
            **{"py:module": None, "py:class": None},
        )

    def _exercise(self, name: str) -> list[nodes.Node]:
        notebook = f"exercises/{name}/{name}.ipynb"
        links: list[nodes.Node] = [
            addnodes.download_reference(
                "",
                "",
                nodes.Text(f"{name}.ipynb"),
                reftarget=f"/{notebook}",
                refdoc=self.env.docname,
                refdomain="",
                reftype="download",
                refexplicit=True,
                refwarn=False,
                classes=["exercise-download"],
            )
        ]
        options = self.config.html_theme_options  # from _config.yml, `repository:`
        url = options.get("repository_url") or ""
        branch = options.get("repository_branch") or "main"
        try:
            addresses = launch_links(url, branch, notebook)
        except ValueError as error:
            LOGGER.warning("%s", error, location=self.get_location())
            addresses = {}
        for label, address in addresses.items():
            links.append(nodes.reference("", f"open in {label}", refuri=address, internal=False))
        return links


def _joined(parts: list[nodes.Node]) -> list[nodes.Node]:
    joined: list[nodes.Node] = []
    for part in parts:
        joined += [nodes.Text(", "), part] if joined else [part]
    return joined


def _visit_facts(translator: Any, node: Facts) -> None:
    translator.body.append('<dl class="facts">\n')


def _depart_facts(translator: Any, node: Facts) -> None:
    translator.body.append("</dl>\n")


def _visit_fact(translator: Any, node: Fact) -> None:
    translator.body.append(f"<div><dt>{node['name']}</dt><dd>")


def _depart_fact(translator: Any, node: Fact) -> None:
    translator.body.append("</dd></div>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and its nodes."""
    app.add_node(Facts, html=(_visit_facts, _depart_facts))
    app.add_node(Fact, html=(_visit_fact, _depart_fact))
    app.add_directive("chapter-card", ChapterCard)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
