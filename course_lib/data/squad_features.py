"""From characters to tokens and back, and from long contexts to windows: features for answers.

A model of spans reads tokens and gives each a score for "the answer begins here" and one for "it
ends here". SQuAD counts characters, and a model has room for a fixed number of tokens. This file
holds what lies between, for any tokenizer that tells where its tokens stand.

Offsets are pairs (start, end) in characters, end exclusive, in order and without overlap; a token
of width 0 is none of the text's. Token spans (first, last) are inclusive, as published models
count them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Offsets = Sequence[tuple[int, int]]
Tokenize = Callable[[str], Offsets]
WORD_OR_SIGN = re.compile(r"\w+|[^\w\s]")


def word_offsets(text: str) -> list[tuple[int, int]]:
    """Return where words and single signs stand: the plainest tokenizer that gives offsets."""
    return [match.span() for match in WORD_OR_SIGN.finditer(text)]


def to_tokens(offsets: Offsets, start: int, end: int) -> tuple[int, int] | None:
    """Return the first and the last token that share a character with start .. end − 1.

    Where an answer begins or ends inside a token, the whole token is taken; None where no token
    touches the characters.

    Raises: ValueError when start is negative or end is not behind it.
    """
    if not 0 <= start < end:
        raise ValueError(f"a span needs 0 <= start < end, received {start} and {end}")
    touched = [t for t, (a, b) in enumerate(offsets) if a < end and b > start]
    return (touched[0], touched[-1]) if touched else None


def to_text(context: str, offsets: Offsets, first: int, last: int) -> str:
    """Return the characters from a first to a last token, with what stands between them.

    The text is cut out of the context; joining tokens would lose its blanks and its case.

    Raises: ValueError when first and last are not places of tokens in this order.
    """
    if not 0 <= first <= last < len(offsets):
        raise ValueError(
            f"a token span needs 0 <= first <= last < {len(offsets)}, received {first} and {last}"
        )
    return context[offsets[first][0] : offsets[last][1]]


def windows(n_tokens: int, length: int, stride: int) -> list[tuple[int, int]]:
    """Return the windows (start, end), end exclusive, through which a long context is read.

    stride: how far each window begins behind the one before, as in BERT's `doc_stride`; some
    libraries give that name to the overlap, length − stride. The last window ends with the text.
    A text without tokens has one empty window.

    Raises: ValueError unless 1 <= stride <= length (a longer stride would skip tokens).
    """
    if not 1 <= stride <= length:
        raise ValueError(f"windows need 1 <= stride <= length, received {stride} and {length}")
    found, start = [], 0
    while start + length < n_tokens:
        found.append((start, start + length))
        start += stride
    return [*found, (start, n_tokens)]


def best_window(spans: Sequence[tuple[int, int]], first: int, last: int | None = None) -> int:
    """Return which window sees tokens first .. last best: the most context on its poorer side.

    min(tokens to the left of first, to the right of last) + 0.01 · length; the first of equals. A
    span near a window's edge is left to the window that has it further inside.

    last: None for the token `first` alone, as the published BERT code has it.
    Differs from that code: it asks for a span's first token only, so an answer whose first token
    lies well inside a window that cuts its end off is lost, although another window holds it all.
    Raises: ValueError when no window holds all of them.
    """
    last = first if last is None else last
    scores = [
        (min(first - start, end - 1 - last) + 0.01 * (end - start), -place)
        for place, (start, end) in enumerate(spans)
        if start <= first and last < end
    ]
    if not scores:
        raise ValueError(f"no window holds tokens {first} to {last}")
    return -max(scores)[1]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One window of one question's context, with the answer as places inside the window.

    start, end: its tokens within the context, end exclusive.
    answer: first and last token of the answer, counted from the window's start, inclusive; None
    where the window does not hold all of it, and that counts as "no answer here".
    """

    id: str
    start: int
    end: int
    answer: tuple[int, int] | None


def features(
    row: Mapping[str, Any], tokenize: Tokenize, *, length: int, stride: int
) -> tuple[list[tuple[int, int]], list[Feature]]:
    """Return the offsets of a row's context and one feature for each of its windows.

    row: the published columns; of several answers the first is the one to learn.
    length: tokens of context in a window, without the question and special tokens.

    Raises: ValueError as `windows`, and where an answer touches no token.
    """
    offsets = list(tokenize(row["context"]))
    texts, starts = row["answers"]["text"], row["answers"]["answer_start"]
    answer = None
    if len(texts):
        answer = to_tokens(offsets, starts[0], starts[0] + len(texts[0]))
        if answer is None:
            raise ValueError(f"the answer {texts[0]!r} of question {row['id']} has no token")
    spans = windows(len(offsets), length, stride)
    found = []
    for start, end in spans:
        inside = answer is not None and start <= answer[0] and answer[1] < end
        own = (answer[0] - start, answer[1] - start) if answer is not None and inside else None
        found.append(Feature(id=row["id"], start=start, end=end, answer=own))
    return offsets, found
