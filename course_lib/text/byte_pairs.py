"""Byte-pair encoding, the learning: which neighbours to join. `bpe` applies what is found here.

`cut` splits a text into words that no piece crosses; `learn_merges` counts pairs in them.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import regex

Pair = tuple[bytes, bytes]

# GPT-2's: English endings; letters, digits or other signs, each with one space before them; spaces,
# of which the last is left to the word that follows
WORDS = regex.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")


def printable_bytes() -> dict[int, str]:
    """Return GPT-2's letter for each byte: itself if it can be seen, else one from U+0100 on.

    The order is that of GPT-2's ids: first the 188 that can be seen, then the others.
    """
    seen = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), 256)]
    others = [byte for byte in range(256) if byte not in set(seen)]
    return {byte: chr(byte) for byte in seen} | {b: chr(256 + i) for i, b in enumerate(others)}


LETTER_OF = printable_bytes()
BYTE_OF = {letter: byte for byte, letter in LETTER_OF.items()}


def printable(piece: bytes) -> str:
    """Return a piece as GPT-2's files write it: a space is Ġ."""
    return "".join(LETTER_OF[byte] for byte in piece)


def from_printable(piece: str) -> bytes:
    """Return the bytes of a piece that a file writes down."""
    return bytes(BYTE_OF[letter] for letter in piece)


def cut(text: str) -> list[str]:
    """Cut a text where GPT-2 does; joined again, the parts are the text."""
    return WORDS.findall(text)


def learn_merges(words: Counter[bytes], n_merges: int) -> list[Pair]:
    """Find which neighbours to join, the most frequent ones first.

    Of equally frequent pairs the greater one comes first, compared as two byte strings.

    words: how often each word occurs. Fewer merges are found where nothing is left to join.

    Paper: Sennrich, Haddow and Birch, 2016, arXiv:1508.07909, algorithm 1.
    Differs from the paper: bytes in place of letters (Radford et al., 2019), no mark for a word's
    end. Only the words that hold a pair are looked at when it is joined.
    """
    parts = [[bytes([byte]) for byte in word] for word in words]
    counts = list(words.values())
    pairs: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)
    for i, own in enumerate(parts):
        for pair in pairwise(own):
            pairs[pair] += counts[i]
            where[pair].add(i)
    heap = [_Candidate(count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    merges: list[Pair] = []
    while heap and len(merges) < n_merges:
        top = heapq.heappop(heap)
        if pairs[top.pair] != top.count:  # an older entry: the count has changed since
            continue
        merges.append(top.pair)
        changed: set[Pair] = set()
        for i in where.pop(top.pair):
            before, parts[i] = parts[i], join(parts[i], top.pair)
            for pair in pairwise(before):
                pairs[pair] -= counts[i]
                changed.add(pair)
            for pair in pairwise(parts[i]):
                pairs[pair] += counts[i]
                where[pair].add(i)
                changed.add(pair)
        for pair in changed:
            if pairs[pair] > 0:
                heapq.heappush(heap, _Candidate(pairs[pair], pair))
            else:
                del pairs[pair]
                where.pop(pair, None)
    return merges


class _Candidate:
    """A pair in the queue: the most frequent first, then the greatest."""

    __slots__ = ("count", "pair")

    def __init__(self, count: int, pair: Pair) -> None:
        self.count, self.pair = count, pair

    def __lt__(self, other: "_Candidate") -> bool:
        return (self.count, self.pair) > (other.count, other.pair)


def join(parts: Sequence[bytes], pair: Pair) -> list[bytes]:
    """Join the pair wherever it stands, from left to right."""
    joined: list[bytes] = []
    i = 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            joined.append(parts[i] + parts[i + 1])
            i += 2
        else:
            joined.append(parts[i])
            i += 1
    return joined
