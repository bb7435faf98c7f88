"""Are the best cut, draws and expected counts those of all cuts, written out?"""

import math
import random
from collections import Counter

import numpy as np
import pytest
import sentencepiece
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.text.lattice import PieceTable, sample, viterbi
from course_lib.text.lattice_arrays import Lattices
from course_lib.text.sentencepiece_file import Piece, PieceKind, SentencePieceModel, write_model

UNKNOWN = 99


def table(scores, unknown_score=-50.0):
    return PieceTable(
        ((p, i, s) for i, (p, s) in enumerate(scores.items())), UNKNOWN, unknown_score
    )


def all_cuts(text, scores):
    """Return every cut as pieces, with the sum of their scores."""
    if not text:
        return [((), 0.0)]
    found = []
    for end in range(1, len(text) + 1):
        if text[:end] in scores or end == 1:
            rest = all_cuts(text[end:], scores)
            own = scores.get(text[:end], -50.0)
            found += [((text[:end], *pieces), own + score) for pieces, score in rest]
    return found


def pieces_of(text, cut):
    starts = [0, *(end for end, _ in cut)]
    return tuple(text[start:end] for start, (end, _) in zip(starts, cut, strict=False))


# eighths up to 4: sums are exact in float32, too
SCORES = st.dictionaries(
    st.text("ab▁", min_size=1, max_size=4), st.integers(-32, -1).map(lambda n: n / 8), min_size=1
)


@given(SCORES, st.text("ab▁", min_size=1, max_size=8))
def test_the_best_cut_is_the_best_of_all(scores, text):
    cut = viterbi(text, table(scores))
    best = max(score for _, score in all_cuts(text, scores))
    assert dict(all_cuts(text, scores))[pieces_of(text, cut)] == best
    names = list(scores)
    for piece, (_, own) in zip(pieces_of(text, cut), cut, strict=True):
        assert own == (names.index(piece) if piece in scores else UNKNOWN)


def test_float32_decides(tmp_path):
    """Golden: after −65,536, float32 counts in 128ths, so that −2 and −2.001 are equal.

    Of equal cuts the one stays that was found first: the longer last piece. In float64, x and y
    would win.
    """
    scores = {"▁": -65536.0, "x": -1.0, "y": -1.0, "xy": -2.001}
    assert pieces_of("▁xy", viterbi("▁xy", table(scores))) == ("▁", "xy")
    assert pieces_of("xy", viterbi("xy", table(scores))) == ("x", "y")
    pieces = [Piece("<unk>", kind=PieceKind.UNKNOWN), *(Piece(p, s) for p, s in scores.items())]
    write_model(SentencePieceModel(pieces=pieces), tmp_path / "m")
    theirs = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "m"))
    assert theirs.encode("xy", out_type=str) == ["▁", "xy"]


def test_scores_begin_anew_where_they_grow_too_large():
    """Golden: after two ▁ the score is −131,072, is set to 0, and −2 beats −2.001 again."""
    scores = {"▁": -65536.0, "x": -1.0, "y": -1.0, "xy": -2.001}
    assert pieces_of("▁▁xy", viterbi("▁▁xy", table(scores)))[2:] == ("x", "y")


def test_an_empty_text_has_an_empty_cut():
    assert viterbi("", table({"a": -1.0})) == []
    assert sample("", table({"a": -1.0}), 1.0, random.Random()) == []


def test_draws_by_hand():
    """Golden: .4 · .4 = .16 against .2 for the whole, so the whole comes in 5 of 9 draws.

    At temperature 2 the roots count: .4 against .447, 52.8 %.
    """
    scores = {"a": math.log(0.4), "b": math.log(0.4), "ab": math.log(0.2)}
    rng = random.Random(0)
    for temperature, share in ((1.0, 5 / 9), (2.0, 0.2**0.5 / (0.2**0.5 + 0.4))):
        draws = [sample("ab", table(scores), temperature, rng) for _ in range(8_000)]
        assert np.mean([len(cut) == 1 for cut in draws]) == pytest.approx(share, abs=0.02)


@settings(max_examples=20)
@given(SCORES, st.text("ab▁", min_size=1, max_size=5), st.sampled_from([0.5, 3.0]))
def test_draws_follow_all_cuts(scores, text, temperature):
    cuts = dict(all_cuts(text, scores))
    weights = {pieces: math.exp(score / temperature) for pieces, score in cuts.items()}
    rng, n = random.Random(1), 400
    draws = Counter(
        pieces_of(text, sample(text, table(scores), temperature, rng)) for _ in range(n)
    )
    for pieces, weight in weights.items():
        share = weight / sum(weights.values())
        assert abs(draws[pieces] / n - share) < 0.13  # 5 standard deviations


def test_expected_counts_by_hand():
    """Golden: the cuts of ab have .16 and .2, 4 and 5 of 9; nine of them give 4, 4 and 5.

    The two of b add 2.
    """
    scores = np.log([0.4, 0.4, 0.2])
    lattices = Lattices(["ab", "b"], table({"a": 0, "b": 0, "ab": 0}))
    counts = lattices.expected_counts(scores, np.array([9.0, 2.0]))
    assert counts == pytest.approx([4, 6, 5])
    assert lattices.best_scores(scores) == pytest.approx(np.log([0.2, 0.4]))
    assert lattices.without_whole_words().best_scores(scores) == pytest.approx(
        [math.log(0.16), -math.inf]
    )


@settings(max_examples=40)
@given(SCORES, st.lists(st.text("ab▁", min_size=1, max_size=6), min_size=1, max_size=5))
def test_expected_counts_are_those_of_all_cuts(scores, words):
    scores = {"a": -2.0, "b": -3.0, "▁": -1.0} | scores
    own, weights = np.array(list(scores.values())), np.arange(1.0, len(words) + 1)
    expected, best = np.zeros(len(scores)), []
    for word, weight in zip(words, weights, strict=True):
        cuts = all_cuts(word, scores)
        total = sum(math.exp(score) for _, score in cuts)
        best.append(max(score for _, score in cuts))
        for pieces, score in cuts:
            for piece in pieces:
                expected[list(scores).index(piece)] += weight * math.exp(score) / total
    lattices = Lattices(words, table(scores))
    assert lattices.expected_counts(own, weights) == pytest.approx(expected)
    assert lattices.best_scores(own) == pytest.approx(best)
    is_left = np.array([len(piece) < 3 for piece in scores])
    fewer = Lattices(words, table({p: s for p, s in scores.items() if len(p) < 3}))
    found = lattices.with_pieces(is_left).expected_counts(own, weights)
    assert found[is_left] == pytest.approx(fewer.expected_counts(own[is_left], weights))
    assert not found[~is_left].any()
