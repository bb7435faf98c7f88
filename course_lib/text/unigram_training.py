"""Unigram pieces, the learning: begin with too many, take away those that are missed least.

The expectation-maximisation algorithm gives each piece its probability: how often it stands in all
cuts of all words, each cut weighted by how probable it is; then cuts are weighed anew. In between
the pieces go without which the text would lose least of its likelihood.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import regex
from numpy.typing import NDArray

from course_lib.text.frequent_substrings import frequent_substrings
from course_lib.text.lattice import PieceTable
from course_lib.text.lattice_arrays import Lattices

LONGEST = 16  # characters of a piece
SEEDS = 5  # candidates for each piece wanted
SHRINKING = 0.75  # the share of candidates that stay in each round
SURPLUS = 1.1  # the last choice, by frequency, is among so many times the pieces wanted
RARE = 0.5  # expected occurrences; what has fewer goes


# runs of one script's letters, or of other signs, each with the space before them
WORDS = regex.compile(
    r"""(?V1)▁?(?:
        [\p{Han}\p{Hiragana}\p{Katakana}ー]+
        | \p{Hangul}+
        | [[\p{L}\p{M}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー]]+
        | [^\p{L}\p{M}▁\0]+
    ) | ▁""",
    regex.VERBOSE,
)


def words_of(lines: Iterable[str], character_coverage: float) -> Counter[str]:
    """Count the words of normalised lines, where spaces are ▁; they end at rare characters.

    character_coverage: the share of text that the frequent characters make up together.

    Raises: ValueError for lines without text.
    """
    words, letters = Counter[str](), Counter[str]()
    for line in lines:
        words.update(WORDS.findall(line))
        letters.update(line)
    if not words:
        raise ValueError("lines must hold text, received none")
    total, covered, rare = letters.total(), 0, {}
    for letter, n in sorted(letters.items(), key=lambda item: (-item[1], item[0])):
        if covered >= character_coverage * total:
            rare[ord(letter)] = "\0"
        covered += n
    if not rare:
        return words
    cut = Counter[str]()
    for word, n in words.items():
        for part in word.translate(rare).split("\0"):
            if part:
                cut[part] += n
    return cut


def learn_pieces(words: Counter[str], n_pieces: int) -> dict[str, float]:
    """Return at most n_pieces pieces and the logarithms of their probabilities, likely ones first.

    All single characters are among them.

    words: how often each word occurs; no piece crosses its ends.

    Paper: Kudo, 2018, arXiv:1804.10959, section 3.2.
    Differs from the paper: what a piece is worth is its expected count times what its best cut into
    others costs, without counting those others anew; the last tenth goes by frequency, as in
    sentencepiece. Equally good pieces are taken in the order of their texts.
    """
    letters = Counter[str]()
    for word, n in words.items():
        for letter in word:
            letters[letter] += n
    if len(letters) > n_pieces:
        raise ValueError(
            f"there must be room for {len(letters)} characters, received {n_pieces} places"
        )
    seeds = frequent_substrings(words, LONGEST)
    longer = sorted(seeds, key=lambda piece: (-seeds[piece] * len(piece), piece))
    pieces = [*sorted(letters), *longer[: SEEDS * n_pieces]]
    counts = np.array([letters[p] if len(p) == 1 else seeds[p] * len(p) for p in pieces], float)
    scores = _log_shares(counts)
    table = PieceTable(((piece, i, 0.0) for i, piece in enumerate(pieces)), -1, 0.0)
    weights = np.array(list(words.values()), float)
    text, themselves = Lattices(words, table), Lattices(pieces, table).without_whole_words()
    stays = np.arange(len(pieces)) < len(letters)  # any text can be cut into letters
    while True:
        for _ in range(2):
            counts = text.expected_counts(scores, weights)
            counts = np.where(counts > RARE, counts, RARE * stays)
            scores = _log_shares(counts)
        is_left = counts > 0
        n_left = np.count_nonzero(is_left)
        if n_left <= n_pieces:
            break
        if n_left > SURPLUS * n_pieces:
            worth = np.full(len(pieces), -np.inf)  # what the text would lose
            others = themselves.best_scores(scores)[is_left]
            worth[is_left] = counts[is_left] * (scores[is_left] - others)
            worth[stays] = np.inf
            best = np.argsort(-worth, kind="stable")
            best = best[: max(int(SHRINKING * n_left), int(SURPLUS * n_pieces))]
        else:
            best = np.argsort(-np.where(stays, np.inf, counts), kind="stable")[:n_pieces]
            stays[best] = True
        is_left = np.isin(np.arange(len(pieces)), best)
        text, themselves = text.with_pieces(is_left), themselves.with_pieces(is_left)
        scores = _log_shares(counts * is_left)
    likely_first = np.argsort(-scores, kind="stable")[:n_left]
    return {pieces[i]: float(scores[i]) for i in likely_first}


def _log_shares(counts: NDArray) -> NDArray:
    with np.errstate(divide="ignore"):  # what does not occur gets −inf
        return np.log(counts) - np.log(counts.sum())
