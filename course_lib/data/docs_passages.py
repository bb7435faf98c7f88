"""From documentation to passages that do not say where they come from.

Masked (with a blank, `_`): the libraries' names and every token that looks like code. Levelled:
small letters, 0 for numbers, no quotes, brackets or colons. Left out: sentences about versions,
sentences with many blanks.
"""

import re
from collections.abc import Iterator, Sequence

from course_lib.text.tokenize import words

MASK = "_"
MIN_WORDS, GOOD_WORDS, MAX_WORDS = 20, 35, 60

# a token that is one of these is masked, alone or as a part of a compound ("np-like", "mpl's")
SHORT_NAMES = frozenset(
    "np pd plt mpl pylab scipy cpython pypy pep scikit sqla aten cython jax onnx "
    "ipython jupyter huggingface tornadoweb caffe".split()
)
# a token that contains one of these is masked ("torchscript", "pythonic", "numpy's")
LONG_NAMES = re.compile(r"matplotlib|pyplot|numpy|pandas|python|sklearn|sqlalchemy|torch|tornado")
SCIKIT_LEARN = re.compile(r"\bscikit[ -]learn\b", re.IGNORECASE)
# f(x), a.b, a_b, a=b, a[1], --flag, C:\, camelCase, ABCs, v1, 3x
CODE = re.compile(
    r"[()]\S|[_=<>@#/\\{}\[\]|&^~$%*+:]|\w\.\w|^-|[a-z][A-Z]|[A-Z]{2}[a-z]{2}|[A-Za-z]\d|\d[A-Za-z]"
)
NUMBER = re.compile(r"[+-]?\d+(?:[.,:-]\d+)*\.?$")
DIGITS = re.compile(r"\d+")
QUOTES = re.compile(r"[`\"“”‘]|(?<!\w)'|'(?!\w)")
ODD = re.compile(r"[^\w'’-]|(?<!\w)['’-]|['’-](?!\w)")
VERSIONED = re.compile(r"\b(versions?|release|deprecat\w*|since \d|added in)\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+(?=\S)")
BLANKS = re.compile(r"(?:[_0],? )+(?=[_0](?!\w))")


def level(sentence: str) -> str:
    """Mask names and code in a sentence and level its format."""
    sentence = SCIKIT_LEARN.sub(MASK, QUOTES.sub(" ", sentence))
    levelled = []
    for token in sentence.split():
        core = token.strip(".,;:!?()[]").removesuffix("'s")
        comma = "," if token.endswith(",") else ""
        if core != MASK and not any(map(str.isalnum, core)):
            continue
        if NUMBER.match(core):
            levelled.append("0" + comma)
            continue
        small = core.lower()
        named = LONG_NAMES.search(small) or not SHORT_NAMES.isdisjoint(re.split(r"[-'’]", small))
        if named or core == MASK or CODE.search(core):
            levelled.append(MASK + comma)
        elif plain := DIGITS.sub("0", ODD.sub("", small)):
            levelled.append(plain + comma)
    return BLANKS.sub("", " ".join(levelled)).rstrip(",")


def passages(texts: Sequence[str]) -> Iterator[str]:
    """Cut the texts of one object into passages of 20 to 60 words that end where sentences end."""
    gathered: list[str] = []
    length = 0
    for text in texts:
        for paragraph in text.split("\n\n"):
            for sentence in SENTENCE_END.split(paragraph):
                levelled = level(sentence)
                n = len(words(levelled))
                if not _is_telling(sentence, levelled, n):
                    continue
                if length + n > MAX_WORDS:
                    if length >= MIN_WORDS:
                        yield ". ".join(gathered) + "."
                    gathered, length = [], 0
                gathered.append(levelled)
                length += n
                if length >= GOOD_WORDS:
                    yield ". ".join(gathered) + "."
                    gathered, length = [], 0
    if length >= MIN_WORDS:
        yield ". ".join(gathered) + "."


def _is_telling(sentence: str, levelled: str, n_words: int) -> bool:
    """Say whether a sentence may stand in a passage: 4 to 60 words, few blanks, no versions."""
    blanks = levelled.split().count(MASK) + levelled.split().count("0")
    return 4 <= n_words <= MAX_WORDS and 4 * blanks <= n_words and not VERSIONED.search(sentence)


def shingles(text: str, size: int = 5) -> set[tuple[str, ...]]:
    """Return all runs of `size` words of a text: what near-duplicates are recognised by."""
    tokens = words(text)
    return {tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1)}
