"""Find numbers in a page's prose that no record stands behind.

Looked at: decimal numbers (0.57), percentages (57 %, 57%) and whole numbers from 1,000 on, in
sentences, lists, boxes and tables. Such a number is in order

- inside a role: {rec}`...` (measured), {derived}`0.85` (worked out beside it), {seed}`10,000`
  (said by the lecture notes);
- in a paragraph or table that holds a {cite}: it belongs to the work that is cited;
- in code, mathematics, a heading, an option or target of a directive, a link's address;
- as a year (1900 to 2039), a version (Python 3.11, 1.0.4), a place in a work (section 3.2, arXiv
  numbers), or a licence (CC BY 4.0).

A paragraph ends at an empty line; the rows of a table are one paragraph.
"""

import re
from dataclasses import dataclass
from pathlib import Path

NUMBER = re.compile(
    r"(?<![\w.,])(?:\d[\d,]*\.\d+(?:\s?%)?|\d[\d,]*\s?%|\d{1,3}(?:,\d{3})+|\d{4,})(?![\w]|[.,]\d)"
)
YEAR = re.compile(r"19\d\d|20[0-3]\d")
BEFORE = re.compile(
    r"(?:section|sections|chapter|figure|table|equation|eq\.|version|Python|PyTorch|torchvision|"
    r"CUDA|Debian|CC BY|arXiv:?|numpy|Sphinx|GPT-|≥|>=|==)\s*$",
    re.IGNORECASE,
)
# Each is blanked out, line breaks kept, so that line numbers stay true.
FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
FENCE = re.compile(r"^[ \t]*(?P<marks>`{3,}|~{3,}|:{3,})(?P<rest>[^\n]*)$")
CODE = re.compile(
    r"\{(?:code-cell|code-block|code|math|eval-rst|bibliography|figure)\}|(?!\s*\{)\s*\S*\s*$"
)
BLANKED = [
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"\$\$.*?\$\$", re.DOTALL),
    re.compile(r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.DOTALL),
    re.compile(r"\{(?!cite)[\w:.-]+\}`[^`]*`"),
    re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)"),
    re.compile(r"(?<![\\$\w])\$(?!\s)[^$\n]+?\$(?!\w)"),
    re.compile(r"(?<=\])\([^)\s]*\)"),
    re.compile(r"<?https?://[^\s>)]+>?"),
    re.compile(r"^#{1,6} .*$", re.MULTILINE),
    re.compile(r"^:[\w-]+:.*$", re.MULTILINE),
    re.compile(r"^\([\w:.-]+\)=\s*$", re.MULTILINE),
    re.compile(r"^\s*(?:`{3,}|:{3,})\{?[^\n]*$", re.MULTILINE),
    re.compile(r"^\s*\d+\.\s", re.MULTILINE),
]


@dataclass(frozen=True)
class Loose:
    """A number without a record: where it stands and what stands around it."""

    line: int
    number: str
    around: str


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def without_code(page: str) -> str:
    """Blank the fenced blocks that hold code; what stands in a box of the book stays.

    subtle: a line of three marks ends the innermost open block, so the blocks have to be followed
    from the top. Taken alone, the end of a box looks like the beginning of a block of code.
    """
    open_blocks: list[tuple[str, bool]] = []  # marks, whether it is code
    lines = []
    for line in page.split("\n"):
        inside_code = any(is_code for _, is_code in open_blocks)
        fence = FENCE.match(line)
        if fence and open_blocks and not fence["rest"].strip() and closes(fence, open_blocks[-1]):
            open_blocks.pop()
        elif fence and not inside_code:
            is_code = fence["marks"][0] != ":" and CODE.match(fence["rest"]) is not None
            open_blocks.append((fence["marks"], is_code))
            inside_code = is_code
        lines.append(" " * len(line) if inside_code else line)
    assert not open_blocks, f"a block is not closed: {open_blocks}"
    return "\n".join(lines)


def closes(fence: re.Match[str], block: tuple[str, bool]) -> bool:
    """Say whether a line of marks ends a block: the same mark, at least as often."""
    return fence["marks"].startswith(block[0])


def prose(page: str) -> str:
    """Return the page with everything blanked that is not prose; lines keep their numbers."""
    # subtle: a {cite} must survive, so it is hidden from the pattern for inline code
    page = re.sub(r"\{cite[\w:]*\}`[^`]*`", lambda m: "{cite}".ljust(len(m[0])), page)
    page = without_code(_blank(FRONT_MATTER, page))
    for pattern in BLANKED:
        page = _blank(pattern, page)
    return page


def loose_numbers(page: str) -> list[Loose]:
    """Return the numbers in a page's prose that nothing stands behind."""
    found = []
    line = 1
    for part in re.split(r"(\n[ \t]*\n)", prose(page)):
        if "{cite}" not in part:
            for match in NUMBER.finditer(part):
                if YEAR.fullmatch(match[0]) or BEFORE.search(part[: match.start()]):
                    continue
                at = line + part.count("\n", 0, match.start())
                around = part[max(0, match.start() - 40) : match.end() + 30].strip()
                found.append(Loose(at, match[0], " ".join(around.split())))
        line += part.count("\n")
    return found


def report(path: Path) -> list[str]:
    """Return one line for each loose number of a file."""
    text = path.read_text(encoding="utf-8")
    return [
        f"{path.name}:{one.line}: {one.number} in {one.around!r}" for one in loose_numbers(text)
    ]
