"""Two tests of word vectors: analogies (a : b = c : ?) and likeness as people judge it.

Axes: Q questions, V words, D numbers a word.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Int64

from course_lib.embeddings.vectors import WordVectors, must_restrict
from course_lib.embeddings.word_likeness import LikenessResult, similarity
from course_lib.errors import CourseError
from course_lib.metrics.classification import Interval, wilson_interval

__all__ = ["AnalogyResult", "LikenessResult", "Score", "evaluate", "questions", "similarity"]

SCORES = 1 << 24  # computed at a time: 64 MiB, however many words there are


@dataclass(frozen=True)
class Score:
    """Right answers among the questions that could be asked; `skipped` had an unknown word."""

    correct: int
    total: int
    skipped: int = 0

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 to 1; NaN where nothing could be asked."""
        return self.correct / self.total if self.total else math.nan

    def interval(self) -> Interval:
        """Return Wilson's interval of 95 %, as if the questions had nothing to do with each other.

        They have: a section asks every pair of words against every other. See
        AnalogyResult.interval_by_section.

        Raises: ValueError where nothing could be asked.
        """
        return wilson_interval(self.correct, self.total)


@dataclass(frozen=True)
class AnalogyResult(Score):
    """The score in all, and by section in the order of the file."""

    sections: dict[str, Score] = field(default_factory=dict)

    def interval_by_section(self, n_draws: int = 2000, seed: int = 0) -> Interval:
        """Return the interval of 95 % over draws of whole sections (Efron 1979, percentiles).

        It says how much the score depends on which kinds of analogy were asked.

        Raises: ValueError where fewer than two sections could be asked.
        """
        asked = [score for score in self.sections.values() if score.total]
        correct = np.array([score.correct for score in asked])
        total = np.array([score.total for score in asked])
        draws = _draws(len(asked), n_draws, seed)
        return _middle(correct[draws].sum(axis=1) / total[draws].sum(axis=1))

    def difference_by_section(
        self, other: "AnalogyResult", n_draws: int = 2000, seed: int = 0
    ) -> Interval:
        """Return the interval of 95 % of this accuracy minus another's, drawing whole sections.

        Narrower than two intervals side by side: a section that is hard is hard for both.

        Raises: ValueError where the two did not ask equally many questions in the same sections,
        or in fewer than two.
        """
        asked = {name: score.total for name, score in self.sections.items() if score.total}
        theirs = {name: score.total for name, score in other.sections.items() if score.total}
        if asked != theirs:
            raise ValueError(
                "a difference needs the same questions on both sides; "
                f"received {sum(asked.values())} and {sum(theirs.values())}, by section "
                f"{asked} and {theirs}. Give both the same file, and vectors of the same words"
            )
        more = np.array(
            [self.sections[name].correct - other.sections[name].correct for name in asked]
        )
        total = np.array(list(asked.values()))
        draws = _draws(len(asked), n_draws, seed)
        return _middle(more[draws].sum(axis=1) / total[draws].sum(axis=1))


def _draws(n_sections: int, n_draws: int, seed: int) -> Int64[np.ndarray, "n_draws n_sections"]:
    if n_sections < 2:
        raise ValueError(f"draws of sections need 2 or more, received {n_sections}")
    return np.random.default_rng(seed).integers(n_sections, size=(n_draws, n_sections))


def _middle(values: Float64[np.ndarray, " n_draws"]) -> Interval:
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(float(low), float(high))


def questions(path: Path | str) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield each section's name with its questions of four words (lines that begin with `:`).

    Raises: CourseError for a question before the first section, or a line without four words.
    """
    name, found = None, []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith(":"):
            if name is not None:
                yield name, found
            name, found = line[1:].strip(), []
            continue
        words = line.split()
        if not words:
            continue
        if name is None or len(words) != 4:
            raise CourseError(
                "lines of four words, below lines `: section`",
                f"line {number} of {Path(path).name}: {line[:60]!r}",
                "give a file in the format of questions-words.txt",
            )
        found.append(words)
    if name is not None:
        yield name, found


def evaluate(
    vectors: WordVectors,
    path: Path | str,
    restrict: int | None = 30_000,
    *,
    method: str = "3cosadd",
) -> AnalogyResult:
    """Ask the analogies of a file: which word is to c as b is to a?

    The answer is the word x, not of the question, for which cos(x, b) − cos(x, a) + cos(x, c) is
    largest (3CosAdd), or cos(x, b) · cos(x, c) / (cos(x, a) + 10⁻⁶) with cosines moved to 0 .. 1
    (3CosMul). Upper and lower case count as one; of words that differ in case only, the first is
    meant. Questions with an unknown word are left out and counted.

    restrict: only the first so many words are known, and answers are taken from them; None: all.

    Paper: Mikolov et al. 2013a, section 4 (3CosAdd); Levy & Goldberg 2014b, equation 4 (3CosMul).
    Differs from the papers: case is folded, as word2vec.c's compute-accuracy and gensim do it.
    Raises: ValueError for an unknown method or restrict below 1; CourseError for another format
    or a file without a question.
    """
    method = method.lower()
    if method not in ("3cosadd", "3cosmul"):
        raise ValueError(f"method is '3CosAdd' or '3CosMul', received {method!r}")
    must_restrict(restrict)
    folded = [word.upper() for word in vectors.words[:restrict]]
    first = {word: i for i, word in reversed(list(enumerate(folded)))}
    meant = np.array([first[word] for word in folded], dtype=np.int64)
    unit = vectors.unit[:restrict]
    step = max(1, SCORES // max(1, len(unit)))
    sections: dict[str, Score] = {}
    for name, asked in questions(path):
        upper = [[word.upper() for word in question] for question in asked]
        ids = [[first[word] for word in q] for q in upper if all(word in first for word in q)]
        correct = 0
        for start in range(0, len(ids), step):
            batch = np.array(ids[start : start + step], dtype=np.int64)
            answers = _answers(unit, batch[:, :3], meant, method)
            correct += int(((meant[answers] == batch[:, 3]) & (answers >= 0)).sum())
        old = sections.get(name, Score(0, 0))
        sections[name] = Score(
            old.correct + correct, old.total + len(ids), old.skipped + len(asked) - len(ids)
        )
    scores = sections.values()
    if not any(s.total + s.skipped for s in scores):
        raise CourseError(
            "sections of questions",
            f"none in {Path(path).name}",
            "give a file in the format of questions-words.txt",
        )
    return AnalogyResult(
        sum(s.correct for s in scores),
        sum(s.total for s in scores),
        sum(s.skipped for s in scores),
        sections,
    )


def _answers(
    unit: Float32[np.ndarray, "V D"],
    asked: Int64[np.ndarray, "Q 3"],
    meant: Int64[np.ndarray, " V"],
    method: str,
) -> Int64[np.ndarray, " Q"]:
    """Return the best word for each question, −1 where its own words, which are out, are all."""
    a, b, c = (unit[asked[:, i]] for i in range(3))
    if method == "3cosadd":
        scores = (b - a + c) @ unit.T  # (Q, V)
    else:
        to_a, to_b, to_c = ((1 + vectors @ unit.T) / 2 for vectors in (a, b, c))
        scores = to_b * to_c / (to_a + np.float32(1e-6))
    same = (meant[None, :, None] == asked[:, None, :]).any(axis=2) if _has_doubles(meant) else None
    if same is None:
        np.put_along_axis(scores, asked, -np.inf, axis=1)
    else:
        scores[same] = -np.inf
    best = scores.argmax(axis=1)
    return np.where(np.isfinite(scores[np.arange(len(best)), best]), best, -1)


def _has_doubles(meant: Int64[np.ndarray, " V"]) -> bool:
    return bool((meant != np.arange(len(meant))).any())
