"""What a test replaces in modules: beside the answer that counts, from another process it does not.

A test that has `random.randint` return 3 may still pass from outside, when a die shows 3. So the
trial of the source's own answers looks, at each call of an answer, whether a module that the
notebook uses is as it was when the test began.
"""

import ast
import functools
import re
import sys
from types import ModuleType
from typing import Any

from course_lib.grading.intake.dependencies import parsed

LOOKS = 100  # calls of one test that are looked at
ALWAYS = ("builtins", "os", "random", "time", "numpy.random")
STREAMS = {"stdout", "stderr", "displayhook"}  # a test may look at what the answer prints
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


class Patched:
    """The modules that a notebook uses as they were, and the first thing that was replaced."""

    def __init__(self, texts: list[str]) -> None:
        found = {name: sys.modules.get(name) for name in {*ALWAYS, *_named(tuple(texts))}}
        self._before = {name: dict(vars(one)) for name, one in found.items() if one is not None}
        self._looks = 0
        self.what = ""

    def look(self) -> None:
        """Note what is replaced now; called when the test asks the student's process."""
        self._looks += 1
        if self.what or self._looks > LOOKS:
            return
        for name, before in self._before.items():
            now = vars(sys.modules[name])
            for key, value in before.items():
                if now.get(key) is not value and _counts(name, key, value, now.get(key)):
                    self.what = f"{name}.{key}"
                    return


def _counts(module: str, key: str, before: Any, now: Any) -> bool:
    """Whether a test means the answer to see it; what a package replaces itself is no sign."""
    if key.startswith("__") or isinstance(before, ModuleType) or module == "warnings":
        return False
    if (module == "sys" and key in STREAMS) or not callable(before):
        return False
    return str(getattr(now, "__module__", "")).partition(".")[0] != module.partition(".")[0]


@functools.lru_cache(maxsize=8)
def _named(texts: tuple[str, ...]) -> set[str]:
    """Return the modules that cells import, and those that texts such as "time.sleep" name."""
    found: set[str] = set()
    for text in texts:
        for node in ast.walk(parsed(text) or ast.Module([], [])):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                if _DOTTED.fullmatch(node.value):
                    found.add(node.value.rpartition(".")[0])
    return found
