"""From a docstring to paragraphs of prose.

Docstrings mix English with code, signatures, parameter tables and markup in three dialects
(numpydoc, Google, Sphinx fields). What remains here is the English: sentences, with the markup
taken off. Descriptions of parameters stay (they are sentences), their names and types go.
"""

import re
from inspect import cleandoc

# a directive whose body is prose; every other one (code, math, plots, tables) goes with its body
PROSE_DIRECTIVES = frozenset(
    "admonition attention caution danger deprecated error hint important note seealso tip topic "
    "versionadded versionchanged versionremoved warning".split()
)
SKIPPED_SECTIONS = frozenset(["references", "see also", "methods"])
SKIPPED_FIELDS = frozenset(["type", "rtype", "meta", "vartype"])
# a paragraph without any of these is a list of names, not a sentence
FUNCTION_WORDS = frozenset(
    "a an and are as at be been by can for from has if in into is it its may must not of on or "
    "should that the this to was when which will with you".split()
)

DIRECTIVE = re.compile(r"\.\.\s+(?:[\w-]+:)?([\w-]+)::\s*(.*)")
COMMENT = re.compile(r"\.\.(\s|$)")
UNDERLINE = re.compile(r"([-=~^\"'*#+])\1{2,}\s*$")
TABLE = re.compile(r"[|+].*[|+]$|[=\-+|]{2,}(\s+[=\-+|]{2,})+$|\S.*\S {3,}\S.*")
FIELD = re.compile(r":([A-Za-z]+)((?:\s+[^:`]+)?):(?:\s+(.*)|$)")
BULLET = re.compile(r"(?:[-*+•]|#\.|\(?\w{1,2}[.)])\s+(?=\S)")
TYPED = re.compile(r"[\w*`'\"{(\[][^.]{0,70}? ?: ?.*")  # numpydoc's `name : type`
NAMES = re.compile(r"[\w.*`\\'\"=(){}\[\]]+(,\s*[\w.*`\\'\"=(){}\[\]]+)*$")
GOOGLE_HEAD = re.compile(r"[A-Z][A-Za-z]*(\s[A-Za-z]+){0,2}:{1,2}$")
GOOGLE_ARGUMENT = re.compile(r"[*`\\]{0,4}\w+[`]{0,2}\s*(?:\([^)]*\))?\s*:(?:\s+|$)")
SIGNATURE = re.compile(r"[\w.]*\w\s?\(.*\)\s*(->.*|:)?$|[\w.]+\([^)]*$")

FORMULA = "\x00"  # stands where a formula was; the sentence around it goes
INLINE = [
    (re.compile(r"^[\w.]+\([^)]*\)\s*(?:->[^-]*)?\s*--?\s+"), ""),  # `abs(x) -- the text`
    (re.compile(r":math:`[^`]*`|\$[^$\n]+\$"), FORMULA),
    # :class:`~a.b.C` and `~.C` show C; :func:`text <target>` shows text
    (re.compile(r"(?::[\w:-]+:)?`~(?:[^`<]*\.)?([^`<.]+)`"), r"\1"),
    (re.compile(r":(?:[\w-]+:)*[\w-]+:`[!._]*([^`<]*?)(?:\s*<[^`]*>)?`"), r"\1"),
    (re.compile(r"`([^`<]*?)\s*<[^`]*>`_{0,2}"), r"\1"),
    (re.compile(r"`+[.!]?([^`]*)`+_{0,2}"), r"\1"),
    (re.compile(r"\[[\w#*-]+\]_"), " "),
    (re.compile(r"https?://\S+|www\.\S+"), " "),
    (re.compile(r"%\([^)]*\)s|\|[\w -]+\|"), " "),
    (re.compile(r"(?<![\w*])(\*{1,2})([^\s*](?:[^*]*[^\s*])?)\1(?!\w)"), r"\2"),  # *this*
    (re.compile(r"(?<=[A-Za-z0-9])_(?=[\s.,;:)]|$)"), ""),  # reference_
    (re.compile(r"\\(?=\W)"), ""),
    (re.compile(r"<[^>\s]{1,40}>|\b0x[0-9a-fA-F]{6,}\b"), " "),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+([.,;:)])"), r"\1"),
]
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])")
WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")


def strip_markup(text: str) -> str:
    """Take roles, backticks, emphasis and addresses off a paragraph of reStructuredText.

    A sentence with a formula is dropped: without the formula it would not be English.
    """
    for pattern, replacement in INLINE:
        text = pattern.sub(replacement, text)
    if FORMULA in text:
        text = " ".join(part for part in SENTENCE_END.split(text) if FORMULA not in part)
    return text.strip()


def is_prose(text: str) -> bool:
    """Say whether a paragraph is English: 5 words at least, most tokens words, one of grammar."""
    tokens = text.split()
    words = [token for token in tokens if WORD.fullmatch(token.strip(".,;:!?()\"'"))]
    if len(words) < 5 or len(words) < 0.7 * len(tokens):
        return False
    return any(word.lower() in FUNCTION_WORDS for word in words)


def prose(docstring: str) -> list[str]:
    """Return the paragraphs of prose in a docstring, in order, without markup."""
    paragraphs = [strip_markup(_joined(lines)) for lines in _Splitter(docstring).split()]
    return [text for text in paragraphs if is_prose(text)]


def _joined(lines: list[str]) -> str:
    """Join lines; a word that was broken after its own hyphen (left-/hand) gets no space."""
    return re.sub(r"(?<=[a-z]-)\n(?=[a-z])", "", "\n".join(lines)).replace("\n", " ")


class _Splitter:
    """Walks the lines of one docstring and gathers those that may be prose."""

    def __init__(self, docstring: str) -> None:
        self.lines = cleandoc(docstring.expandtabs()).splitlines()
        self.done: list[list[str]] = []
        self.current: list[str] = []
        self.indent = 0  # of the paragraph being gathered
        self.hanging = False  # its later lines may stand deeper (bullets, fields)
        self.skip_below: int | None = None  # drop lines deeper than this (code after `::`)
        self.in_doctest = self.in_fence = self.skipped_section = False

    def split(self) -> list[list[str]]:
        index = 0
        while index < len(self.lines):
            line = self.lines[index]
            text = line.strip()
            following = self.lines[index + 1] if index + 1 < len(self.lines) else ""
            indent = len(line) - len(line.lstrip())
            index += 1
            if text and UNDERLINE.match(following.strip()) and not UNDERLINE.match(text):
                if len(following.strip()) >= min(3, len(text)) and following.strip()[0] != "|":
                    self._flush()
                    self.skipped_section = text.lower() in SKIPPED_SECTIONS
                    self.skip_below, self.in_doctest = None, False
                    index += 1
                    continue
            if not self._dropped(text, indent):
                self._take(text, indent, following)
        self._flush()
        return self.done

    def _flush(self) -> None:
        if self.current:
            self.done.append(self.current)
        self.current, self.hanging = [], False

    def _dropped(self, text: str, indent: int) -> bool:
        """Handle what is no prose: blank lines, code, directives, tables."""
        if text.startswith("```"):
            self._flush()
            self.in_fence = not self.in_fence
            return True
        if not text:
            self._flush()
            self.in_doctest = False
            return True
        if self.in_fence or self.in_doctest or self.skipped_section:
            return True
        if self.skip_below is not None:
            if indent > self.skip_below:
                return True
            self.skip_below = None
        if text.startswith((">>>", "In [", "Out[", "$ ")):
            self._flush()
            self.in_doctest = True
            return True
        if found := DIRECTIVE.match(text):
            self._flush()
            if found[1] not in PROSE_DIRECTIVES:
                self.skip_below = indent
            return True
        if COMMENT.match(text):
            self._flush()
            self.skip_below = indent
            return True
        if UNDERLINE.fullmatch(text) or TABLE.fullmatch(text) or SIGNATURE.fullmatch(text):
            self._flush()
            return True
        return False

    def _take(self, text: str, indent: int, following: str) -> None:
        """Add a line to the paragraph being gathered, or begin another one with it."""
        deeper = bool(following.strip()) and len(following) - len(following.lstrip()) > indent
        if GOOGLE_HEAD.fullmatch(text) and (deeper or not following.strip() or text[-2:] == "::"):
            self._flush()
            if text.lower().startswith("example"):
                self.skip_below = indent if text.endswith("::") else None
            return
        if deeper and ((TYPED.fullmatch(text) and " : " in text) or NAMES.fullmatch(text)):
            self._flush()  # the name of a parameter; its description follows
            return
        begins = False
        if found := FIELD.match(text):
            self._flush()
            if found[1].lower() in SKIPPED_FIELDS:
                self.skip_below = indent
                return
            text, begins = found[3] or "", True
        elif found := BULLET.match(text) or GOOGLE_ARGUMENT.match(text):
            self._flush()
            text, begins = text[found.end() :], True
            # `- name: what it does` or `* name (type): what it does`
            if found := GOOGLE_ARGUMENT.match(text):
                text = text[found.end() :]
        if not begins and self.current and indent != self.indent:
            if not (self.hanging and indent > self.indent):
                self._flush()
        if not self.current:
            self.indent, self.hanging = indent, begins
        literal = text.endswith("::")
        if text:
            self.current.append(text[:-1] if literal else text)
        elif begins:
            self.current, self.hanging = [""], True
        if literal:
            self._flush()
            self.skip_below = indent
