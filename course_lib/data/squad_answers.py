"""From scores to an answer: the best span that is one, over all windows, or none.

A span's score is its start score plus its end score, as in BERT (Devlin et al. 2019, section 4.2).
Not every pair is a span: the end must not lie before the start, nor too far behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_lib.data.squad_features import Feature, Offsets, to_text


@dataclass(frozen=True, kw_only=True)
class Span:
    """A span of tokens, both ends inclusive, with its score."""

    first: int
    last: int
    score: float


def best_spans(
    start_scores: ArrayLike,
    end_scores: ArrayLike,
    *,
    max_length: int = 30,
    n_best: int = 1,
    overlapping: bool = True,
    may_answer: ArrayLike | None = None,
) -> list[Span]:
    """Return the n best spans, best first; of equals the one that begins, then ends first.

    max_length: tokens in a span at most.
    overlapping: whether two of them may share a token; if not, a span gives way to a better one.
    may_answer: True at [first, last] where that span may be taken; None allows all.
    Shapes: start_scores and end_scores (T,), may_answer (T, T).
    Returns: fewer than n where there are not so many; none where T is 0.
    Raises: ValueError when the two differ in length or a limit is below 1.
    """
    starts, ends = np.asarray(start_scores, dtype=float), np.asarray(end_scores, dtype=float)
    if starts.shape != ends.shape or starts.ndim != 1:
        raise ValueError(
            f"start and end scores must be two lists of one length, received shapes "
            f"{starts.shape} and {ends.shape}"
        )
    if max_length < 1 or n_best < 1:
        raise ValueError(f"max_length and n_best must be 1 or more: {max_length}, {n_best}")
    scores = starts[:, None] + ends[None, :]  # (T, T): every pair
    place = np.arange(len(starts))
    behind = place[None, :] - place[:, None]
    allowed = (behind >= 0) & (behind < max_length)
    if may_answer is not None:
        allowed &= np.asarray(may_answer, dtype=bool)
    firsts, lasts = np.nonzero(allowed)
    order = np.argsort(-scores[firsts, lasts], kind="stable")
    found: list[Span] = []
    taken = np.zeros(len(starts), dtype=bool)
    for first, last in zip(firsts[order].tolist(), lasts[order].tolist(), strict=True):
        if not overlapping and taken[first : last + 1].any():
            continue
        taken[first : last + 1] = True
        found.append(Span(first=first, last=last, score=float(scores[first, last])))
        if len(found) == n_best:
            break
    return found


def seen_best_by(places: Sequence[tuple[int, int]], number: int) -> NDArray[np.bool_]:
    """Return, for each span [first, last] of a window, whether no other window sees it better.

    places: the windows, (start, end) each; number: which of them is asked for.
    Shapes: returns (T, T), T the window's tokens; `best_window` for all of its spans at once.
    """
    start, end = places[number]
    first, last = np.arange(start, end)[:, None], np.arange(start, end)[None, :]
    context = np.stack(
        [
            np.where(
                (a <= first) & (last < b),
                np.minimum(first - a, b - 1 - last) + 0.01 * (b - a),
                -np.inf,
            )
            for a, b in places
        ]
    )
    return context.argmax(axis=0) == number


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is answered to a question.

    text: "" for no answer.
    score: the best span's, whether it was taken or not; −inf where there is no span.
    null_margin: how much better "no answer" scored than the best span; −inf where it has no score.
    """

    text: str
    score: float
    null_margin: float


def best_answer(
    context: str,
    offsets: Offsets,
    found: Sequence[Feature],
    start_scores: Sequence[ArrayLike],
    end_scores: Sequence[ArrayLike],
    *,
    max_length: int = 30,
    null_scores: Sequence[float] | None = None,
    null_threshold: float = 0.0,
) -> Answer:
    """Return the best span over a question's windows, or no answer.

    A span is taken from the window that sees it best (`best_window`) and from no other: none is
    scored twice, and none by a window that lacks its surroundings while another has them.

    found: the question's features, with one list of start and of end scores each.
    null_scores: each window's score for "no answer here". The smallest counts: a window without
    the answer is right to say so, and the question has none only if all windows say so.
    null_threshold: "no answer" is given where its score exceeds the best span's by more than this.

    Raises: ValueError where the lists differ in length or a score is missing or NaN, and as
    `best_spans`.
    """
    lists = [found, start_scores, end_scores, *([] if null_scores is None else [null_scores])]
    if len({len(one) for one in lists}) != 1 or not found:
        raise ValueError(
            f"there must be one list of scores a window, received {[len(one) for one in lists]}"
        )
    best: Span | None = None
    places = [(feature.start, feature.end) for feature in found]
    for number, (feature, starts, ends) in enumerate(
        zip(found, start_scores, end_scores, strict=True)
    ):
        for scores in (starts, ends):
            if np.shape(scores) != (feature.end - feature.start,) or np.isnan(scores).any():
                raise ValueError(
                    f"window {number} wants {feature.end - feature.start} scores, one a token of "
                    "the context (none for the question and marks), none of them NaN; received "
                    f"shape {np.shape(scores)}"
                )
        own_spans = seen_best_by(places, number)
        spans = best_spans(starts, ends, max_length=max_length, may_answer=own_spans)
        if spans and (best is None or spans[0].score > best.score):
            own = spans[0]
            best = Span(
                first=own.first + feature.start, last=own.last + feature.start, score=own.score
            )
    score = -np.inf if best is None else best.score
    margin = -np.inf if null_scores is None else min(null_scores) - score
    text = "" if best is None else to_text(context, offsets, best.first, best.last)
    return Answer(
        text="" if margin > null_threshold else text, score=float(score), null_margin=float(margin)
    )
