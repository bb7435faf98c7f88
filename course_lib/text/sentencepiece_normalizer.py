"""Text as SentencePiece's models see it: rewritten by rules, every space a piece's visible sign.

Kudo and Richardson, 2018, arXiv:1808.06226: a space is the sign ▁ (U+2581) and is cut like any
other character, so that the pieces, joined, give the text again.
"""

from typing import NamedTuple

import regex

from course_lib.text.charsmap import Charsmap
from course_lib.text.lattice import SPACE
from course_lib.text.sentencepiece_file import PieceKind, SentencePieceModel

HALF_PAIRS = regex.compile("[\ud800-\udfff]")


class Normalized(NamedTuple):
    """A text and where each of its characters comes from.

    starts, ends: places in the original text. `starts` has one place more, for the end.
    """

    text: str
    starts: list[int]
    ends: list[int]


class Normalizer:
    """Rewrite text by a model's rules and options.

    Texts that the model's user has defined as pieces are not rewritten. Halves of surrogate pairs
    become U+FFFD.
    """

    def __init__(self, model: SentencePieceModel) -> None:
        self.model = model
        self._rules = Charsmap(model.charsmap) if model.charsmap else None
        kept = [text for text, _, kind in model.pieces if kind is PieceKind.USER_DEFINED]
        self._kept = (
            regex.compile("|".join(map(regex.escape, sorted(kept, key=len, reverse=True))))
            if kept
            else None
        )
        self._space = SPACE if model.escape_whitespaces else " "
        plain = set(self._rules.plain_ascii() if self._rules else map(chr, range(1, 128)))
        plain -= {" ", *(text[0] for text in kept)}
        # what no rule can touch is copied in one go: English text, mostly
        self._run = regex.compile(
            f"[{regex.escape(''.join(sorted(plain)))}]+(?![^\x01-\x7f])" if plain else "(?!)"
        )

    def __call__(self, text: str) -> Normalized:
        """Return the rewritten text, and where its characters come from."""
        text = HALF_PAIRS.sub("\ufffd", text)
        once = self.model.remove_extra_whitespaces
        at = self._leading_spaces(text) if once else 0
        found = Normalized("", [], [])
        if at == len(text):
            return Normalized("", [at], [])
        letters: list[str] = []

        def write(new: str, start: int, end: int) -> None:
            for letter in new:
                letters.append(self._space if letter == " " else letter)
                found.starts.append(start)
                found.ends.append(end)

        at_end = self.model.treat_whitespace_as_suffix
        if self.model.add_dummy_prefix and not at_end:
            write(" ", at, at)
        after_space = once
        while at < len(text):
            if run := self._run.match(text, at):
                letters += run.group()
                found.starts.extend(range(at, run.end()))
                found.ends.extend(range(at + 1, run.end() + 1))
                at, after_space = run.end(), False
                continue
            end, new = self._replaced(text, at)
            if after_space:
                new = new.lstrip(" ")
            write(new, at, end)
            if new:  # subtle: what vanishes does not part two spaces
                after_space = once and new.endswith(" ")
            at = end
        while once and letters and letters[-1] == self._space:
            letters.pop()
            found.ends.pop()
            at = found.starts.pop()
        if self.model.add_dummy_prefix and at_end:
            write(" ", at, at)
        found.starts.append(at)
        return found._replace(text="".join(letters))

    def _replaced(self, text: str, at: int) -> tuple[int, str]:
        """Return where the next part of the text ends, and what is written in its place."""
        if self._kept and (match := self._kept.match(text, at)):
            return match.end(), match.group()
        found = self._rules.longest(text, at) if self._rules else None
        return found or (at + 1, text[at])

    def _leading_spaces(self, text: str) -> int:
        at = 0
        while at < len(text):
            end, new = self._replaced(text, at)
            if new != " ":
                break
            at = end
        return at
