"""From characters to tokens and back: is every answer found again, and none twice?"""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.data import squad
from course_lib.data.squad_answers import best_answer, best_spans, seen_best_by
from course_lib.data.squad_features import (
    best_window,
    features,
    to_text,
    to_tokens,
    windows,
    word_offsets,
)

CONTEXT = "An owl eats 25,000 mice; the heron does not."


@st.composite
def layouts(draw):
    length = draw(st.integers(1, 13))
    return draw(st.integers(1, 61)), length, draw(st.integers(1, length))


def row(context, answer, start, key="q"):
    return {
        "id": key,
        "context": context,
        "question": "?",
        "answers": {"text": [answer], "answer_start": [start]},
    }


def test_golden_offsets():
    """The comma of 25,000 is a token of its own, and the text between tokens comes back."""
    offsets = word_offsets(CONTEXT)
    assert [CONTEXT[a:b] for a, b in offsets][3:7] == ["25", ",", "000", "mice"]
    start = CONTEXT.index("25,000")
    assert to_tokens(offsets, start, start + 6) == (3, 5)
    assert to_text(CONTEXT, offsets, 3, 5) == "25,000"
    assert to_tokens(offsets, start + 1, start + 4) == (3, 5), "cut tokens are taken whole"
    assert to_tokens(offsets, 2, 3) is None, "a blank touches no token"


@given(st.text(max_size=60), st.data())
def test_tokens_and_characters_are_inverse(text, data):
    offsets = word_offsets(text)
    if not offsets:
        return
    first = data.draw(st.integers(0, len(offsets) - 1))
    last = data.draw(st.integers(first, len(offsets) - 1))
    start, end = offsets[first][0], offsets[last][1]
    assert to_tokens(offsets, start, end) == (first, last)
    assert to_text(text, offsets, first, last) == text[start:end]


@given(layouts())
def test_windows_cover_everything_in_order(layout):
    n_tokens, length, stride = layout
    found = windows(n_tokens, length, stride)
    assert {t for start, end in found for t in range(start, end)} == set(range(n_tokens))
    assert all(0 < end - start <= length for start, end in found)
    assert all(b[0] - a[0] == stride for a, b in itertools.pairwise(found))
    assert found[-1][1] == n_tokens
    assert all(end < n_tokens for _, end in found[:-1]), "one window reaches the end, not two"


def test_golden_windows():
    assert windows(11, 5, 3) == [(0, 5), (3, 8), (6, 11)]
    assert windows(5, 5, 2) == [(0, 5)]
    assert windows(0, 5, 2) == [(0, 0)]


def test_golden_best_window():
    """Windows (0, 5) and (3, 8): token 3 has 1 to its right there and 0 to its left here.

    Token 4: 0 to its right in the first, 1 to its left in the second.
    """
    assert [best_window([(0, 5), (3, 8)], token) for token in (2, 3, 4, 5)] == [0, 0, 1, 1]
    assert best_window([(0, 5), (3, 8)], 2, 4) == 0
    with pytest.raises(ValueError, match="no window holds tokens 2 to 5"):
        best_window([(0, 5), (3, 8)], 2, 5)


@given(layouts())
def test_every_span_that_fits_belongs_to_one_window(layout):
    spans = windows(*layout)
    owners = [seen_best_by(spans, number) for number in range(len(spans))]
    for number, (start, end) in enumerate(spans):
        for first in range(start, end):
            for last in range(first, end):
                owns = owners[number][first - start, last - start]
                assert owns == (best_window(spans, first, last) == number)


@settings(max_examples=60, deadline=None)
@given(layouts(), st.data())
def test_every_answer_that_fits_is_recovered(layout, data):
    """Scores of 1 at the labels' places and 0 elsewhere give the answer back, through windows."""
    n_tokens, length, stride = layout
    context = " ".join(f"w{t}" for t in range(n_tokens))
    offsets = word_offsets(context)
    first = data.draw(st.integers(0, n_tokens - 1))
    last = data.draw(st.integers(first, min(n_tokens, first + length) - 1))
    answer = to_text(context, offsets, first, last)
    _, found = features(
        row(context, answer, offsets[first][0]), word_offsets, length=length, stride=stride
    )
    fits = [first >= f.start and last < f.end for f in found]
    assert [f.answer is not None for f in found] == fits
    if not any(fits):
        return
    starts = [np.zeros(f.end - f.start) for f in found]
    ends = [np.zeros(f.end - f.start) for f in found]
    for feature, one, other in zip(found, starts, ends, strict=True):
        if feature.answer is not None:
            one[feature.answer[0]] = other[feature.answer[1]] = 1
    given = best_answer(context, offsets, found, starts, ends, max_length=length)
    assert (given.text, given.score) == (answer, 2.0)


def test_an_answer_across_a_boundary_is_in_neither_window():
    context = "a b c d e f g h"
    _, found = features(row(context, "d e", 6), word_offsets, length=4, stride=4)
    assert [f.answer for f in found] == [None, None]
    _, found = features(row(context, "d e", 6), word_offsets, length=4, stride=2)
    assert [f.answer for f in found] == [None, (1, 2), None]


def test_every_answer_of_the_sample_is_recovered():
    for own in squad.load("train"):
        offsets, (found,) = features(own, word_offsets, length=200, stride=100)
        start, text = own["answers"]["answer_start"][0], own["answers"]["text"][0]
        assert to_text(own["context"], offsets, *found.answer) == text
        assert own["context"][start:].startswith(text)


def test_a_question_without_an_answer_has_features():
    own = {"id": "q", "context": "an owl", "answers": {"text": [], "answer_start": []}}
    _, found = features(own, word_offsets, length=3, stride=1)
    assert [(f.start, f.end, f.answer) for f in found] == [(0, 2, None)]


@settings(deadline=None)
@given(st.integers(1, 11), st.integers(1, 5), st.randoms(use_true_random=False))
def test_best_span_is_the_best_of_all(n_tokens, max_length, draw):
    starts = [draw.uniform(-3, 3) for _ in range(n_tokens)]
    ends = [draw.uniform(-3, 3) for _ in range(n_tokens)]
    allowed = [(i, j) for i in range(n_tokens) for j in range(i, min(i + max_length, n_tokens))]
    order = sorted(allowed, key=lambda p: -(starts[p[0]] + ends[p[1]]))
    found = best_spans(starts, ends, max_length=max_length, n_best=3)
    assert [(s.first, s.last) for s in found] == order[:3]
    apart = best_spans(starts, ends, max_length=max_length, n_best=4, overlapping=False)
    tokens = [t for s in apart for t in range(s.first, s.last + 1)]
    assert len(tokens) == len(set(tokens))
    assert (apart[0].first, apart[0].last) == order[0]


def test_golden_best_span():
    """The best start, 2, and the best end, 0, make no span; 2 to 3 scores 6 + 3."""
    starts, ends = [1.0, 0.0, 6.0, 0.0], [5.0, 0.0, 1.0, 3.0]
    assert [(s.first, s.last, s.score) for s in best_spans(starts, ends, n_best=2)] == [
        (2, 3, 9.0),
        (2, 2, 7.0),
    ]
    (short,) = best_spans(starts, ends, max_length=1)
    assert (short.first, short.last) == (2, 2)
    assert best_spans([], []) == []


def test_no_answer_takes_the_smallest_null_score():
    """Null 4 and 1, best span 3: none of the windows' 4 counts, 1 − 3 = −2 is the margin."""
    context = "a b c d"
    offsets, found = features(row(context, "c", 4), word_offsets, length=2, stride=2)
    scores = ([[0.0, 1.0], [1.5, 0.0]], [[0.0, 1.0], [1.5, 0.0]])
    given = best_answer(context, offsets, found, *scores, null_scores=[4.0, 1.0])
    assert (given.text, given.score, given.null_margin) == ("c", 3.0, -2.0)
    given = best_answer(
        context, offsets, found, *scores, null_scores=[4.0, 1.0], null_threshold=-2.5
    )
    assert given.text == ""


def answered(scores):
    """Answer from the same scores for starts and ends."""
    context = "a b c d"
    offsets, found = features(row(context, "c", 4), word_offsets, length=2, stride=2)
    return best_answer(context, offsets, found, scores, scores)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: to_tokens([(0, 1)], 3, 3), "0 <= start < end"),
        (lambda: to_text("an owl", [(0, 2), (3, 6)], 1, 0), "first <= last"),
        (lambda: windows(9, 3, 4), "1 <= stride <= length"),
        (lambda: windows(9, 3, 0), "1 <= stride <= length"),
        (lambda: best_spans([1.0], [1.0, 2.0]), "one length"),
        (lambda: best_spans([1.0], [1.0], max_length=0), "1 or more"),
        (lambda: best_answer("a", [(0, 1)], [], [], []), "one list of scores a window"),
        (lambda: answered([[0.0] * 5] * 2), "window 0 wants 2 scores"),
        (lambda: answered([[0.0, 1.0], [0.0, float("nan")]]), "window 1 wants 2 scores"),
        (
            lambda: features(row("an owl", "  ", 0), lambda text: [], length=3, stride=1),
            "has no token",
        ),
    ],
)
def test_bad_input_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()
