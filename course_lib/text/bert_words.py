"""Cutting a text into words, BERT's way: rules on single characters, and no list of words.

White space parts words. A punctuation mark is a word, and so is an ideograph. Control characters
vanish; with `lowercase`, capitals and accents do too. `wordpiece` cuts these words into pieces.
"""

import re
import string
from itertools import accumulate
from typing import NamedTuple
from unicodedata import category, combining, normalize

SPACES = " \t\n\r\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Chinese characters, in Japanese and Korean too; kana and Hangul are letters of words
IDEOGRAPHS = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df"
    "\U0002a700-\U0002b73f\U0002b740-\U0002ceaf\U0002f800-\U0002fa1f"
)
# subtle: str.split and \s part at 7 control characters more, which must vanish within a word
CHUNK = re.compile(f"[{IDEOGRAPHS}]|[^{SPACES}{IDEOGRAPHS}]+")
ASCII_SIGNS = frozenset(string.punctuation)


class Word(NamedTuple):
    """The letters that are looked up, and where each of them stood in the chunk."""

    letters: str
    places: list[int]


def words_of(chunk: str, lowercase: bool) -> list[Word]:
    """Return the words of a chunk, a stretch of text that `CHUNK` finds; there may be none.

    lowercase: make letters small and take accents off: all marks that take no room of their own
    (category Mn), after letters were parted from their marks (Unicode's form NFD).

    Paper: none; Google's bert/tokenization.py (2019), `BasicTokenizer`, whose words these are.
    """
    letters, places = chunk, list(range(len(chunk)))
    if chunk.isascii() and chunk.isprintable():  # most of an English text: twice as fast
        letters = chunk.lower() if lowercase else chunk
    else:
        places = [i for i, letter in enumerate(chunk) if not _vanishes(letter)]
        letters = "".join([chunk[i] for i in places])
        if lowercase:
            letters, places = _small_without_accents(letters, places)
    words, start = [], 0
    for i, letter in enumerate(letters):
        if _is_punctuation(letter):
            if start < i:
                words.append(Word(letters[start:i], places[start:i]))
            words.append(Word(letter, [places[i]]))
            start = i + 1
    if start < len(letters):
        words.append(Word(letters[start:], places[start:]))
    return words


def _small_without_accents(letters: str, places: list[int]) -> tuple[str, list[int]]:
    # subtle: all letters at once, since Σ at a word's end becomes ς and elsewhere σ
    small = letters.lower()
    owners = [place for letter, place in zip(letters, places, strict=True) for _ in letter.lower()]
    parts = [
        (part, place)
        for letter, place in zip(small, owners, strict=True)  # İ has become two
        for part in normalize("NFD", letter)
    ]
    # subtle: NFD of a whole text also puts the marks behind a letter in the order of their
    # classes, and some of them stay (category Mc): single letters do not show that
    classes = [combining(part) for part, _ in parts]
    bases = list(accumulate(own == 0 for own in classes))
    order = sorted(range(len(parts)), key=lambda i: (bases[i], classes[i]))
    kept = [parts[i] for i in order if category(parts[i][0]) != "Mn"]
    return "".join(part for part, _ in kept), [place for _, place in kept]


def _vanishes(letter: str) -> bool:
    return category(letter) in ("Cc", "Cf") or letter == "\ufffd"


def _is_punctuation(letter: str) -> bool:
    """Tell what stands alone: Unicode's punctuation, and ASCII's other signs ($, +, <, ^, `, …)."""
    return letter in ASCII_SIGNS or category(letter).startswith("P")
