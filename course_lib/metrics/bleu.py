"""BLEU, by sacrebleu, whose result says how it was computed."""

from collections.abc import Sequence
from typing import Any

from course_lib.errors import CourseError


def corpus_bleu(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    lowercase: bool = False,
    tokenize: str = "13a",
) -> "Bleu":
    """Return the corpus's BLEU.

    references: by stream. `[german]` is one reference for each hypothesis; `[first, second]` two,
        each list as long as the hypotheses. (sacrebleu itself takes a list by sentence without a
        word and scores the first sentence alone.)

    Paper: Papineni et al., 2002; Post, 2018, arXiv:1804.08771 (the signature).
    Returns: `.score`, 0 to 100, and `.signature`, which belongs beside it.
    Raises: CourseError for references of another shape, or for none.
    """
    from sacrebleu.metrics.bleu import BLEU

    streams = _streams(hypotheses, references)
    metric = BLEU(lowercase=lowercase, tokenize=tokenize)
    found = metric.corpus_score(list(hypotheses), streams)
    return Bleu(float(found.score), str(metric.get_signature()), list(found.precisions))


class Bleu:
    """A score and how it was computed.

    score: 0 to 100. signature: sacrebleu's. precisions: of 1- to 4-grams, percent.
    """

    def __init__(self, score: float, signature: str, precisions: list[float]) -> None:
        self.score, self.signature, self.precisions = score, signature, precisions

    def __repr__(self) -> str:
        return f"BLEU {self.score:.1f} ({self.signature})"


def _streams(hypotheses: Any, references: Any) -> list[list[str]]:
    wanted = "references by stream: one list or more, each with one text a hypothesis"
    if isinstance(hypotheses, str) or not all(isinstance(text, str) for text in hypotheses):
        raise CourseError("a list of texts as hypotheses", _kind(hypotheses), "give [text, ...]")
    if isinstance(references, str) or any(isinstance(stream, str) for stream in references):
        raise CourseError(
            wanted, "a flat list of texts", "wrap it: corpus_bleu(texts, [references])"
        )
    streams = [list(stream) for stream in references]
    lengths = [len(stream) for stream in streams]
    if not streams or not len(hypotheses):
        raise CourseError(wanted, "nothing to compare", "give texts and references")
    if set(lengths) != {len(hypotheses)}:
        by_sentence = len(streams) == len(hypotheses)
        raise CourseError(
            wanted,
            f"{len(hypotheses)} hypotheses and lists of {sorted(set(lengths))} references",
            "turn a list by sentence round: list(zip(*references))"
            if by_sentence
            else "give as many references in each list as there are hypotheses",
        )
    if not all(isinstance(text, str) for stream in streams for text in stream):
        raise CourseError(
            wanted, "references that are no texts", "give texts, '' for a missing one"
        )
    return streams


def _kind(value: object) -> str:
    return "one text" if isinstance(value, str) else "something other than texts"
