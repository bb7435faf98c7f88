"""Import jsonschema without its grammar for IRIs: no schema here has one, and it takes a second."""

import sys


def import_jsonschema() -> None:
    """Import jsonschema before nbformat or nbgrader do; where it is imported already, do nothing.

    `jsonschema._format` builds the grammar of RFC 3987 while it is imported if the package
    `rfc3987_syntax` is there, and does without that one format if it is not.
    """
    grammar = "rfc3987_syntax"
    if "jsonschema" in sys.modules or grammar in sys.modules:
        return
    sys.modules[grammar] = None  # type: ignore[assignment]  # `import` raises ImportError on it
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules[grammar]
