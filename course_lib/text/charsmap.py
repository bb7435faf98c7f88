"""SentencePiece's rules of normalisation: which characters are written as which others.

A model file brings its rules along in one block of bytes, `precompiled_charsmap`: a double-array
trie of what is to be replaced, then the texts that replace it. `Charsmap` reads such a block,
`compile_rules` makes one.

The trie is one row of numbers. A node has a base; the child for byte c stands at place base ^ c and
holds c, so that one look tells whether it is a child. The child for byte 0 is a leaf: it holds
where the new text begins.

Paper: Aoe, 1989, "An efficient digital search algorithm by using a double-array structure".
Layout: the Darts-clone library: bits 0 to 7 the byte, 8 "has a leaf", 9 "the distance counts
256s", 10 to 30 the distance between place and base, 31 "is a leaf, the rest is its value".
"""

import sys
from functools import lru_cache
from itertools import count

import numpy as np

from course_lib.errors import CorruptFileError

IS_LEAF = 1 << 31


class Charsmap:
    """Find the rules of a compiled block in text.

    Raises: CorruptFileError for bytes of another format.
    """

    def __init__(self, charsmap: bytes) -> None:
        size = int.from_bytes(charsmap[:4], "little")
        self._texts = charsmap[4 + size :]
        if size % 1024 or not size or not self._texts.endswith(b"\0"):
            raise CorruptFileError(
                "rules of normalisation as a double-array trie",
                f"{len(charsmap)} bytes of another form",
                "take the model file anew",
            )
        self._units: list[int] = np.frombuffer(charsmap, "<u4", size // 4, offset=4).tolist()
        self._root = self._base(0)
        self._step = lru_cache(maxsize=100_000)(self._find_step)

    def longest(self, text: str, start: int) -> tuple[int, str] | None:
        """Return where the longest rule from here on ends, and the new text; None without a rule.

        A rule looks at the text as it was, never at what another rule has put there.
        """
        found, base = None, self._root
        for end in range(start + 1, len(text) + 1):
            step = self._step(base, text[end - 1])
            if step is None:
                break
            base, new = step
            if new is not None:
                found = end, new
        return found

    def plain_ascii(self) -> str:
        """Return the ASCII characters that no rule touches where another one follows."""
        letters = [chr(code) for code in range(1, 128)]

        def is_plain(letter: str) -> bool:
            if (step := self._step(self._root, letter)) is None:
                return True
            return step[1] is None and not any(self._step(step[0], after) for after in letters)

        return "".join(filter(is_plain, letters))

    def _find_step(self, base: int, letter: str) -> tuple[int, str | None] | None:
        """Go from one node to the next: its base, and the new text where a rule ends."""
        place = 0
        for byte in letter.encode():
            place = base ^ byte
            if place >= len(self._units) or self._units[place] & (IS_LEAF | 255) != byte:
                return None
            base = self._base(place)
        if not self._units[place] & 256:
            return base, None
        start = self._units[base] & ~IS_LEAF
        return base, self._texts[start : self._texts.index(0, start)].decode()

    def _base(self, place: int) -> int:
        unit = self._units[place]
        return place ^ (unit >> 10 << (8 if unit & 512 else 0))


def compile_rules(rules: dict[str, str]) -> bytes:
    """Return the rules as the block that a model file holds; b"" for none.

    Raises: ValueError for a rule that replaces nothing, or a text with the character U+0000.
    """
    if any("\0" in old + new or not old for old, new in rules.items()):
        raise ValueError("a rule must replace one character or more, and U+0000 cannot stand in it")
    if not rules:
        return b""
    start_of, texts = {}, bytearray()
    for new in rules.values():
        if new not in start_of:
            start_of[new] = len(texts)
            texts += new.encode() + b"\0"
    root: dict = {}
    for old in sorted(rules):
        node = root
        for byte in old.encode():
            node = node.setdefault(byte, {})
        node[0] = start_of[rules[old]]
    units = _double_array(root)
    return (4 * len(units)).to_bytes(4, "little") + units.tobytes() + bytes(texts)


def _double_array(root: dict) -> np.ndarray:
    """Give every node a base such that no two children stand on one place."""
    units: list[int] = []
    free: list[set[int]] = []  # per block of 256 places
    bases: list[set[int]] = []

    def base_for(labels: list[int]) -> int:
        # subtle: base ^ byte never leaves the base's block, so that blocks can be tried one by one;
        # only the last ones, as those before are nearly full
        for block in count(max(0, len(free) - 8)):
            if block == len(free):
                free.append(set(range(256)))
                bases.append(set())
                units.extend([0] * 256)
            for place in free[block]:
                own = place ^ labels[0]
                if own not in bases[block] and all(own ^ c in free[block] for c in labels):
                    free[block].difference_update(own ^ c for c in labels)
                    bases[block].add(own)
                    return 256 * block + own
        raise AssertionError

    nodes = [(root, 0)]
    base_for([0])  # the root's own place
    while nodes:
        node, place = nodes.pop()
        own = base_for(sorted(node))
        distance = own ^ place
        if distance >= 1 << 21:
            raise ValueError("these are too many rules for one double array")
        units[place] |= distance << 10 | (256 if 0 in node else 0)
        for byte, child in node.items():
            if byte:
                units[own ^ byte] = byte
                nodes.append((child, own ^ byte))
            else:
                units[own] = IS_LEAF | child
    for block, places in enumerate(free):  # what is left must look like nobody's child
        nobody = next(own for own in range(256) if own not in bases[block])
        for place in places:
            units[256 * block + place] = place ^ nobody
    return np.array(units, "<u4")


@lru_cache(maxsize=1)
def unicode_rules() -> dict[str, str]:
    """Return rules that bring text to Unicode's form NFKC, and all kinds of space to one.

    Control characters vanish. Written apart, a letter and its accent become one; so do Hangul jamo.
    Differs from NFKC: accents that stand in another than the canonical order stay as they are.
    """
    import unicodedata

    rules: dict[str, str] = {}
    for code in range(1, sys.maxunicode + 1):
        letter = chr(code)
        kind = unicodedata.category(letter)
        if kind == "Cs":  # halves of surrogate pairs are no text
            continue
        compatible = unicodedata.normalize("NFKC", letter)
        if letter.isspace() or letter == "▁":
            compatible = " "
        elif kind == "Cc":
            compatible = ""
        if compatible != letter:
            rules[letter] = compatible
        apart = unicodedata.normalize("NFD", letter)
        if apart != letter and unicodedata.normalize("NFC", apart) == letter:
            rules[apart] = compatible
            rules[unicodedata.normalize("NFC", apart[:-1]) + apart[-1]] = compatible
    return rules


@lru_cache(maxsize=1)
def unicode_charsmap() -> bytes:
    """Return `unicode_rules`, compiled."""
    return compile_rules(unicode_rules())
