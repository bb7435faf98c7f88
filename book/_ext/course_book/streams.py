"""What a cell prints is shown as it was printed, in however many pieces it arrived.

A kernel sends printed text in pieces, cut wherever its timer fell. myst-nb joins them, but puts a
line end behind each piece, so that a line which arrived in two pieces shows as two.
"""

import re
from typing import Any

from myst_nb.core import render
from sphinx.application import Sphinx

OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")  # a line up to the return to its start


def joined(outputs: list[Any]) -> list[Any]:
    """Return a cell's outputs with the pieces of each stream joined where the first one stood."""
    found: list[Any] = []
    streams: dict[str, Any] = {}
    for output in outputs or []:
        if output["output_type"] != "stream":
            found.append(output)
        elif output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
        else:
            streams[output["name"]] = output.copy()
            found.append(streams[output["name"]])
    for stream in streams.values():
        stream["text"] = OVERWRITTEN.sub("", stream["text"])
    return found


def setup(app: Sphinx) -> dict[str, Any]:
    """Take the place of myst-nb's function."""
    if not hasattr(render, "coalesce_streams"):
        raise RuntimeError("myst_nb.core.render no longer has coalesce_streams: see streams.py")
    render.coalesce_streams = joined
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
