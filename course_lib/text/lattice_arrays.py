"""The lattices of many words at once, as arrays: sums over all cuts, and the best cuts' scores.

`lattice` goes through one text; learning goes through all words again and again. Here a step takes
one place of every word, so that the number of steps is the length of the longest word.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from course_lib.text.lattice import PieceTable


class Lattices:
    """All cuts of many words, side by side. Axes: N nodes, the places between characters; E edges.

    An edge is a piece from one node to a later one. Words do not share nodes.
    """

    def __init__(self, words: Iterable[str], table: PieceTable) -> None:
        words = list(words)
        sizes = np.array([len(word) + 1 for word in words])
        self.last = np.cumsum(sizes) - 1
        self.first = self.last - sizes + 1
        self.word = np.repeat(np.arange(len(words)), sizes)  # (N,)
        edges: list[tuple[int, int, int]] = []
        for start, word in zip(self.first.tolist(), words, strict=True):
            for place, row in enumerate(table.rows(word), start):
                edges += [(place, place + length, own) for length, own, _ in row]
        self._set_edges(np.array(edges, np.int64).reshape(-1, 3).T)

    def _set_edges(self, edges: NDArray) -> None:
        self.start, self.end, self.piece = edges
        place = np.arange(len(self.word)) - self.first[self.word]
        self._forward = _Sweep(self.start, self.end, place[self.end])
        self._backward = _Sweep(self.end, self.start, -place[self.start])

    def with_pieces(self, is_left: NDArray) -> "Lattices":
        """Return the lattices of fewer pieces."""
        return self._with_edges(is_left[self.piece])

    def without_whole_words(self) -> "Lattices":
        """Return the lattices without the pieces that are a whole word."""
        is_first, is_last = np.zeros((2, len(self.word)), bool)
        is_first[self.first] = is_last[self.last] = True
        return self._with_edges(~(is_first[self.start] & is_last[self.end]))

    def _with_edges(self, is_left: NDArray) -> "Lattices":
        fewer = object.__new__(Lattices)
        fewer.last, fewer.first, fewer.word = self.last, self.first, self.word
        fewer._set_edges(np.stack([self.start, self.end, self.piece])[:, is_left])
        return fewer

    def expected_counts(self, scores: NDArray, weights: NDArray) -> NDArray:
        """Return how often each piece stands in all cuts, weighted by the cuts' probabilities.

        An edge's share of a word is exp(α_start + score + β_end − α_last): α sums over all cuts
        of what lies before a node, β of what lies behind.
        """
        of_edge = scores[self.piece]
        before = self._forward(self._zero_at(self.first), of_edge, np.logaddexp)
        behind = self._backward(self._zero_at(self.last), of_edge, np.logaddexp)
        whole = before[self.last][self.word[self.start]]
        share = np.exp(before[self.start] + of_edge + behind[self.end] - whole)
        return np.bincount(self.piece, share * weights[self.word[self.start]], len(scores))

    def best_scores(self, scores: NDArray) -> NDArray:
        """Return the score of each word's best cut, −inf for a word that has none."""
        return self._forward(self._zero_at(self.first), scores[self.piece], np.maximum)[self.last]

    def _zero_at(self, nodes: NDArray) -> NDArray:
        values = np.full(len(self.word), -np.inf)
        values[nodes] = 0.0
        return values


class _Sweep:
    """Carry values along edges from node to node, level by level; combine what meets in a node."""

    def __init__(self, source: NDArray, target: NDArray, level: NDArray) -> None:
        self.order = np.lexsort((target, level))
        self.source = source[self.order]
        target, level = target[self.order], level[self.order]
        self.heads = np.flatnonzero(np.diff(target, prepend=-1))  # the first edge into each target
        self.targets = target[self.heads]
        new_level = np.flatnonzero(np.diff(level[self.heads], prepend=-np.inf))
        self.bounds = [*new_level.tolist(), len(self.heads)]

    def __call__(self, values: NDArray, of_edge: NDArray, combine: np.ufunc) -> NDArray:
        """Fill the values of all targets; those of the first sources must be there."""
        of_edge, heads = of_edge[self.order], np.append(self.heads, len(self.order))
        for low, high in pairwise(self.bounds):
            edges = slice(heads[low], heads[high])
            arriving = values[self.source[edges]] + of_edge[edges]
            combined = combine.reduceat(arriving, heads[low:high] - heads[low])
            values[self.targets[low:high]] = combined
        return values
