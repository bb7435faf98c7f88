"""Candidates for answers, described by features, and a linear model that ranks them.

In the manner of the logistic regression of Rajpurkar et al. 2016, section 5.
Differs from the paper: no parser; a candidate is any run of up to eight tokens inside a sentence
that neither begins nor ends with a sign or a function word.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix

from course_lib.data.squad_features import word_offsets

MAX_TOKENS = 8
N_FEATURES = 2**18
AROUND = 6  # tokens left and right of a candidate that are compared with the question
FUNCTION = frozenset(
    "a an the of in on at to for from by with and or but is are was were be been that which who as "
    "it its this these those their his her has have had not than into also when where".split()
)
ASKS = ("who", "whom", "whose", "when", "where", "why", "how", "which", "what")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"“(]?[A-Z0-9])")


class Context:
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


def shape(words: Sequence[str]) -> str:
    """Return what a candidate looks like: digits, a year, capitals."""
    if any(re.fullmatch(r"1\d{3}|20\d\d", word) for word in words):
        return "year"
    if any(word[0].isdigit() for word in words):
        return "digits"
    capitals = sum(word[0].isupper() for word in words)
    return ["small", "mixed", "capitals"][(capitals > 0) + (capitals == len(words))]


def candidates(context: Context) -> Iterator[tuple[int, int]]:
    """Yield the token spans that may be answers."""

    def edge(token: int) -> bool:
        return context.words[token][0].isalnum() and context.lower[token] not in FUNCTION

    for start, end in context.sentences.values():
        for first in range(start, end + 1):
            if edge(first):
                for last in range(first, min(end, first + MAX_TOKENS - 1) + 1):
                    if edge(last):
                        yield first, last


def sentence_overlap(context: Context, question: set[str], weight: Mapping[str, float]):
    """Return for each sentence the rarity of the question's words that it holds."""
    return {
        number: sum(weight.get(w, 5.0) for w in question & set(context.lower[first : last + 1]))
        for number, (first, last) in context.sentences.items()
    }


def describe(
    context: Context, question: Sequence[str], weight: Mapping[str, float]
) -> tuple[list[tuple[int, int]], csr_matrix]:
    """Return a question's candidates and their features, one row each."""
    content = {w for w in question if w not in FUNCTION and w not in ASKS and w.isalnum()}
    overlap = sentence_overlap(context, content, weight)
    whole = sum(weight.get(w, 5.0) for w in content) or 1.0
    order = sorted(overlap, key=lambda n: -overlap[n])
    place = {number: min(rank, 4) for rank, number in enumerate(order)}
    matched = np.array([weight.get(w, 5.0) if w in content else 0.0 for w in context.lower])
    sums = np.concatenate([[0.0], matched.cumsum()])
    kind = asked(question)
    spans, columns, values, ends = list(candidates(context)), [], [], [0]
    for first, last in spans:
        number = context.sentence_of[first]
        low, high = context.sentences[number]
        inside = sums[last + 1] - sums[first]
        left = sums[first] - sums[max(low, first - AROUND)]
        right = sums[min(high + 1, last + 1 + AROUND)] - sums[last + 1]
        before = context.lower[first - 1] if first > low else "<s>"
        after = context.lower[last + 1] if last < high else "</s>"
        look, length = shape(context.words[first : last + 1]), last - first + 1
        names = (
            f"rank {place[number]}", f"length {length}", f"look {kind.split()[0]} {look}",
            f"look {kind} {look}", f"length {kind.split()[0]} {length}", f"before {before}",
            f"after {after}", f"before {kind.split()[0]} {before}",
            f"before asked {before in content}", f"after asked {after in content}",
            f"capital before {context.words[first - 1][0].isupper() if first > low else None}",
            f"capital after {context.words[last + 1][0].isupper() if last < high else None}",
            f"first {context.lower[first]} {kind.split()[0]}", f"last {context.lower[last]}",
        )  # fmt: skip
        columns += [crc32(name.encode()) % (N_FEATURES - 4) for name in names]
        values += [1.0] * len(names)
        columns += range(N_FEATURES - 4, N_FEATURES)
        values += [overlap[number] / whole, inside / whole, left / whole, right / whole]
        ends.append(len(columns))
    rows = csr_matrix((values, columns, ends), shape=(len(spans), N_FEATURES))
    return spans, rows


def gold_spans(context: Context, answers: Mapping[str, Any]) -> set[tuple[int, int]]:
    """Return the token spans of the answers that people gave."""
    found = set()
    for text, start in zip(answers["text"], answers["answer_start"], strict=True):
        touched = [
            t for t, (a, b) in enumerate(context.offsets) if a < start + len(text) and b > start
        ]
        if touched:
            found.add((touched[0], touched[-1]))
    return found
