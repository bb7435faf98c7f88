"""The project's docstrings, made ready for Sphinx.

They are written for the eye: one-line sections (`Shapes: ...`), code between single backticks, and
signs such as `*` that mean something to reStructuredText. Here the sections become paragraphs of
their own and the signs are escaped, so that no docstring can break a strict build.
"""

import inspect
import re
from typing import Any

SECTION = re.compile(r"^(Paper|Differs from the paper|Shapes|Returns|Raises|Axes|Note): (\S.*)$")
GOOGLE = re.compile(r"^(Args|Returns|Raises|Yields|Attributes|Example|Examples):$")
PARAMETER = re.compile(r"^(\w+): (\S.*)$")
NONE: frozenset[str] = frozenset()
SPECIAL = re.compile(r"(?<!\\)([*|])|(?<=\w)_(?=[^\w]|$)")


def _escaped(line: str) -> str:
    """Escape what stands outside of backticks."""
    parts = re.split(r"(``[^`]+``|`[^`]+`)", line)
    return "".join(
        part if part.startswith("`") else SPECIAL.sub(lambda m: "\\" + m.group(0), part)
        for part in parts
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def converted(lines: list[str], names: frozenset[str] = frozenset()) -> list[str]:
    """Return the docstring as reStructuredText; an indented block is shown as it stands.

    names: the parameters, whose one-line descriptions (`lr: the rate of the head`) become a list.
    """
    out: list[str] = []
    in_google = in_block = in_item = False
    for line in lines:
        if not line.strip():
            out.append("")
            in_item = False
            continue
        indented = _indent(line) > 0
        if in_google and indented:
            out.append(_escaped(line))
            continue
        if indented:
            if not in_block:
                out += ["", "::", ""]
                in_block = True
            out.append(line)
            continue
        if in_block:
            out.append("")
        in_block = False
        in_google = bool(GOOGLE.match(line))
        if in_google:
            out += ["", line]
        elif match := SECTION.match(line):
            out += ["", f"**{match[1]}.** {_escaped(match[2])}"]
            in_item = False
        elif (match := PARAMETER.match(line)) and match[1] in names:
            out += ["", f"- ``{match[1]}``: {_escaped(match[2])}"]
            in_item = True
        else:
            out.append(f"  {_escaped(line)}" if in_item else _escaped(line))
    return out


def to_rst(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Convert one docstring in place (the event `autodoc-process-docstring`)."""
    lines[:] = converted(
        lines, _parameters(obj) if what in ("function", "method", "class") else NONE
    )


def _parameters(obj: Any) -> frozenset[str]:
    try:
        return frozenset(inspect.signature(obj).parameters)
    except (TypeError, ValueError):
        return NONE
