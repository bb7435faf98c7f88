"""Docstrings of installed packages, read from their sources without importing them.

Runs in processes of its own (see docs.py), each with a share of the files: a list of files on
standard input as JSON, a line of JSON per file on standard output. Importing six packages to ask
for their docstrings would take longer, would run their code in the reader's process, would fail
where one of them does not load, and would list each inherited docstring many times.
"""

import ast
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from course_lib.data.docs_clean import prose

# not documentation of the package: its tests, code of others that it carries, generated code
SKIPPED_FOLDERS = frozenset(
    "tests test testing _testing externals extern _vendor vendor third_party _pyinstaller "
    "site-packages dist-packages idlelib lib2to3 turtledemo ensurepip distutils tkinter "
    "__pycache__ __phello__ pydoc_data".split()
)
# absent on some systems, or different on each (their docstrings would change the hash)
SKIPPED_FILES = frozenset(
    "antigravity.py this.py turtle.py setup.py conftest.py version.py".split()
)

Found = tuple[str, str, str]  # object, kind, docstring


def source_files(root: Path) -> list[Path]:
    """List the Python sources below a package's folder, sorted, without tests and vendored code."""
    found = []
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).parts
        if SKIPPED_FOLDERS.isdisjoint(parts[:-1]) and path.name not in SKIPPED_FILES:
            if not path.name.startswith("_sysconfigdata"):  # made when Python was built
                found.append(path)
    return sorted(found)


def module_name(package: str, root: Path, path: Path) -> str:
    """Return the dotted name of a source file; modules of the standard library have no prefix."""
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts if package == "python" else [package, *parts]) or package


def docstrings(source: str, module: str) -> Iterator[Found]:
    """Yield (object, kind, docstring) for a module, its classes, functions and methods.

    Also texts which a module hands to compiled objects at import: `add_docstr(torch.abs, "...")`,
    `add_newdoc("numpy", "ndarray", ("sort", "..."))`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in other people's sources
        tree = ast.parse(source)
    if text := ast.get_docstring(tree, clean=False):
        yield module, "module", text
    yield from _members(tree.body, module, in_class=False)


def _members(body: list[ast.stmt], prefix: str, in_class: bool) -> Iterator[Found]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if text := ast.get_docstring(node, clean=False):
                yield f"{prefix}.{node.name}", "method" if in_class else "function", text
        elif isinstance(node, ast.ClassDef):
            if text := ast.get_docstring(node, clean=False):
                yield f"{prefix}.{node.name}", "class", text
            yield from _members(node.body, f"{prefix}.{node.name}", in_class=True)
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            for branch in ("body", "orelse", "finalbody"):
                yield from _members(getattr(node, branch, []), prefix, in_class)
        elif isinstance(node, (ast.Expr, ast.Assign)) and isinstance(node.value, ast.Call):
            given = node.targets[0] if isinstance(node, ast.Assign) else None
            name = f"{prefix}.{given.id}" if isinstance(given, ast.Name) else None
            yield from _attached(node.value, name)


def _attached(call: ast.Call, name: str | None) -> Iterator[Found]:
    """Read `[name =] add_docstr(object, text)` and `add_newdoc(place, name, text)`."""
    function = ast.unparse(call.func).rpartition(".")[2].lstrip("_")
    if function not in {"add_docstr", "add_docstr_all", "add_newdoc"} or len(call.args) < 2:
        return
    target = [ast.unparse(arg).strip("'\"") for arg in call.args[:-1]]
    last = call.args[-1]
    if isinstance(last, ast.Tuple) and len(last.elts) == 2:
        target.append(ast.unparse(last.elts[0]).strip("'\""))
        last = last.elts[1]
    # text.format(**common_args), possibly + more: the template without its fields
    texts = [node.value for node in ast.walk(last) if isinstance(node, ast.Constant)]
    if texts and isinstance(texts[0], str):
        if function == "add_docstr_all":  # torch's: a method of Tensor
            yield f"torch.Tensor.{target[0]}", "method", texts[0]
        else:
            yield name or ".".join(target), "function", texts[0]


def topics(source: str) -> Iterator[Found]:
    """Yield the articles of Python's language reference (`pydoc_data/topics.py`)."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            for name, text in sorted(ast.literal_eval(node.value).items()):
                yield f"pydoc_data.topics.{name}", "topic", text


def read_file(package: str, root: Path, path: Path) -> list[tuple[str, str, list[str]]]:
    """Return (object, kind, paragraphs of prose) for each documented object of a source file.

    A file that is no Python of this version gives none: some packages carry such files.
    """
    try:
        source = path.read_text(encoding="utf-8")
        if path.name == "topics.py":
            found = list(topics(source))
        else:
            found = list(docstrings(source, module_name(package, root, path)))
    except (SyntaxError, ValueError, OSError, RecursionError):
        return []
    cleaned = ((name, kind, prose(text)) for name, kind, text in found)
    return [(name, kind, paragraphs) for name, kind, paragraphs in cleaned if paragraphs]


def main() -> None:
    """Read a list of [package, root, file] and write a line for each file."""
    for index, (package, root, path) in json.load(sys.stdin):
        documented = read_file(package, Path(root), Path(path))
        print(json.dumps([index, package, documented]), flush=True)


if __name__ == "__main__":
    main()
