"""Modules that lie beside the notebook: `import` finds them before installed ones of that name.

In a notebook only what the kernel itself has loaded comes first. Here the warm process has loaded
the course's packages as well, and what these need: one that the folder has too makes way, unless it
is in use. A package that the source imports by its name stays: a stray torch.py hides no torch.
"""

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

KEPT: set[str] = set()  # what a kernel has loaded before a notebook's first line, and the course
LOADED: set[str] = set()  # what the warm process has loaded: no fork of it has to
OWN: set[str] = set()  # the instructor's modules beside the notebook, with their dots


class Beside:
    """The folder of this process's notebook as a place to import from."""

    root: ClassVar[str] = ""

    def __init__(self) -> None:
        Beside.root = os.fspath(Path.cwd())
        sys.path.insert(0, "")
        self._seen: set[str] = set()

    def look(self, in_use: dict[str, Any]) -> None:
        """Make way for modules that have come since the last look; in_use: a notebook's names."""
        here = _modules_in(self.root)
        for name in here - self._seen - KEPT:
            module = sys.modules.get(name)
            if module is not None and not self.holds(module) and not _is_used(module, in_use):
                forget(name)
        self._seen |= here
        finder: Any = sys.path_importer_cache.get(self.root)
        if finder is not None:
            finder.invalidate_caches()  # a file may be younger than the clock's last step

    @classmethod
    def holds(cls, module: ModuleType) -> bool:
        """Whether a module lies in this folder."""
        file = getattr(module, "__file__", None)
        return isinstance(file, str) and bool(cls.root) and file.startswith(cls.root + os.sep)


def prefer(names: set[str]) -> None:
    """Have this process import the instructor's modules from its folder: it is the checker."""
    sys.path.insert(0, os.fspath(Path.cwd()))
    for name in {name.partition(".")[0] for name in names} - KEPT:
        forget(name)
    OWN.update(names)


def forget(name: str) -> None:
    """Have a module and those in it imported anew."""
    for one in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
        del sys.modules[one]


def _modules_in(folder: str) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name.removesuffix(".py") for entry in entries if _is_module(entry)}
    except OSError:
        return set()


def _is_module(entry: os.DirEntry[str]) -> bool:
    is_package = entry.is_dir() and Path(entry.path, "__init__.py").is_file()
    return entry.name.endswith(".py") or is_package


def _is_used(module: ModuleType, names: dict[str, Any]) -> bool:
    return any(value is module for value in names.values())
