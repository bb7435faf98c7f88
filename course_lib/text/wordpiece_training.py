"""WordPiece, the learning: which pieces a vocabulary holds. `wordpiece` cuts words with them.

A piece that stands inside a word begins with ##, so that "in" and the end of "cabin" differ.
"""

import heapq
from collections import Counter, defaultdict
from itertools import pairwise

INSIDE = "##"
Pair = tuple[int, int]


def learn_pieces(words: Counter[str], n_pieces: int) -> list[str]:
    """Find at most n_pieces pieces: the letters, then what comes of joining neighbours.

    The most frequent neighbours are joined first. Of equally frequent ones those come first whose
    left piece was found earlier, then those whose right piece was. Letters come in the order of
    their code points, those at a word's beginning before those inside, so that the same words give
    the same pieces, whatever their order.

    Each letter of words that have two or more gets both forms: a word of known letters can always
    be cut. Fewer pieces are found where nothing is left to join.

    words: how often each word occurs.

    Paper: Schuster and Nakajima, 2012, "Japanese and Korean voice search", section 3; Wu et al.,
    2016, arXiv:1609.08144, section 4.1.
    Differs from the papers: they join the pair that raises the likelihood of the text most, and
    neither that program nor BERT's was published. The count alone decides here, as in the
    `tokenizers` library, with which most vocabularies have been made since.
    Raises: ValueError where n_pieces has no room for the letters.
    """
    alone = {letter for word in words for letter in word}
    inside = {letter for word in words if len(word) > 1 for letter in word}
    pieces = sorted(alone) + [INSIDE + letter for letter in sorted(inside)]
    if len(pieces) > n_pieces:
        raise ValueError(
            f"there must be room for {len(pieces)} pieces of one letter "
            f"({len(alone)} at the beginning of words, {len(inside)} inside), received {n_pieces}"
        )
    ids = {piece: i for i, piece in enumerate(pieces)}
    counts = list(words.values())
    parts = [[ids[word[0]], *(ids[INSIDE + letter] for letter in word[1:])] for word in words]
    pairs: Counter[Pair] = Counter()
    where: defaultdict[Pair, set[int]] = defaultdict(set)
    for i, own in enumerate(parts):
        for pair in pairwise(own):
            pairs[pair] += counts[i]
            where[pair].add(i)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    while heap and len(pieces) < n_pieces:
        count, pair = heapq.heappop(heap)
        if pairs[pair] != -count:  # an older entry: the count has changed since
            continue
        joined = len(pieces)
        # new for certain: all places of a pair are joined at once, so no other pair spells the same
        pieces.append(pieces[pair[0]] + pieces[pair[1]].removeprefix(INSIDE))
        changed: set[Pair] = set()
        for i in where.pop(pair):
            before, parts[i] = parts[i], _join(parts[i], pair, joined)
            for old in pairwise(before):
                pairs[old] -= counts[i]
                changed.add(old)
            for new in pairwise(parts[i]):
                pairs[new] += counts[i]
                where[new].add(i)
                changed.add(new)
        for pair in changed:
            if pairs[pair] > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            else:
                del pairs[pair]
                where.pop(pair, None)
    return pieces


def _join(parts: list[int], pair: Pair, joined: int) -> list[int]:
    """Put one piece in the place of two, wherever they stand, from left to right."""
    found: list[int] = []
    i = 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            found.append(joined)
            i += 2
        else:
            found.append(parts[i])
            i += 1
    return found
