"""All ways to cut a text into pieces, as a lattice: the best one, or one drawn by chance.

A cut's score is the sum of its pieces' scores, the logarithms of their probabilities: pieces are
independent (a unigram language model). N cuts share most of their ways, so that both sums over all
cuts and the best cut take time that grows with the text, not with N.
"""

import math
import random
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, chain

import regex

SPACE = "▁"  # the sign that stands for a space in pieces
Way = tuple[int, int, float]  # a piece that can begin at a place: its length, id and score
Cut = list[tuple[int, int]]  # end and id of each piece, in order

TOO_FAR = 100_000.0  # scores beyond are counted anew from here, as sentencepiece does


class PieceTable:
    """Pieces by their beginnings.

    pieces: text, id and score of each. A single character that is no piece is given the unknown
    one.
    """

    def __init__(
        self, pieces: Iterable[tuple[str, int, float]], unknown_id: int, unknown_score: float
    ) -> None:
        # None marks the beginning of a piece that is none itself: it says that longer ones follow
        self._found: dict[str, tuple[int, float] | None] = {}
        crosses = False
        for text, own, score in pieces:
            self._found[text] = own, score
            crosses = crosses or SPACE in text[1:]
            for end in range(1, len(text)):
                self._found.setdefault(text[:end], None)
        self._unknown = unknown_id, unknown_score
        # where no piece goes on after a space, words can be looked up one by one, and once each
        self._words = None if crosses else regex.compile(f"{SPACE}?[^{SPACE}]+|{SPACE}")
        self._rows_of_word = lru_cache(maxsize=50_000)(self._rows)

    def rows(self, text: str) -> Iterable[list[Way]]:
        """Return for each place the pieces that can begin there, the shortest first."""
        if self._words is None:
            return self._rows(text)
        return chain.from_iterable(map(self._rows_of_word, self._words.findall(text)))

    def _rows(self, text: str) -> list[list[Way]]:
        rows = []
        for start in range(len(text)):
            own, score = self._found.get(text[start]) or self._unknown
            row = [(1, own, score)]
            for end in range(start + 2, len(text) + 1):
                piece = text[start:end]
                if piece not in self._found:
                    break
                if found := self._found[piece]:
                    row.append((end - start, *found))
            rows.append(row)
        return rows


def viterbi(text: str, table: PieceTable) -> Cut:
    """Return the cut with the highest score.

    Scores are summed up from the left in float32. Where two cuts are equal or nearly so, rounding
    decides as it does in sentencepiece, and then the longer last piece.
    """
    # subtle: an array of "f" rounds to float32 what is put into it. A sum of two float32 taken in
    # float64 and rounded once is the float32 sum, and rounding never turns a smaller sum into a
    # greater one, so only what is greater has to be rounded
    best = array("f", [-math.inf]) * (len(text) + 1)
    best[0] = 0.0
    last = [(0, 0)] * (len(text) + 1)  # start and id of the last piece of the best cut
    furthest = 0
    for start, row in enumerate(table.rows(text)):
        here = best[start]
        if abs(here) > TOO_FAR:
            for place in range(start, furthest + 1):
                best[place] -= here
            here = 0.0
        for length, own, score in row:
            end, total = start + length, here + score
            before = best[end]
            if total > before:
                best[end] = total
                if best[end] > before:
                    last[end] = start, own
                if end > furthest:
                    furthest = end
    cut, end = [], len(text)
    while end:
        start, own = last[end]
        cut.append((end, own))
        end = start
    return cut[::-1]


def sample(text: str, table: PieceTable, temperature: float, rng: random.Random) -> Cut:
    """Draw a cut with a probability proportional to exp(score / temperature).

    Forward filtering: for each place, the sum over all cuts that end there. Backward sampling: from
    the end on, each last piece is drawn by its share of that sum.

    Paper: Scott, 2002; for pieces Kudo, 2018, arXiv:1804.10959, section 3.3 (temperature 1 / α).
    Raises: ValueError for a temperature of 0 or less.
    """
    if not temperature > 0:
        raise ValueError(f"temperature must be above 0, received {temperature}")
    total = [-math.inf] * (len(text) + 1)
    total[0] = 0.0
    ways: list[list[tuple[int, int, float]]] = [[] for _ in total]  # by end: start, id, log weight
    for start, row in enumerate(table.rows(text)):
        if start:
            total[start] = log_sum([weight for _, _, weight in ways[start]])
        for length, own, score in row:
            ways[start + length].append((start, own, total[start] + score / temperature))
    cut, end = [], len(text)
    while end:
        highest = max(weight for _, _, weight in ways[end])
        shares = list(accumulate(math.exp(weight - highest) for _, _, weight in ways[end]))
        start, own, _ = rng.choices(ways[end], cum_weights=shares)[0]
        cut.append((end, own))
        end = start
    return cut[::-1]


def log_sum(values: Sequence[float]) -> float:
    """Return log Σ exp(value), without overflow."""
    highest = max(values)
    return highest + math.log(sum(math.exp(value - highest) for value in values))
