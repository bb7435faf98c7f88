"""Which cell of the source gives a name its value, and whether the checker may compute it itself.

Read from the instructor's notebook only; nothing that a student writes changes the way.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from course_lib.grading.dependencies import Names, names_of
from course_lib.grading.work import BundleCell, BundleNotebook

TEST, ANSWER, GIVEN = "test", "answer", "given"


@dataclass(frozen=True)
class Binder:
    """A statement of the source that binds a name."""

    cell: int
    role: str
    statement: ast.stmt | None  # of a given cell: what to run for it
    tool: bool  # an import, a function or a class


@dataclass
class Source:
    """The code cells of a source notebook, ready to be asked about names."""

    roles: list[str]
    names: list[Names]
    bodies: list[ast.Module | None]
    binders: dict[str, list[Binder]] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)  # of given cells, and of no answer
    special: dict[str, set[str]] = field(default_factory=dict)  # class of an answer -> dunders

    def last_binder(self, name: str, before: int) -> Binder | None:
        """Return the binder of a name that a cell at position `before` would see."""
        earlier = [binder for binder in self.binders.get(name, []) if binder.cell < before]
        return earlier[-1] if earlier else None

    def rebound(self, name: str, after: int, before: int) -> bool:
        """Whether another cell binds the name between two positions."""
        return any(after < binder.cell < before for binder in self.binders.get(name, []))

    def is_trusted(self, cell: int, _seen: frozenset[int] = frozenset()) -> bool:
        """Whether everything that a given cell reads was written by the instructor."""
        if cell in _seen:
            return True
        if self.names[cell].opaque:
            return False
        for name in self.names[cell].reads:
            binder = self.last_binder(name, cell)
            if binder is None:
                continue  # a builtin, or nothing at all
            if binder.role != GIVEN:
                return False
            if not self.is_trusted(binder.cell, _seen | {cell}):
                return False
        return True

    def replay(self, test: int, visible: str) -> bool:
        """Whether a later cell of the notebook needs a name that this test's visible part binds."""
        bound = names_of(visible).binds
        for at in range(test + 1, len(self.roles)):
            if self.roles[at] == TEST:
                continue
            if bound & self.names[at].reads:
                return True
            bound = bound - self.names[at].binds
        return False


def read_source(notebook: BundleNotebook) -> Source:
    """Read the roles and names of a source notebook."""
    roles = [role_of(cell) for cell in notebook.cells]
    texts = [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]
    source = Source(roles, [names_of(text) for text in texts], [_parsed(text) for text in texts])
    answered: set[str] = set()
    for at, body in enumerate(source.bodies):
        if roles[at] == TEST:
            continue  # what tests bind is among the tests' own names already
        for name, statement in _bindings(body):
            tool = isinstance(
                statement,
                ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
            )
            kept = statement if roles[at] == GIVEN else None
            source.binders.setdefault(name, []).append(Binder(at, roles[at], kept, tool))
            if isinstance(statement, ast.ClassDef):
                if roles[at] == GIVEN:
                    source.classes.append(name)
                elif roles[at] == ANSWER:
                    answered.add(name)
                    source.special[name] = set(_dunders(statement))
    source.classes = [name for name in source.classes if name not in answered]
    return source


def role_of(cell: BundleCell) -> str:
    """Return what a cell is: a test, a place for the student's answer, or given."""
    known = cell.known
    if known is None or cell.cell_type != "code":
        return GIVEN
    if known.solution:
        return ANSWER
    return TEST if known.grade else GIVEN


def _parsed(text: str) -> ast.Module | None:
    """Return a cell's statements, magics taken as IPython does; None where they do not parse."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        pass
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return ast.parse(TransformerManager().transform_cell(text))
    except (SyntaxError, ValueError):
        return None


def _bindings(body: ast.Module | None) -> Iterable[tuple[str, ast.stmt]]:
    for statement in body.body if body is not None else []:
        found: set[str] = set()
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found = {statement.name}
        else:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.add(node.id)
                elif isinstance(node, ast.Import | ast.ImportFrom):
                    found |= {(a.asname or a.name).split(".")[0] for a in node.names}
                elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                    found.add(node.name)
        for name in sorted(found):
            yield name, statement


def _dunders(cls: ast.ClassDef) -> Iterable[str]:
    for node in cls.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("__"):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (t.id for t in node.targets if isinstance(t, ast.Name))
    for decorator in cls.decorator_list:
        if "dataclass" in ast.unparse(decorator):
            yield from ("__eq__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
        elif "total_ordering" in ast.unparse(decorator):
            yield from ("__lt__", "__le__", "__gt__", "__ge__")
