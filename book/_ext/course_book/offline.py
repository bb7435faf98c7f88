"""Serve MathJax from the book itself: no page asks another host for anything.

The files come from the package sphinx-mathjax-offline. Its own extension copies 24 MB at every
build; a page needs the 2 MB of the TeX reader, the HTML writer and their fonts. The menu is off,
because it would load parts that are not here; the MathML for screen readers stays.
"""

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

PARTS = ["tex-chtml.js", "input/tex/extensions", "output/chtml/fonts"]


def mathjax_folder() -> Path:
    """Return the folder of the installed MathJax."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or spec.origin is None:
        raise RuntimeError("sphinx-mathjax-offline is not installed: run `make book`")
    return Path(spec.origin).parent / "static" / "mathjax"


def _copy(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.format != "html":
        return
    source, target = mathjax_folder(), Path(app.outdir) / "_static" / "mathjax"
    for part in PARTS:
        if (target / part).exists():
            continue
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part)
        else:
            shutil.copyfile(source / part, target / part)


def setup(app: Sphinx) -> dict[str, Any]:
    """Point Sphinx at the copy and make it after each build."""
    app.config.mathjax_path = "mathjax/tex-chtml.js"
    app.config.mathjax3_config = {
        "options": {"enableMenu": False},
        "chtml": {"matchFontHeight": False},
    }
    app.connect("build-finished", _copy)
    # Jupyter Book sets this for sphinx_comments, which we do not load
    app.add_config_value("comments_config", {}, "html")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
