"""What a hostile submission would try, as functions that are run in a student's process.

Each returns whether it was denied, and what was seen. They touch only what the self-test put there
for them, and clear up behind themselves, so they do no harm where nothing is denied.
"""

import json
from typing import Any

from course_lib.grading.selftest import probes_limits, probes_outside, probes_rights

SIGN = "self-test says "


def run(name: str, given: dict[str, Any]) -> None:
    """Run one probe and print what came of it, for the self-test to read."""
    modules = probes_outside, probes_limits, probes_rights
    probe = next(getattr(one, name) for one in modules if hasattr(one, name))
    denied, seen = probe(given)
    print(SIGN + json.dumps([denied, seen[:200]]))
