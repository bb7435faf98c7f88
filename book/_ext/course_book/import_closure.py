"""What a chapter's code rests on: the modules of the package it reaches, the records it names.

Read from the syntax tree; nothing is imported. When in doubt, a module counts as used: a package
whose `__init__` hands names on lazily (`__getattr__`) counts whole, and a string that reads like a
module (`"course_lib.data.docs"`) counts as an import.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

CELL = re.compile(r"^(`{3,}|:{3,})\{code-cell\}[^\n]*\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)
MAGIC = re.compile(r"^\s*[%!?]")


def code_of(page: str) -> str:
    """Return the code cells of a MyST page as one program; magics and cell options blanked."""
    cells = []
    for match in CELL.finditer(page):
        lines = match.group(2).splitlines()
        while lines and re.match(r":[\w-]+:", lines[0]):
            lines.pop(0)
        cells.append("\n".join("pass" if MAGIC.match(line) else line for line in lines))
    return "\n".join(cells)


@dataclass
class Package:
    """The source files of one importable package, found by module name."""

    folder: Path
    _trees: dict[Path, ast.Module] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name it is imported by."""
        return self.folder.name

    def file(self, module: str) -> Path | None:
        """Return the file of a module, or None where it is no module of this package."""
        head, *rest = module.split(".")
        if head != self.name or not all(part.isidentifier() for part in rest):
            return None
        path = self.folder.joinpath(*rest)
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate
        return None

    def tree(self, path: Path) -> ast.Module:
        """Return the syntax tree of a file, parsed once."""
        if path not in self._trees:
            self._trees[path] = ast.parse(path.read_text(encoding="utf-8"))
        return self._trees[path]

    def module_of(self, path: Path) -> str:
        """Return the module name of a file."""
        parts = path.relative_to(self.folder.parent).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def closure(self, program: str) -> set[Path]:
        """Return every file of the package that running the program may import."""
        found: set[Path] = set()
        waiting = set(self._reached(ast.parse(program), ""))
        while waiting:
            path = waiting.pop()
            if path in found:
                continue
            found.add(path)
            tree = self.tree(path)
            package = self.module_of(path)
            if path.name != "__init__.py":
                package = package.rpartition(".")[0]
            elif any(isinstance(n, ast.FunctionDef) and n.name == "__getattr__" for n in tree.body):
                waiting |= set(path.parent.glob("*.py")) - found
            waiting |= set(self._reached(tree, package)) - found
        return found

    def _reached(self, tree: ast.AST, package: str) -> Iterable[Path]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = node.module or ""
                if node.level:
                    above = package.split(".")[: len(package.split(".")) - node.level + 1]
                    base = ".".join([*above, *([base] if base else [])])
                names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names = [node.value]
            else:
                continue
            for name in names:
                yield from self._with_parents(name)

    def _with_parents(self, module: str) -> Iterable[Path]:
        path = self.file(module)
        if path is None:
            return
        parts = module.split(".")
        for end in range(1, len(parts) + 1):
            parent = self.file(".".join(parts[:end]))
            if parent is not None:
                yield parent
