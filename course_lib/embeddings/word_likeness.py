"""Likeness of word pairs: does the cosine order them as people do? Axes: P pairs."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from course_lib.embeddings.vectors import WordVectors, must_restrict
from course_lib.errors import CourseError
from course_lib.metrics.classification import Interval


@dataclass(frozen=True)
class LikenessResult:
    """How well two orders of word pairs agree.

    spearman: rank correlation, −1 to 1, over the covered pairs; NaN where there are too few.
    covered: pairs of which both words have a vector. total: pairs of the file.
    skipped_lines: lines without two words and a number, such as a line of titles.
    """

    spearman: float
    covered: int
    total: int
    skipped_lines: int = 0

    def interval(self, z: float = 1.959964) -> Interval:
        """Return the interval of the rank correlation, 95 % by default.

        Fisher's transformation, with the variance (1 + ρ²/2) / (P − 3) for ranks.

        Paper: Bonett & Wright 2000, Psychometrika 65.
        Raises: ValueError with fewer than 4 covered pairs, and where the correlation is 1 or −1:
        the transformation has no finite value there.
        """
        if self.covered < 4 or math.isnan(self.spearman):
            raise ValueError(f"an interval needs 4 pairs or more, received {self.covered}")
        if abs(self.spearman) == 1:
            raise ValueError(f"no interval around a correlation of {self.spearman:g}")
        spread = z * math.sqrt((1 + self.spearman**2 / 2) / (self.covered - 3))
        centre = math.atanh(self.spearman)
        return Interval(math.tanh(centre - spread), math.tanh(centre + spread))


def similarity(
    vectors: WordVectors, path: Path | str, restrict: int | None = None
) -> LikenessResult:
    """Compare cosines with people's judgements: lines of `word TAB word TAB number`.

    Case is folded as in `evaluate`; pairs with an unknown word are left out and counted; lines that
    begin with # are comments.

    restrict: only the first so many words are known.

    Raises: ValueError for restrict below 1; CourseError where the file has no pair at all.
    """
    must_restrict(restrict)
    words = vectors.words[:restrict]
    first = {word.upper(): i for i, word in reversed(list(enumerate(words)))}
    judged, cosines, total, skipped = [], [], 0, 0
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        try:
            one, other, number = line.split("\t")
            value = float(number)
        except ValueError:
            skipped += 1
            continue
        total += 1
        ids = [first.get(word.upper()) for word in (one, other)]
        if None not in ids:
            judged.append(value)
            cosines.append(float(vectors.unit[ids[0]] @ vectors.unit[ids[1]]))
    if total == 0:
        raise CourseError(
            "lines of two words and a number, between tabs",
            f"{skipped} other lines in {Path(path).name}",
            "give a file of word pairs with judgements",
        )
    varied = len(judged) > 1 and np.ptp(judged) > 0 and np.ptp(cosines) > 0
    rho = float(np.asarray(spearmanr(judged, cosines))[0]) if varied else math.nan
    return LikenessResult(rho, len(judged), total, skipped)
