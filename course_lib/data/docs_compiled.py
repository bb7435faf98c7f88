"""Docstrings of compiled objects, which have no source to parse: imported in a process of its own.

Only modules whose import has no side effects that matter, and which every build of Python has; a
module that does not import is reported and left out.
"""

import importlib
import inspect
import json
import sys
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


def compiled_docstrings(module: ModuleType, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield (object, kind, docstring) for what the module offers and has no Python source."""
    for attribute, value in sorted(vars(module).items()):
        if attribute.startswith("_") or inspect.ismodule(value) or _has_source(value):
            continue
        if inspect.isclass(value):
            if isinstance(value.__doc__, str):
                yield f"{name}.{attribute}", "class", value.__doc__
            for method, member in sorted(vars(value).items()):
                text = getattr(member, "__doc__", None)
                own = not method.startswith("__") and not _has_source(member)
                if own and isinstance(text, str) and (callable(member) or _is_property(member)):
                    yield f"{name}.{attribute}.{method}", "method", text
        elif callable(value) and isinstance(value.__doc__, str):
            yield f"{name}.{attribute}", "function", value.__doc__


def _is_property(member: object) -> bool:
    return inspect.isdatadescriptor(member)


def _has_source(value: object) -> bool:
    """Say whether docs_extract.py finds this object: it is written in Python."""
    if inspect.isclass(value):
        module = sys.modules.get(value.__module__)
        return str(getattr(module, "__file__", None) or "").endswith(".py")
    return inspect.isfunction(inspect.unwrap(value)) if callable(value) else False


def main() -> None:
    """Write a line of JSON for each module: its package, what was found, what went wrong."""
    for package, module_name, shown in COMPILED:
        found, trouble = [], None
        try:
            module = importlib.import_module(module_name)
            found = [(n, k, prose(t)) for n, k, t in compiled_docstrings(module, shown)]
        except Exception as error:  # a broken install may raise anything at import
            trouble = f"{module_name}: {type(error).__name__}: {error}"
        documented = [(n, k, paragraphs) for n, k, paragraphs in found if paragraphs]
        print(json.dumps([package, documented, trouble]), flush=True)


if __name__ == "__main__":
    main()
