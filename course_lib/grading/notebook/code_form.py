"""Code as a sequence of tokens that does not change with names, comments, layout or docstrings."""

import ast
import builtins
import io
import keyword
import re
import tokenize
import warnings
from collections.abc import Iterator

Form = tuple[str, ...]
LONGEST = 4000  # tokens of one answer; nobody writes more by hand
_KNOWN = frozenset(dir(builtins)) | {"self", "cls"}
_WORD = re.compile(r"\w+|[^\w\s]")


def form_of(source: str) -> Form:
    """Return the normal form of an answer; of one that does not parse, by its tokens alone.

    Names that the code itself binds are numbered in order of appearance. Functions and classes of
    the outermost level keep their names: the task gives them.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student's "\d" is not our business
            tree = ast.parse(source)
        return tuple(_walked(tree))[:LONGEST]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return tuple(_by_tokens(source))[:LONGEST]


def _walked(tree: ast.Module) -> Iterator[str]:
    """Yield the nodes depth first, each as one token, docstrings and annotations left out."""
    outer = {n.name for n in tree.body if isinstance(n, _DEFINITIONS)}
    own = _bound(tree) - outer
    numbers: dict[str, str] = {}

    def name(text: str) -> str:
        if text not in own:
            return text
        return numbers.setdefault(text, f"v{len(numbers)}")

    stack: list[ast.AST | str] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        if isinstance(node, ast.Constant):
            yield repr(node.value)
            continue
        if not isinstance(node, _SILENT):
            yield type(node).__name__
        parts: list[ast.AST | str] = []
        for field, value in ast.iter_fields(node):
            if field in _LEFT_OUT:
                continue
            if field == "body" and isinstance(node, (*_DEFINITIONS, ast.Module)):
                value = _without_docstring(value)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    parts.append(item)
                elif isinstance(item, str):
                    parts.append(name(item))
            if field in ("body", "orelse") and isinstance(value, list) and value:
                parts.append("end")
        stack.extend(reversed(parts))


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SILENT = (ast.expr_context, ast.Module, ast.Name, ast.Expr, ast.arguments, ast.arg)
_LEFT_OUT = {"annotation", "returns", "type_comment", "kind", "type_ignores", "ctx"}


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    if (
        body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        return body[1:]
    return body


def _bound(tree: ast.AST) -> set[str]:
    """Return the names that the code binds: arguments, targets, definitions inside others."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, _DEFINITIONS):
            found.add(node.name)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return found - {"self", "cls"}


def _by_tokens(source: str) -> Iterator[str]:
    """Yield the tokens of code that does not parse; its own names numbered as well as can be."""
    numbers: dict[str, str] = {}
    before = ""
    for text in _lexed(source):
        if not text.isidentifier() or keyword.iskeyword(text) or text in _KNOWN:
            yield text
        elif before in (".", "def", "class", "import", "from"):
            yield text
        else:
            yield numbers.setdefault(text, f"v{len(numbers)}")
        before = text


def _lexed(source: str) -> list[str]:
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in silent and token.string.strip():
                found.append(token.string)
    except (tokenize.TokenError, SyntaxError, IndentationError):
        found = _WORD.findall(re.sub(r"#.*", "", source))
    return found
