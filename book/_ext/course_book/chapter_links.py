"""A chapter that is named in a sentence is a link to it, as soon as it is there.

    BERT, in chapter 14, does.        plain text today, a link once book/14_….md exists
    Chapters 5 and 6 claimed gains.   two links

Headings, code, mathematics and links stay as they are, and no page links to itself.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

NAMED = re.compile(r"\b([Cc]hapters? )(\d+)(?:( and | to |, )(\d+))?\b")
LINKS = (nodes.reference, addnodes.pending_xref)  # the second is a link to another page, unresolved
LEFT_ALONE = (nodes.literal, nodes.literal_block, nodes.title, nodes.math, *LINKS)


def pages_by_number(docnames: set[str]) -> dict[int, str]:
    """Return chapter number → page, from names such as `book/03_ngrams`."""
    found = ((re.fullmatch(r"book/(\d+)_\w+", name), name) for name in docnames)
    return {int(match[1]): name for match, name in found if match}


def with_links(text: str, pages: dict[int, str]) -> Iterator[tuple[str, str | None]]:
    """Cut a text into pieces, each with the page that it names or None.

    The singular takes its word into the link: "chapter 3"; the plural links the numbers alone.
    """
    end = 0
    for match in NAMED.finditer(text):
        word, first, between, second = match.groups()
        page = pages.get(int(first))
        yield text[end : match.start()], None
        if word.endswith("s "):
            yield word, None
            yield first, page
        else:
            yield word + first, page
        if between:
            yield between, None
            yield second, pages.get(int(second)) if word.endswith("s ") else None
        end = match.end()
    yield text[end:], None


class ChapterLinks(SphinxTransform):
    """Run after parsing, before links are resolved."""

    default_priority = 5

    def apply(self, **kwargs: Any) -> None:
        """Replace the texts that name a chapter."""
        own = self.env.docname
        pages = pages_by_number(set(self.env.found_docs))
        pages = {number: name for number, name in pages.items() if name != own}
        for node in list(self.document.findall(nodes.Text)):
            above = node.parent
            while above is not None and not isinstance(above, LEFT_ALONE):
                above = above.parent
            if above is not None or not NAMED.search(str(node)):
                continue
            pieces = [piece for piece in with_links(str(node), pages) if piece[0]]
            node.parent.replace(node, [self.made(*piece) for piece in pieces])

    def made(self, text: str, page: str | None) -> nodes.Node:
        """Return a text, or a link to a page that Sphinx resolves later."""
        if page is None:
            return nodes.Text(text)
        link = addnodes.pending_xref(
            "", nodes.inline("", text, classes=["std", "std-doc"]),
            refdomain="std", reftype="doc", reftarget=f"/{page}", refexplicit=True,
            refdoc=self.env.docname, refwarn=True,
        )  # fmt: skip
        return link


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform."""
    app.add_transform(ChapterLinks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
