"""How tests are dealt out where several processes run them: what stays together, what goes first.

A unit is a file, so that what its tests share is made once; a file that asks the same of every
exercise is one unit an exercise. The longest begin first: nobody waits for them at the end.
"""

import re

from xdist.scheduler import LoadScopeScheduling

EACH_EXERCISE = ("tests/exercises/test_mutants.py", "tests/exercises/test_validate.py")
LONGEST = (
    "tests/grading/run/test_hostile.py",
    "tests/book/test_pages.py",
    "tests/exercises/test_validate.py",
    "tests/exercises/test_mutants.py",
    "tests/grading/run/test_honest.py",
    "tests/grading/run/",
    "tests/grading/ledger/",
    "tests/grading/",
    "tests/book/",
)


def unit_of(nodeid: str) -> str:
    """Return the unit of a test: its file, and the exercise that it is about."""
    file, _, test = nodeid.partition("::")
    exercise = re.search(r"\[(\d\d_\w+)", test)
    return f"{file}[{exercise[1]}]" if exercise and file in EACH_EXERCISE else file


def rank_of(nodeid: str) -> int:
    """Return where a test's unit stands in the row; those that are not named come last."""
    return next((at for at, start in enumerate(LONGEST) if nodeid.startswith(start)), len(LONGEST))


class Units(LoadScopeScheduling):
    """Deals out whole units, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
