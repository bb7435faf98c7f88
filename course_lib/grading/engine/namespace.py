"""The names that a test sees: its own, the instructor's, and references to the student's."""

import ast
import builtins
import contextlib
import importlib
import io
from typing import TYPE_CHECKING, Any

from course_lib.grading.engine.names import Binder, Source, takes_all
from course_lib.grading.intake.dependencies import names_of, parsed
from course_lib.grading.remote import beside, randomness
from course_lib.grading.remote.objects import RemoteFunction, RemoteType

if TYPE_CHECKING:
    from course_lib.grading.remote.session import Session

PLAIN = (bool, int, float, complex, str, bytes, type(None))


class _Beside(dict):
    """The variables of a given cell while it runs; what it reads comes from the tests' names."""

    def __init__(self, names: "Namespace") -> None:
        super().__init__({"__name__": "__main__", "__builtins__": builtins})
        self.names = names

    def __missing__(self, name: str) -> Any:
        return self.names[name]


class Namespace(dict):
    """The global variables of the tests. A name that is not there is found when it is used."""

    def __init__(self, source: Source) -> None:
        super().__init__({"__name__": "__main__", "__builtins__": builtins})
        self.source = source
        self.session: Session | None = None
        self.position = 0
        self.variables = "here"
        self._found: dict[str, str] = {}  # names that were looked up: "given" or "there"
        self._bound_at: dict[str, int] = {}  # names that a test bound itself
        self._epoch: dict[str, int] = {}
        self._running: set[int] = set()
        self._imports = list(source.imports)

    def enter(self, position: int, session: "Session", variables: str) -> None:
        """Begin the test at this position: forget what later cells have bound anew."""
        for name, at in list(self._bound_at.items()):
            if self.source.rebound(name, at, position):
                self._drop(name)
        for name, where in list(self._found.items()):
            since = self._epoch.get(name, 0)
            if where == "there" or self.source.rebound(name, since, position):
                self._drop(name)
        self.position, self.session, self.variables = position, session, variables
        while self._imports and self._imports[0][0] < position:
            self._prepare(Binder(*self._imports.pop(0), tool=True))
        self._before = set(self)

    def leave(self) -> None:
        """End the test: what it bound stays for the next one."""
        for name in set(self) - self._before - set(self._found):
            self._bound_at[name] = self.position

    def _drop(self, name: str) -> None:
        self.pop(name, None)
        self._found.pop(name, None)
        self._bound_at.pop(name, None)

    def __missing__(self, name: str) -> Any:
        """Find a name: the instructor's own here, the student's as a reference."""
        if name.startswith("__") and name.endswith("__"):
            raise KeyError(name)
        binder = self.source.last_binder(name, self.position)
        if binder is None and hasattr(builtins, name):
            raise KeyError(name)
        # a name that the source binds nowhere: its answers may be missing, the student's are not
        if binder is not None and self.source.is_instructors(binder, name):
            if binder.tool and self._run_statement(self.source.statement(binder), name):
                return self._keep(name, "given")
            if not binder.tool and self._compute(binder.cell, name):
                return self._keep(name, "given")
        return self._look_up(name)

    def _keep(self, name: str, where: str) -> Any:
        self._found[name] = where
        self._epoch[name] = self.position
        return dict.__getitem__(self, name)

    def _look_up(self, name: str) -> Any:
        assert self.session is not None
        value = self.session.lookup(name)
        # a plain value may be another one after the next call; a list may be held and changed
        if not isinstance(value, PLAIN) or isinstance(value, RemoteFunction):
            self[name] = value
            self._keep(name, "there")
        return value

    def _prepare(self, binder: Binder) -> None:
        """Look for modules where a given cell says that they are; see what it takes from one."""
        statement = self.source.statement(binder)
        if not self.source.trusts(names_of(ast.unparse(statement)).reads, binder.cell):
            return
        before, quiet = randomness.states(), io.StringIO()
        taken: dict[str, Any] = {}
        is_import = isinstance(statement, ast.Import | ast.ImportFrom)
        with contextlib.suppress(Exception), contextlib.redirect_stdout(quiet):
            _execute(statement, taken if is_import else self)
        randomness.put_back(before)
        if takes_all(statement):
            for name in taken.keys() - {"__builtins__"}:
                self.source.bind(name, binder)

    def _run_statement(self, statement: ast.stmt, name: str) -> bool:
        """Run an import, a function's or a class's definition of the instructor's."""
        taken: dict[str, Any] = {}
        try:
            if isinstance(statement, ast.ClassDef):
                self._find_given(names_of(ast.unparse(statement)).reads)
            _execute(statement, taken if takes_all(statement) else self)
        except (ImportError, OSError):
            return False  # a module that only the student's folder has
        if name in taken:
            self[name] = taken[name]
        return name in self

    def _find_given(self, names: set[str]) -> None:
        """Look the instructor's names up: a class's body asks for a global one past __missing__."""
        for name in names - set(self):
            binder = self.source.last_binder(name, self.position)
            if binder is not None and self.source.is_instructors(binder, name):
                self[name]

    def _compute(self, cell: int, name: str) -> bool:
        """Run a given cell here, if nothing of the student's can reach it."""
        if self.variables != "here" or cell in self._running or not self.source.is_trusted(cell):
            return False
        body = parsed(self.source.texts[cell])
        if body is None:
            return False
        before = randomness.states()
        self._running.add(cell)
        own = _Beside(self)
        quiet = io.StringIO()
        try:
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
                exec(compile(body, "<given>", "exec"), own)
        except Exception:
            return False
        finally:
            self._running.discard(cell)
            randomness.put_back(before)
        for bound in self.source.binds[cell]:
            kept = bound not in self.source.rebound_there or not self.source.loose[cell]
            if kept and bound in own and bound not in self:
                self[bound] = own[bound]
                self._keep(bound, "given")
        return name in self

    def own_class(self, name: str) -> type:
        """Return an instructor's class by name, Node, or by module and name, tools:Node."""
        module, _, inside = name.rpartition(":")
        if module in beside.OWN:
            found: Any = importlib.import_module(module)
            for part in inside.split("."):
                found = vars(found)[part]
            if getattr(found, "__module__", "") != module:
                raise KeyError(name)
        else:
            found = self.get(name) or self[name]
        if not isinstance(found, type) or isinstance(found, RemoteType):
            raise KeyError(name)
        return found


def _execute(statement: ast.stmt, names: dict[str, Any]) -> None:
    exec(compile(ast.Module([statement], []), "<given>", "exec"), names)
