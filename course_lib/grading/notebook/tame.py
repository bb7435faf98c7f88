"""Make an executed notebook fit to be opened by others: nbgrader shows it without a filter.

formgrader draws autograded notebooks inside the instructor's Jupyter, with the right to do there
whatever the instructor may do; nbgrader's own feedback pages carry what they find. So the outputs
are cut and cleaned before the notebook is written.
"""

import html
import re
from collections.abc import Collection
from typing import Any

from course_lib.grading.notebook.page_size import Budget, shrink_attachments, shrink_outputs
from course_lib.grading.notebook.untrusted import clean_html

# A page by nbgrader stays below 2 MB with this; its feedback adds 120 kB of its own.
AUTOGRADED = {"text": 50_000, "html": 100_000, "page_text": 300_000, "page_pictures": 900_000}
_HARMLESS = (
    "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li mark "
    "ol p pre s small span strong sub summary sup table tbody td tfoot th thead tr u ul"
).split()
# a harmless tag without attributes, or with a plain link; an address of a person or a page
_TAG = re.compile(
    rf"<(?!/?(?:{'|'.join(_HARMLESS)})\s*/?>|a href=[\"']https?://[^\"'<>\s]*[\"']>"
    r"|https?://[^<>\s]*>|[\w.+-]+@[\w.-]+>)(?=[A-Za-z/!?])",
    re.IGNORECASE,
)

# where a link goes: [text](target), and [text]: target on a line of its own
_LINK = re.compile(r"(\]\(\s*<?\s*|\]:\s*<?\s*)([^\s)>]*)")


def tame(notebook: Any, trusted: Collection[str] = ()) -> None:
    """Cut outputs to a size that a page bears, and take out what runs or fetches, in place.

    trusted: sources of Markdown cells that are the instructor's; in others, a tag that could carry
    a script is broken by a space, so that it is read and not obeyed. Code stays as it is.
    """
    budget = Budget(**AUTOGRADED)
    # subtle: grade cells first, or a flood in an early cell takes the room of their messages
    cells = sorted(notebook.cells, key=lambda cell: not cell.metadata.get("nbgrader"))
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = shrink_outputs(cell.outputs, budget)
            for output in cell.outputs:
                data = output.get("data", {})
                for kind in ("text/html", "text/markdown"):
                    if kind in data:
                        clean = clean_html if kind == "text/html" else without_tags
                        data[kind] = clean(data[kind])
            continue
        if cell.source not in trusted:
            cell.source = without_tags(cell.source)
        if "attachments" in cell:
            shrink_attachments(cell, budget)


def without_tags(source: str) -> str:
    """Return Markdown in which no tag and no link can carry a script."""
    return _LINK.sub(_plain_link, _TAG.sub("< ", source))


def _plain_link(match: re.Match[str]) -> str:
    target = match[2]
    for _ in range(2):
        target = html.unescape(target)
    scheme = re.match(r"([^/?#]*):", re.sub(r"[\\\x00-\x20]", "", target))
    if scheme and scheme[1].lower() not in ("http", "https", "mailto", "attachment"):
        return f"{match[1]}#{match[2]}"
    return match[0]
