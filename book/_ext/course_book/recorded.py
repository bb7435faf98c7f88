"""Numbers in sentences: measured ones come from a recorded run, others say what they are.

    {rec}`ch01_birds:scratch.16:mean:.2f`    record : path : statistic : format
    {rec}`ch01_birds:frozen.16:n`            the statistic may stand last, without a format
    {rec}`ch01_birds:resnet50.parameters`    a single number needs no statistic
    {derived}`0.85`                          worked out by hand; the derivation stands beside it
    {seed}`10,000`                           taken from the lecture notes that the book follows

Statistics: value, mean, std, min, max, median, n, or the index of one seed. The format is Python's
(`.2f`, `.0%`, `,`); the minus sign is a real one. An unknown record, path or statistic is a
warning, so a strict build fails; a changed record rebuilds the pages that cite it.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from course_lib.errors import CourseError
from course_lib.training.results import RESULTS_DIR, load_result

LOGGER = logging.getLogger(__name__)


class Recorded(nodes.inline):
    """A measured number with the place of its record."""


def read(text: str) -> tuple[str, str]:
    """Return the formatted number and the sentence that says where it was recorded.

    Raises: CourseError where the record, the path or the statistic does not exist, ValueError
    where the text or the format cannot be read.
    """
    name, separator, rest = text.strip().partition(":")
    if not separator:
        raise ValueError("write NAME:path:statistic:format")
    path, _, rest = rest.partition(":")
    stat, _, form = rest.partition(":")
    value = load_result(name).value(path, stat or "value")
    shown = format(value, form)
    if not isinstance(value, str):
        shown = re.sub("^-", "\N{MINUS SIGN}", shown)
    return shown, f"recorded run {name}: {path}, {stat or 'value'}"


class RecRole(SphinxRole):
    """Put a number of a recorded run into a sentence."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Read the record now and note it as something that the page depends on."""
        self.env.note_dependency(str(RESULTS_DIR / f"{self.text.partition(':')[0].strip()}.json"))
        try:
            shown, source = read(self.text)
        except (CourseError, ValueError, TypeError) as error:
            LOGGER.warning("rec `%s`: %s", self.text, error, location=self.get_location())
            shown, source = "??", "no such record"
        return [Recorded("", "", nodes.Text(shown), source=source)], []


class MarkedNumber(SphinxRole):
    """Mark a number that was not measured, as derived by hand or taken from the notes."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Show the number as it is; the prose check reads the mark."""
        return [nodes.inline("", self.text, classes=[self.name])], []


def _visit(translator: Any, node: Recorded) -> None:
    title = translator.attval(node["source"])
    translator.body.append(f'<span class="rec" title="{title}">')


def _depart(translator: Any, node: Recorded) -> None:
    translator.body.append("</span>")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the three roles."""
    app.add_node(Recorded, html=(_visit, _depart))
    app.add_role("rec", RecRole())
    app.add_role("derived", MarkedNumber())
    app.add_role("seed", MarkedNumber())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
