"""Signatures as they stand in the source: `x: Float[Tensor, 'B T D']`, not what it evaluates to.

Sphinx shows annotations as the objects that they evaluate to, and NumPy's `ArrayLike` fills ten
lines that way. The source's own words are shorter and are what the reader sees in the code.
"""

import ast
import dataclasses
import inspect
import textwrap
from typing import Any


def _parsed(obj: Any) -> ast.stmt:
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(obj)))).body[0]


def _arguments(function: ast.FunctionDef, *, drop_first: bool) -> str:
    arguments = function.args
    if drop_first:
        first = arguments.posonlyargs or arguments.args
        if first:
            del first[0]
    return f"({ast.unparse(arguments)})"


def _of_function(obj: Any, *, drop_first: bool) -> tuple[str, str | None]:
    function = _parsed(obj)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        raise TypeError(f"no function: {obj!r}")
    returns = ast.unparse(function.returns) if function.returns else None
    return _arguments(function, drop_first=drop_first), returns


def _of_class(obj: type) -> str:
    body = _parsed(obj)
    assert isinstance(body, ast.ClassDef)
    for statement in body.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            return _arguments(statement, drop_first=True)
    if not dataclasses.is_dataclass(obj):
        raise TypeError(f"{obj!r} has no __init__ of its own")
    written = {
        ast.unparse(line.target): line for line in body.body if isinstance(line, ast.AnnAssign)
    }
    fields = [field for field in dataclasses.fields(obj) if field.init]
    if any(field.name not in written for field in fields):
        raise TypeError(f"{obj!r} inherits fields")
    shown = ["*"] if fields and all(field.kw_only for field in fields) else []
    for field in fields:
        line = written[field.name]
        given = field.default is not dataclasses.MISSING
        default = f" = {ast.unparse(line.value)}" if given and line.value else ""
        if field.default_factory is not dataclasses.MISSING:
            default = " = ..."
        shown.append(f"{field.name}: {ast.unparse(line.annotation)}{default}")
    return f"({', '.join(shown)})"


def from_source(
    app: Any,
    what: str,
    name: str,
    obj: Any,
    options: Any,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None] | None:
    """Answer the event `autodoc-process-signature`; None leaves Sphinx's own signature."""
    try:
        if what == "class":
            return _of_class(obj), None
        if what == "function":
            return _of_function(obj, drop_first=False)
        if what == "method":
            static = isinstance(inspect.getattr_static(obj, "__func__", obj), staticmethod)
            bound = inspect.ismethod(obj) or _first_is_self(obj)
            return _of_function(obj, drop_first=bound and not static)
    except (OSError, TypeError, SyntaxError, IndexError, AssertionError):
        return None
    return None


def _first_is_self(obj: Any) -> bool:
    names = list(inspect.signature(obj).parameters)
    return bool(names) and names[0] in ("self", "cls")
