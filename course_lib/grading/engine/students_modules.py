"""Modules that the answers write, as tests import them: here stands a name, over there the module.

`from words import count` in a test gives the student's function as a value of another process, as
the name of a function in the notebook does. Nothing of such a module runs here.
"""

import sys
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from course_lib.grading.remote.session import Session


class RemoteModule(ModuleType):
    """A module over there; its public names are asked for when they are used."""

    def __getattr__(self, name: str) -> Any:
        """Return a name of the module over there."""
        there = self.__dict__.get("_there")
        if there is None or (name.startswith("__") and name != "__all__"):
            raise AttributeError(name)
        return there[1] if name == "__all__" else getattr(there[0], name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a name over there; what `import` itself sets stays here."""
        if name.startswith("__") or isinstance(value, ModuleType):
            super().__setattr__(name, value)
        else:
            setattr(self.__dict__["_there"][0], name, value)


class StudentsModules(MetaPathFinder, Loader):
    """Finds the modules that the source's own answers write: `names`, with their dots."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = set(names)
        self.session: Session | None = None
        self._made: list[str] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load such a module while a test runs; None for all others."""
        if self.session is None or fullname not in self.names:
            return None
        is_package = any(name.startswith(fullname + ".") for name in self.names)
        return ModuleSpec(fullname, self, is_package=is_package)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return what stands for the module."""
        self._made.append(spec.name)
        return RemoteModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Have it imported over there."""
        assert self.session is not None
        module.__dict__["_there"] = self.session.import_module(module.__name__)

    def forget(self) -> None:
        """Have the next test import anew: a later cell may have written the module again."""
        self.session = None
        for name in self._made:
            sys.modules.pop(name, None)
        self._made.clear()
