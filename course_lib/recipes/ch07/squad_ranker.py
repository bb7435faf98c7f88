"""Candidates for answers, described by features, and a linear model that ranks them.

In the manner of the logistic regression of Rajpurkar et al. 2016, section 5.
Differs from the paper: no parser; a candidate is any run of up to eight tokens inside a sentence
that neither begins nor ends with a sign or a function word.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from course_lib.data.squad_features import word_offsets

MAX_TOKENS = 8
N_FEATURES = 2**18
AROUND = 6  # tokens left and right of a candidate that are compared with the question
FUNCTION = frozenset(
    "a an the of in on at to for from by with and or but is are was were be been that which who as "
    "it its this these those their his her has have had not than into also when where".split()
)
YEAR = re.compile(r"1\d{3}|20\d\d")
ASKS = ("who", "whom", "whose", "when", "where", "why", "how", "which", "what")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"“(]?[A-Z0-9])")


class Paragraph:
    """A context's tokens and its sentences, each as (first, last) tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.offsets = word_offsets(text)
        self.words = [text[a:b] for a, b in self.offsets]
        self.lower = [word.lower() for word in self.words]
        cuts = [match.end() for match in SENTENCE_END.finditer(text)]
        number = np.searchsorted(cuts, [a for a, _ in self.offsets], side="right")
        self.sentence_of = number.tolist()
        self.sentences: dict[int, tuple[int, int]] = {}
        for token, sentence in enumerate(self.sentence_of):
            first, _ = self.sentences.get(sentence, (token, token))
            self.sentences[sentence] = (first, token)


def rarity(contexts: Sequence[str]) -> dict[str, float]:
    """Return −log of the share of contexts that hold a word."""
    counts: Counter[str] = Counter()
    for text in set(contexts):
        counts.update({text[a:b].lower() for a, b in word_offsets(text)})
    n = len(set(contexts))
    return {word: float(np.log((n + 1) / count)) for word, count in counts.items()}


def asked(question: Sequence[str]) -> str:
    """Return the question's kind: its first question word, with the word behind how or what."""
    for place, word in enumerate(question):
        if word in ASKS:
            follows = question[place + 1] if place + 1 < len(question) else ""
            return f"{word} {follows}" if word in {"how", "what", "which"} else word
    return "none"


def shapes(context: Paragraph, first: NDArray, last: NDArray) -> NDArray[np.int64]:
    """Return what each candidate looks like: 0 small, 1 mixed, 2 capitals, 3 digits, 4 a year."""

    def inside(per_token: list[bool]) -> NDArray[np.int64]:
        sums = np.concatenate([[0], np.cumsum(per_token)])
        return sums[last + 1] - sums[first]

    capitals = inside([word[0].isupper() for word in context.words])
    found = (capitals > 0).astype(int) + (capitals == last - first + 1)
    found[inside([word[0].isdigit() for word in context.words]) > 0] = 3
    found[inside([YEAR.fullmatch(word) is not None for word in context.words]) > 0] = 4
    return found


def candidates(context: Paragraph) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and the last tokens of the spans that may be answers, in their order."""
    edge = np.array(
        [
            word[0].isalnum() and low not in FUNCTION
            for word, low in zip(context.words, context.lower, strict=True)
        ]
    )
    number = np.array(context.sentence_of)
    first, last = np.nonzero(
        (np.subtract.outer(np.arange(len(edge)), np.arange(len(edge))) <= 0)
        & (np.subtract.outer(np.arange(len(edge)), np.arange(len(edge))) > -MAX_TOKENS)
        & np.logical_and.outer(edge, edge)
        & np.equal.outer(number, number)
    )
    return first, last


def sentence_overlap(context: Paragraph, question: set[str], weight: Mapping[str, float]):
    """Return for each sentence the rarity of the question's words that it holds."""
    return {
        number: sum(weight.get(w, 5.0) for w in question & set(context.lower[first : last + 1]))
        for number, (first, last) in context.sentences.items()
    }


def describe(
    context: Paragraph, question: Sequence[str], weight: Mapping[str, float]
) -> tuple[list[tuple[int, int]], csr_matrix]:
    """Return a question's candidates and their features, one row each.

    Most features say "this and that hold together", such as "asked: when; it looks like a year";
    each has a column by its hash. Four are numbers: how much of the question's words, by rarity,
    the sentence holds, the candidate itself, and the tokens left and right of it.
    """
    content = {w for w in question if w not in FUNCTION and w not in ASKS and w.isalnum()}
    overlap = sentence_overlap(context, content, weight)
    whole = sum(weight.get(w, 5.0) for w in content) or 1.0
    places = {n: min(rank, 4) for rank, n in enumerate(sorted(overlap, key=lambda n: -overlap[n]))}
    first, last = candidates(context)
    number = np.array(context.sentence_of)[first]
    low = np.array([context.sentences[n][0] for n in context.sentence_of])[first]
    high = np.array([context.sentences[n][1] for n in context.sentence_of])[first]
    word = np.array([crc32(w.encode()) for w in context.lower], dtype=np.int64)
    capital = np.array([w[0].isupper() for w in context.words], dtype=np.int64)
    asked_for = np.array([w in content for w in context.lower], dtype=np.int64)
    sums = np.concatenate(
        [[0.0], np.cumsum([weight.get(w, 5.0) if w in content else 0.0 for w in context.lower])]
    )
    has_left, has_right = first > low, last < high
    before, after = first - has_left, last + has_right  # itself where there is none
    look, length = shapes(context, first, last), last - first + 1
    long_kind = crc32(asked(question).encode())
    kind = crc32(asked(question).split()[0].encode())
    left, right = word[before] * has_left, word[after] * has_right
    values = [
        np.array([places[n] for n in number]), length, kind + look, long_kind + look,
        kind + 7 * length, left, right, left + 3 * kind, right + 3 * kind,
        asked_for[before] * has_left, asked_for[after] * has_right, capital[before] * has_left,
        capital[after] * has_right, word[first] + kind, word[last],
    ]  # fmt: skip
    # a number of its own for each kind of feature, mixed by large primes
    columns = [
        ((value + 1) * 2_654_435_761 + place * 40_503_001) % 4_294_967_291 % (N_FEATURES - 4)
        for place, value in enumerate(values)
    ]
    numbers = [
        np.array([overlap[n] for n in number]),
        sums[last + 1] - sums[first],
        sums[first] - sums[np.maximum(low, first - AROUND)],
        sums[np.minimum(high + 1, last + 1 + AROUND)] - sums[last + 1],
    ]
    n = len(first)
    columns += [np.full(n, N_FEATURES - 4 + place) for place in range(4)]
    data = [np.ones((n, len(values))), np.stack(numbers, axis=1) / whole]
    rows = csr_matrix(
        (
            np.concatenate(data, axis=1).ravel(),
            np.stack(columns, axis=1).ravel(),
            np.arange(n + 1) * len(columns),
        ),
        shape=(n, N_FEATURES),
    )
    return list(zip(first.tolist(), last.tolist(), strict=True)), rows


def gold_spans(context: Paragraph, answers: Mapping[str, Any]) -> set[tuple[int, int]]:
    """Return the token spans of the answers that people gave."""
    found = set()
    for text, start in zip(answers["text"], answers["answer_start"], strict=True):
        touched = [
            t for t, (a, b) in enumerate(context.offsets) if a < start + len(text) and b > start
        ]
        if touched:
            found.add((touched[0], touched[-1]))
    return found
