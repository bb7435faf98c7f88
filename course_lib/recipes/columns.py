"""From one tree of metrics a seed to one tree with a list at each leaf."""

from collections.abc import Sequence
from typing import Any


def columns(trees: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a tree whose leaves list the trees' numbers; a text is that of the first tree."""
    found: dict[str, Any] = {}
    for name, value in trees[0].items():
        column = [tree[name] for tree in trees]
        if isinstance(value, dict):
            found[name] = columns(column)
        else:
            found[name] = value if isinstance(value, str) else column
    return found
