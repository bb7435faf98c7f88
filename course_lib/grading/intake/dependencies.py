"""Which cells must run again when one answer is replaced, and which keep their result.

Read from the code, so that a mutant of task 2 does not pay for the training of task 8. Names
decide: a cell depends on the cells that bind what it reads. It errs on the side of running:
whatever a changed cell reads counts as changed too (it may write into it), and a cell that calls
exec, eval or globals ends all reasoning. Not seen: the state of a global random generator.
"""

import ast
import builtins
import functools
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

OPAQUE = {"exec", "eval", "globals", "locals", "vars", "__import__"}
_PARSING = threading.Lock()


@dataclass
class Names:
    """What one cell takes from the notebook and gives to it."""

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    tools: set[str] = field(default_factory=set)  # bound names that are imports, functions, classes
    imports: set[str] = field(default_factory=set)
    sources: dict[str, str] = field(default_factory=dict)  # name -> what it is imported from

    @property
    def gives(self) -> set[str]:
        """The names that another version of the cell may give another value: not its imports."""
        return self.binds - self.imports

    @property
    def opaque(self) -> bool:
        """Whether the names cannot be known."""
        return bool(self.reads & OPAQUE)


def names_of(source: str) -> Names:
    """Return what a cell reads before it binds it, and what it binds; magics are no names."""
    tree = parsed(source)
    if tree is None:
        return Names(reads={"exec"})
    names = Names()
    _block(tree.body, names, set())
    names.reads -= set(dir(builtins)) - OPAQUE
    names.sources = _sources(tree.body)
    return names


@functools.lru_cache(maxsize=1_000)
def parsed(source: str) -> ast.Module | None:
    """Return a cell's statements, its magics taken as IPython does; None where it has none."""
    try:
        # subtle: Python 3.11 loses count of its recursion where threads parse at the same time
        with _PARSING:
            return ast.parse(source)
    except (SyntaxError, ValueError):
        pass
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        with _PARSING:
            return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError):
        return None


def cells_to_run(
    sources: Sequence[str], replaced: dict[int, str], judged: Iterable[int]
) -> list[int]:
    """Return the positions to run when cells are replaced: those, what they reach, what both need.

    sources: every code cell; replaced: position -> new source; judged: the cells whose result is
    asked for.
    """
    first = min(replaced)
    judged = set(judged)
    before = [names_of(source) for source in sources]
    after = [names_of(replaced.get(i, source)) for i, source in enumerate(sources)]
    everything = list(range(len(sources)))
    if any(names.opaque for names in (*before, *after)):
        return everything
    tools = set().union(*(names.tools for names in before))
    changed: set[str] = set()
    dirty = set()
    for i in everything[first:]:
        if i in replaced:
            changed |= before[i].gives | after[i].gives
        elif after[i].reads & changed:
            dirty.add(i)
            changed |= after[i].gives | (after[i].reads - tools)
    return _closure(after, everything, set(replaced) | (dirty & judged))


def cells_for(sources: Sequence[str], judged: Iterable[int]) -> list[int]:
    """Return the positions to run for the results of the judged cells: not what only shows."""
    names, everything = [names_of(source) for source in sources], list(range(len(sources)))
    opaque = any(one.opaque for one in names)
    return everything if opaque else _closure(names, everything, set(judged))


def _closure(names: Sequence[Names], allowed: Sequence[int], wanted: set[int]) -> list[int]:
    """Return the wanted cells with those that bind, at any time before, what these read."""
    reads: set[str] = set()
    run = set()
    again = _imported_before(names)
    for i in reversed(allowed):
        if i in wanted or (names[i].binds - again[i]) & reads:
            run.add(i)
            reads |= names[i].reads
    return sorted(run)


def _imported_before(names: Sequence[Names]) -> list[set[str]]:
    """Return for each cell what it imports as an earlier one has: nobody needs it for that."""
    known: dict[str, str] = {}
    again = []
    for one in names:
        again.append({name for name, source in one.sources.items() if known.get(name) == source})
        for name in one.binds:
            known.pop(name, None)
        known |= one.sources
    return again


def _sources(body: Iterable[ast.stmt]) -> dict[str, str]:
    """Return what the names stand for that a cell's imports bind for good; no branch is sure to."""
    found: dict[str, str] = {}
    for node in body:
        if isinstance(node, ast.Import):
            # import a.b loads more than import a
            found |= {(one.asname or one.name).split(".")[0]: one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {one.asname or one.name: f"{node.module}:{one.name}" for one in node.names}
        else:
            own = {getattr(part, "name", None) for part in ast.walk(node)} | _stores(node)
            found = {name: source for name, source in found.items() if name not in own}
    return found


def _block(body: Iterable[ast.stmt], names: Names, bound: set[str]) -> None:
    """Walk statements in order; `bound` are the names that this cell has bound so far."""
    for statement in body:
        _statement(statement, names, bound)


def _statement(node: ast.stmt, names: Names, bound: set[str]) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names.reads |= _free(node) - bound - {node.name}
        names.tools.add(node.name)
        _bind({node.name}, names, bound)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        aliases = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        names.tools |= aliases
        names.imports |= aliases
        _bind(aliases, names, bound)
    elif isinstance(node, ast.If | ast.Try | ast.While | ast.For | ast.AsyncFor | ast.With):
        _compound(node, names, bound)
    else:
        # x[0] = 1 and x.a = 1 write into x without binding it: it is read, and it is changed
        names.reads |= _loads(node) - bound
        _bind(_stores(node), names, bound)


def _compound(node: ast.stmt, names: Names, bound: set[str]) -> None:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr | ast.withitem):
            names.reads |= _loads(part) - bound
            _bind(_stores(part), names, bound)
    if isinstance(node, ast.If):
        # what only one branch binds is not sure to be bound afterwards
        branches = [set(bound), set(bound)]
        _block(node.body, names, branches[0])
        _block(node.orelse, names, branches[1])
        bound |= branches[0] & branches[1]
        return
    for name in ("body", "handlers", "orelse", "finalbody"):
        for part in getattr(node, name, []):
            if isinstance(part, ast.ExceptHandler):
                names.reads |= (_loads(part.type) if part.type else set()) - bound
                _block(part.body, names, bound | ({part.name} if part.name else set()))
            else:
                _statement(part, names, bound)


def _bind(new: set[str], names: Names, bound: set[str]) -> None:
    names.binds |= new
    bound |= new


def _loads(node: ast.AST) -> set[str]:
    """Return the names an expression or a simple statement reads, its own comprehensions' aside."""
    if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return _free(node)
    found = set()
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load | ast.Del):
        found.add(node.id)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found.add(node.target.id)
    for child in ast.iter_child_nodes(node):
        found |= _loads(child)
    return found


def _stores(node: ast.AST) -> set[str]:
    """Return the names a statement binds, and those whose inside it writes to."""
    found = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            found.add(child.id)
        if isinstance(child, ast.Attribute | ast.Subscript) and isinstance(child.ctx, ast.Store):
            root = child.value
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name):
                found.add(root.id)
    return found


def _free(node: ast.AST) -> set[str]:
    """Return the names of a function, class or comprehension that come from outside it."""
    inner = {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    }
    own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    declared = {name for n in ast.walk(node) if isinstance(n, ast.Global) for name in n.names}
    # a name that is local in a nested scope and global in another is rare: then it counts as read
    return (inner - own) | declared
