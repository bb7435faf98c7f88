"""Tests of published networks run where those were fetched; elsewhere they are left out.

They are deselected, and the head of the run names what is missing: not skipped, since on most
machines nothing is to be mended.
"""

import pytest

from course_lib.training.published import PUBLISHED, is_here

MARKER = "needs_model(name): left out where `course model get NAME` was never run"


def header() -> list[str]:
    """Return a line for each network whose tests are left out."""
    return [
        f"no {name} here: its tests are left out; course model get {name}"
        for name in PUBLISHED
        if not is_here(name)
    ]


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the tests of networks that are not here out of the collected ones."""
    absent = [
        item
        for item in items
        if any(not is_here(marker.args[0]) for marker in item.iter_markers("needs_model"))
    ]
    if absent:
        config.hook.pytest_deselected(items=absent)
        items[:] = [item for item in items if item not in absent]
