"""The project's docstrings, made ready for Sphinx.

They are written for the eye: one-line sections (`Shapes: ...`), code between single backticks, and
signs such as `*` that mean something to reStructuredText. Here the sections become paragraphs of
their own and the signs are escaped, so that no docstring can break a strict build.
"""

import re
from typing import Any

SECTION = re.compile(r"^(Paper|Differs from the paper|Shapes|Returns|Raises|Axes|Note): (\S.*)$")
GOOGLE = re.compile(r"^(Args|Returns|Raises|Yields|Attributes|Example|Examples):$")
SPECIAL = re.compile(r"(?<!\\)([*|])|(?<=\w)_(?=[^\w]|$)")
JAXTYPING = re.compile(r"~?jaxtyping\.(\w+\[)")


def _escaped(line: str) -> str:
    """Escape what stands outside of backticks."""
    parts = re.split(r"(``[^`]+``|`[^`]+`)", line)
    return "".join(
        part if part.startswith("`") else SPECIAL.sub(lambda m: "\\" + m.group(0), part)
        for part in parts
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def converted(lines: list[str]) -> list[str]:
    """Return the docstring as reStructuredText; an indented block is shown as it stands."""
    out: list[str] = []
    in_google = in_block = False
    for line in lines:
        if not line.strip():
            out.append("")
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
        else:
            out.append(_escaped(line))
    return out


def to_rst(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Convert one docstring in place (the event `autodoc-process-docstring`)."""
    lines[:] = converted(lines)


def short_signature(
    app: Any,
    what: str,
    name: str,
    obj: Any,
    options: Any,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Write `Float[Tensor, "B T D"]` in signatures as in the source."""

    def short(text: str | None) -> str | None:
        if text is None:
            return None
        return JAXTYPING.sub(r"\1", text)

    return short(signature), short(returns)
