"""Curve of the axis: word2vec vectors of the docs text, averaged, and logistic regression.

The vectors saw no module of which a passage is tested or validated on. Their words carry what all
of the text says about them; the labels only have to say which direction is which library.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.data.running_text import load_docs_text
from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.metrics.classification import accuracy
from course_lib.recipes.axis_common import SEEDS, Trial, record_curve
from course_lib.recipes.context import Context, Measured
from course_lib.text.tokenize import words

NAME = "axis_word2vec"
__all__ = ["NAME", "SEEDS", "run"]

STRENGTHS = [0.001, 0.01, 0.1, 1.0]  # C, the inverse of the penalty
RARE = 1e-3  # a word of share f weighs RARE / (RARE + f) in the weighted mean


@cache
def pretrained(seed: int) -> tuple[WordVectors, NDArray]:
    """Return vectors and each word's share of the text; one worker, so that a seed is a result."""
    trainer = Word2Vec(Word2VecConfig(epochs=5, seed=seed))
    vectors = trainer.fit(load_docs_text(punctuation=False).train)
    assert trainer.counts is not None
    return vectors, trainer.counts.counts / trainer.counts.total


def features(texts: list[str], vectors: WordVectors, weights: NDArray) -> NDArray:
    """Return the weighted mean of the unit vectors of a text's known words; zeros without any.

    Weights by rarity: Arora et al. 2017, equation 1.
    """
    rows = np.zeros((len(texts), vectors.d_model))
    for row, text in zip(rows, texts, strict=True):
        ids = [vectors.ids[word] for word in words(text) if word in vectors]
        if ids:
            row[:] = weights[ids] @ vectors.unit[ids] / weights[ids].sum()
    return rows


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Average, plainly and by rarity; separate linearly; choose on validation."""
    vectors, shares = pretrained(seed)
    trials = []
    for name, weights in {"mean": np.ones(len(shares)), "rarity": RARE / (RARE + shares)}.items():
        train, valid, test = (
            features(side.texts, vectors, weights) for side in (few, task.valid, task.test)
        )
        mean, scale = train.mean(axis=0), train.std(axis=0) + 1e-6
        train, valid, test = ((side - mean) / scale for side in (train, valid, test))
        for strength in STRENGTHS:
            model = LogisticRegression(C=strength, max_iter=3000).fit(train, few.labels)
            trials.append(
                Trial(
                    choice=f"{name} C={strength}",
                    valid_accuracy=accuracy(task.valid.labels, model.predict(valid)),
                    predictions=model.predict(test).tolist(),
                    vocab_size=len(vectors),
                )
            )
    return trials


def run(context: Context) -> Measured:
    """Record the curve."""
    return record_curve(context, method)
