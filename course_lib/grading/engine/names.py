"""Which cell of the source gives a name its value, and whether the checker may compute it itself.

Read from the instructor's notebook only; nothing that a student writes changes the way. It is read
once for a class, and travels with the bundle.
"""

import ast
import bisect
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from course_lib.grading.engine.files import modules_in
from course_lib.grading.engine.runs import expanded
from course_lib.grading.intake.dependencies import names_of, parsed
from course_lib.grading.intake.work import BundleCell, BundleNotebook

TEST, ANSWER, GIVEN = "test", "answer", "given"
_WHERE = re.compile(r"\bsys\.(path|meta_path|path_hooks)\b")  # says how modules are found
TOOLS = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Binder:
    """A statement of the source that binds a name: the `at`-th one of a cell."""

    cell: int
    at: int
    tool: bool  # an import, a function or a class


@dataclass
class Source:
    """The cells of a source notebook, ready to be asked about names; plain data."""

    roles: list[str]
    texts: list[str]  # of code cells
    reads: list[list[str]]
    binds: list[list[str]]
    opaque: list[bool]
    binders: dict[str, list[Binder]] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)  # of given cells, and of no answer
    special: dict[str, list[str]] = field(default_factory=dict)  # class of an answer -> dunders
    replays: list[int] = field(default_factory=list)  # tests that bind what later cells read
    written: dict[str, str] = field(default_factory=dict)  # what given cells write by %%writefile
    # (cell, at) of what says where modules are, and of `from tools import *`
    imports: list[list[int]] = field(default_factory=list)
    as_given: list[str] = field(default_factory=list)  # texts before what they %run stood in them
    loose: list[bool] = field(default_factory=list)  # cells that a student may change
    # of one submission, see `given`:
    changed: list[int] = field(default_factory=list)  # loose cells that are not as given
    rebound_there: list[str] = field(default_factory=list)  # their names that it binds elsewhere

    def to_dict(self) -> dict:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: dict) -> "Source":
        """Read what `to_dict` gave."""
        binders = {name: [Binder(**one) for one in found] for name, found in raw["binders"].items()}
        fields: dict[str, Any] = raw | {"binders": binders}
        return cls(**fields)

    def last_binder(self, name: str, before: int) -> Binder | None:
        """Return the binder of a name that a cell at position `before` would see."""
        earlier = [binder for binder in self.binders.get(name, []) if binder.cell < before]
        return earlier[-1] if earlier else None

    def is_instructors(self, binder: Binder, name: str) -> bool:
        """Whether a given cell binds the name, and the submission has left it at that."""
        if self.roles[binder.cell] != GIVEN:
            return False
        if binder.tool or not self.loose[binder.cell]:
            return True
        return binder.cell not in self.changed and name not in self.rebound_there

    def bind(self, name: str, binder: Binder) -> None:
        """Note one more binder of a name, in its place."""
        bisect.insort(self.binders.setdefault(name, []), binder, key=lambda one: (one.cell, one.at))

    def statement(self, binder: Binder) -> ast.stmt:
        """Return the statement itself."""
        body = parsed(self.texts[binder.cell])
        assert body is not None
        return body.body[binder.at]

    def trusts(self, names: Iterable[str], cell: int) -> bool:
        """Whether what a given cell reads was written by the instructor."""
        binders = [(name, self.last_binder(name, cell + 1)) for name in names]
        return all(one is None or self.is_instructors(one, name) for name, one in binders)

    def rebound(self, name: str, after: int, before: int) -> bool:
        """Whether another cell binds the name between two positions."""
        return any(after < binder.cell < before for binder in self.binders.get(name, []))

    def is_trusted(self, cell: int, _seen: frozenset[int] = frozenset()) -> bool:
        """Whether everything that a given cell reads was written by the instructor."""
        if cell in _seen:
            return True
        if self.opaque[cell]:
            return False
        for name in self.reads[cell]:
            binder = self.last_binder(name, cell)
            if binder is None:
                continue  # a builtin, or nothing at all
            if not self.is_instructors(binder, name):
                return False
            if not self.is_trusted(binder.cell, _seen | {cell}):
                return False
        return True


def borrowed(source: Source, place: int) -> list[str]:
    """Return the statements of earlier tests that bind what the test at `place` reads."""
    bound: dict[str, tuple[int, int, ast.stmt]] = {}
    for cell in range(place):
        if source.roles[cell] == TEST:
            for name, at, statement in _bindings(parsed(source.texts[cell])):
                bound[name] = (cell, at, statement)
        else:
            for name in source.binds[cell]:
                bound.pop(name, None)
    wanted, chosen = list(source.reads[place]), {}
    while wanted:
        found = bound.pop(wanted.pop(), None)
        if found is not None:
            text = ast.unparse(found[2])
            chosen[found[:2]] = text
            wanted += names_of(text).reads
    return [chosen[key] for key in sorted(chosen)]


def read_source(notebook: BundleNotebook, known: dict[str, str] | None = None) -> Source:
    """Read the roles and names of a source notebook.

    known: the code of the instructor's own files, by path: its given cells may run or import them.
    """
    hooks = modules_in(path for path, code in (known or {}).items() if _WHERE.search(code))
    roles = [role_of(cell) for cell in notebook.cells]
    given = [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]
    texts = [
        expanded(text, known or {}) if role == GIVEN else text
        for role, text in zip(roles, given, strict=True)
    ]
    names = [names_of(text) for text in texts]
    source = Source(
        roles,
        texts,
        [sorted(one.reads) for one in names],
        [sorted(one.binds) for one in names],
        [one.opaque for one in names],
        loose=[cell.known is None for cell in notebook.cells],
        as_given=given if texts != given else [],
    )
    answered: set[str] = set()
    for cell, text in enumerate(texts):
        if roles[cell] == TEST:
            continue  # what tests bind is among the tests' own names already
        for name, at, statement in _bindings(parsed(text)):
            tool = isinstance(statement, TOOLS)
            source.binders.setdefault(name, []).append(Binder(cell, at, tool))
            if isinstance(statement, ast.ClassDef):
                if roles[cell] == GIVEN:
                    source.classes.append(name)
                else:
                    answered.add(name)
                    source.special[name] = sorted(set(_dunders(statement)))
        if roles[cell] == GIVEN:
            source.written |= _written(text)
            source.imports += [[cell, at] for at in _imports(parsed(text), hooks)]
    source.classes = [name for name in source.classes if name not in answered]
    source.replays = [
        at
        for at, cell in enumerate(notebook.cells)
        if roles[at] == TEST and cell.known is not None and _replay(source, at, cell.known.visible)
    ]
    return source


def role_of(cell: BundleCell) -> str:
    """Return what a cell is: a test, a place for the student's answer, or given."""
    known = cell.known
    if cell.cell_type != "code":
        return GIVEN
    if known is not None and known.grade and not known.solution:
        return TEST
    return ANSWER if cell.answer or (known is not None and known.solution) else GIVEN


def _replay(source: Source, test: int, visible: str) -> bool:
    """Whether a later cell of the notebook needs a name that a test's visible part binds."""
    bound = set(names_of(visible).binds)
    for at in range(test + 1, len(source.roles)):
        if source.roles[at] == TEST:
            continue
        if bound & set(source.reads[at]):
            return True
        bound -= set(source.binds[at])
    return False


def _bindings(body: ast.Module | None) -> Iterable[tuple[str, int, ast.stmt]]:
    for at, statement in enumerate(body.body if body is not None else []):
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
            yield name, at, statement


def _written(text: str) -> dict[str, str]:
    """Return what a cell that begins with %%writefile writes, and where; nothing of others."""
    first, _, content = text.lstrip().partition("\n")
    words = first.split()
    if len(words) != 2 or words[0] not in ("%%writefile", "%%file") or set(words[1]) & set("$~{"):
        return {}
    return {words[1].strip("'\""): content}


def _imports(body: ast.Module | None, hooks: set[str]) -> Iterable[int]:
    """Yield the statements that say where modules are and how they are read, or take all names.

    hooks: modules of the instructor's that say so when they are imported.
    """
    for at, statement in enumerate(body.body if body is not None else []):
        if isinstance(statement, ast.Import):
            found = bool(hooks & {alias.name for alias in statement.names})
        elif isinstance(statement, ast.ImportFrom):
            found = statement.module in hooks or takes_all(statement)
        else:
            parts = (node for node in ast.walk(statement) if isinstance(node, ast.Attribute))
            found = any(_WHERE.fullmatch(ast.unparse(node)) for node in parts)
        if found:
            yield at


def takes_all(statement: ast.stmt) -> bool:
    """Whether it is `from tools import *`, which binds names that do not stand there."""
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


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
