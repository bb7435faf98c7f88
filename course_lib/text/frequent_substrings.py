"""Which substrings are frequent? Found by sorting all suffixes of all words at once.

Where suffixes are sorted, those that begin alike are neighbours: a substring's occurrences are one
stretch of the row, and its frequency can be read off there.
"""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

END = 0  # the character after each word; it is equal to none, itself included


def frequent_substrings(words: Counter[str], longest: int) -> dict[str, int]:
    """Return substrings of 2 to `longest` characters that occur twice or more, with counts.

    Left out is what always has the same character after it: the longer one says all. Only where
    that would be longer than `longest`, the shorter one is there.

    words: how often each word occurs.

    Paper: Abouelhoda, Kurtz and Ohlebusch, 2004, "Replacing suffix trees with enhanced suffix
    arrays"; a stretch is an interval there.
    Differs from the paper: suffixes are sorted by their first `longest` characters alone.
    """
    row = "".join(word + chr(END) for word in words)
    letters = np.frombuffer((row + longest * chr(END)).encode("utf-32-le"), "<u4")
    lengths = np.array([len(word) + 1 for word in words])
    counts = np.repeat(np.array(list(words.values())), lengths)
    order = _sorted_suffixes(letters, longest)
    order = order[order < len(row)]  # without the filling at the end
    counts = counts[order]
    ends = np.repeat(np.cumsum(lengths) - 1, lengths)
    rest = np.minimum(ends - np.arange(len(row)), longest)[order]  # characters up to a word's end
    common = _common_prefixes(letters, order, longest)
    found: dict[str, int] = {}
    for length in range(2, longest + 1):
        starts = np.flatnonzero(common < length)  # in a stretch, all share so many characters
        shared = common.copy()
        shared[starts] = rest[starts]
        shared = np.minimum.reduceat(shared, starts)
        totals = np.add.reduceat(counts, starts)
        for i in np.flatnonzero((shared == length) & (totals > 1)):
            place = order[starts[i]]
            found[row[place : place + length]] = int(totals[i])
    return found


def _sorted_suffixes(letters: NDArray, longest: int) -> NDArray:
    """Return the places of all suffixes, sorted by their first `longest` characters or more.

    Ranks by 1, 2, 4, ... characters: a rank by 2k is that of a pair of ranks by k.

    Paper: Manber and Myers, 1993, "Suffix arrays".
    """
    rank = np.unique(letters, return_inverse=True)[1].astype(np.int64)
    known = 1
    while known < longest:
        after = np.zeros_like(rank)
        after[:-known] = rank[known:]
        pairs = rank * (rank.max() + 1) + after
        rank = np.unique(pairs, return_inverse=True)[1]
        known *= 2
    return np.argsort(rank, kind="stable")


def _common_prefixes(letters: NDArray, order: NDArray, longest: int) -> NDArray:
    """Return how many characters each suffix shares with the one before it, `longest` at most."""
    common = np.zeros(len(order), np.int64)
    alike = np.ones(len(order) - 1, bool)
    for i in range(longest):
        here = letters[order + i]
        alike &= (here[1:] == here[:-1]) & (here[1:] != END)
        common[1:] += alike
    return common
