"""Curve of the axis: word2vec vectors of the docs text, averaged, and logistic regression.

The vectors saw no module of which a passage is tested or validated on. Their words carry what all
of the text says about them; the labels only have to say which direction is which library.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.data.running_text import load_docs_text
from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.recipes.axis.common import SEEDS, Trial, record_curve
from course_lib.recipes.axis.linear import linear_trials
from course_lib.recipes.axis.mean_vectors import mean_vectors
from course_lib.recipes.context import Context, Measured

NAME = "axis_word2vec"
__all__ = ["NAME", "SEEDS", "run"]

STRENGTHS = [0.001, 0.01, 0.1, 1.0]  # C, the inverse of the penalty
RARE = 1e-3  # a word of share f weighs RARE / (RARE + f): Arora et al. 2017, equation 1


@cache
def pretrained(seed: int) -> tuple[WordVectors, NDArray]:
    """Return vectors and each word's share of the text; one worker, so that a seed is a result."""
    trainer = Word2Vec(Word2VecConfig(epochs=5, seed=seed))
    vectors = trainer.fit(load_docs_text(punctuation=False).train)
    assert trainer.counts is not None
    return vectors, trainer.counts.counts / trainer.counts.total


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Average, plainly and by rarity; separate linearly; choose on validation."""
    vectors, shares = pretrained(seed)
    trials = []
    for name, weights in {"mean": np.ones(len(shares)), "rarity": RARE / (RARE + shares)}.items():
        train, valid, test = (
            mean_vectors(side.texts, vectors, weights) for side in (few, task.valid, task.test)
        )
        mean, scale = train.mean(axis=0), train.std(axis=0) + 1e-6
        sides = [(side - mean) / scale for side in (train, valid, test)]
        trials += linear_trials(
            task, few, sides, STRENGTHS, vocab_size=len(vectors), prefix=f"{name} "
        )
    return trials


def run(context: Context) -> Measured:
    """Record the curve."""
    return record_curve(context, method)
