"""Docstrings of compiled objects, which have no source to parse: imported in a process of its own.

Only modules whose import has no side effects that matter, and which every build of Python has; a
module that does not import is reported and left out.
"""

import importlib
import inspect
import json
from collections.abc import Iterator
from types import ModuleType

from course_lib.data.docs_clean import prose

# (package in the corpus, module, the module's name in the corpus)
COMPILED = [
    *(
        ("python", name, name.lstrip("_") if name != "_thread" else "threading")
        for name in (
            "builtins sys math cmath itertools _functools _collections _collections_abc _io time "
            "_datetime gc _thread _operator _random array _struct binascii unicodedata _json _csv "
            "_pickle _bisect _heapq _weakref atexit marshal faulthandler _asyncio _contextvars "
            "_queue _statistics _tracemalloc _zoneinfo zlib select mmap _signal _sre"
        ).split()
    ),
    *(("numpy", name, name) for name in ("numpy", "numpy.random", "numpy.strings")),
    *(
        ("pandas", f"pandas._libs.tslibs.{name}", f"pandas.{name}")
        for name in "timestamps timedeltas period nattype offsets timezones parsing".split()
    ),
    ("pandas", "pandas._libs.interval", "pandas.interval"),
]


def compiled_docstrings(
    module: ModuleType, package: str, name: str, seen: set[type]
) -> Iterator[tuple[str, str, str]]:
    """Yield (object, kind, docstring) for what a module of `package` offers without Python source.

    name: the module's name in the corpus.
    seen: classes that another module offered already; those of this one are added.
    """
    for attribute, value in sorted(vars(module).items()):
        if attribute.startswith("_") or inspect.ismodule(value):
            continue
        if inspect.isclass(value):
            if not _is_compiled(value) or _is_foreign(value, package) or value in seen:
                continue
            seen.add(value)
            if isinstance(value.__doc__, str):
                yield f"{name}.{attribute}", "class", value.__doc__
            for method, member in sorted(vars(value).items()):
                text = getattr(member, "__doc__", None)
                documents = callable(member) or inspect.isdatadescriptor(member)
                if documents and isinstance(text, str) and not method.startswith("__"):
                    yield f"{name}.{attribute}.{method}", "method", text
        elif callable(value) and isinstance(value.__doc__, str):
            if not inspect.isfunction(inspect.unwrap(value)) and not _is_foreign(value, package):
                yield f"{name}.{attribute}", "function", value.__doc__


def _is_compiled(value: type) -> bool:
    """Say whether a class has no Python source: none of its members is a Python function.

    Its `__module__` does not tell: pandas.Timestamp claims to be from `pandas`, which is Python.
    """
    return not any(inspect.isfunction(member) for member in vars(value).values())


def _is_foreign(value: object, package: str) -> bool:
    """Say whether a module of a package only imported this (the standard library's names vary)."""
    return package != "python" and not str(getattr(value, "__module__", "")).startswith(package)


def main() -> None:
    """Write a line of JSON for each module: its package, what was found, what went wrong."""
    seen: set[type] = set()
    for package, module_name, shown in COMPILED:
        found, trouble = [], None
        try:
            module = importlib.import_module(module_name)
            offered = compiled_docstrings(module, package, shown, seen)
            found = [(name, kind, prose(text)) for name, kind, text in offered]
        except Exception as error:  # a broken install may raise anything at import
            trouble = f"{module_name}: {type(error).__name__}: {error}"
        documented = [(n, k, paragraphs) for n, k, paragraphs in found if paragraphs]
        print(json.dumps([package, documented, trouble]), flush=True)


if __name__ == "__main__":
    main()
