"""A Sphinx project of a few lines, built in a second, to try one extension at a time."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils


@dataclass(frozen=True)
class Outcome:
    """What a build gave."""

    html: BeautifulSoup
    warnings: str
    status: str
    code: int


def build(
    folder: Path, extensions: Sequence[str], page: str | None = None, **settings: Any
) -> Outcome:
    """Build `folder`, whose root page is index.md, with some of our extensions.

    page: the text of index.md; None leaves the files as they are.
    """
    if page is not None:
        (folder / "index.md").write_text(page, encoding="utf-8")
    warnings, status = io.StringIO(), io.StringIO()
    strict = settings.pop("strict", False)
    overrides = {
        "extensions": [*extensions],
        "myst_enable_extensions": ["colon_fence", "deflist", "dollarmath"],
        "exclude_patterns": ["_build"],
        # subtle: Sphinx adds the endings of each build to its default, for all builds to come
        "source_suffix": {".rst": "restructuredtext"},
        **settings,
    }
    with patch_docutils(None), docutils_namespace():
        app = Sphinx(
            srcdir=folder,
            confdir=None,
            outdir=folder / "_build" / "html",
            doctreedir=folder / "_build" / ".doctrees",
            buildername="html",
            confoverrides=overrides,
            status=status,
            warning=warnings,
            warningiserror=strict,
            keep_going=strict,
        )
        app.build()
    text = (folder / "_build" / "html" / "index.html").read_text(encoding="utf-8")
    return Outcome(
        BeautifulSoup(text, "html.parser"), warnings.getvalue(), status.getvalue(), app.statuscode
    )
