"""IMDb's reviews as one vector each, and a line between good and bad: what needs no fine-tuning."""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from torch import Tensor
from tqdm import tqdm

from course_lib.data.cache import cache_dir
from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word2vec import Word2Vec
from course_lib.embeddings.word2vec_config import Word2VecConfig
from course_lib.metrics.classification import accuracy
from course_lib.models.elmo import Elmo
from course_lib.recipes.axis.mean_vectors import mean_vectors
from course_lib.recipes.ch05.features import means_of_rows
from course_lib.recipes.ch06.imdb_task import MAX_TOKENS, last_tokens, parts, running_reviews
from course_lib.text.sentences import sentences
from course_lib.text.tokenize import WORD
from course_lib.training.pretrained_elmo import pretrained_elmo
from course_lib.training.state import load_state, save_state
from course_lib.training.weights import load_card

ELMO = "elmo_imdb"
D_VECTORS = 100
STRENGTHS = [0.1, 1.0, 10.0, 100.0]  # C, the inverse of the penalty
STRENGTHS_STANDARDISED = [0.0001, 0.001, 0.01, 0.1]


def tf_idf(folder: Path, budget: int, seed: int) -> dict[str, float]:
    """Weight single words and pairs of words by how rare they are; separate linearly."""
    vectorizer = TfidfVectorizer(token_pattern=WORD.pattern, ngram_range=(1, 2), sublinear_tf=True)
    imdb = parts(folder)
    texts = imdb.few(budget, seed).texts
    vectorizer.fit(texts)
    sides = [vectorizer.transform(side) for side in (texts, imdb.valid.texts, imdb.test.texts)]
    return _separated(folder, budget, seed, sides, STRENGTHS)


@cache
def _vectors(folder: Path) -> WordVectors:
    """Train word vectors on the training reviews, without their labels (chapter 4)."""
    rows, _ = running_reviews(parts(folder))
    return Word2Vec(Word2VecConfig(d_model=D_VECTORS)).fit(rows)


def word_vectors(folder: Path, budget: int, seed: int) -> dict[str, float]:
    """Average the vectors of a review's words; separate linearly."""
    imdb = parts(folder)
    texts = (imdb.few(budget, seed).texts, imdb.valid.texts, imdb.test.texts)
    sides = [mean_vectors(side, _vectors(folder)) for side in texts]
    return _separated(folder, budget, seed, sides, STRENGTHS)


@cache
def _elmo_means(folder: Path) -> dict[str, NDArray]:
    """Return the mean vectors of all reviews' last tokens, ELMo's layers side by side.

    They lie in a file for all processes: to read 50,000 reviews takes long.
    """
    imdb = parts(folder)
    key = repr((load_card(ELMO).sha256, imdb.fingerprint, MAX_TOKENS))
    path = cache_dir() / "runs" / f"{ELMO}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.state"
    if not path.exists():
        elmo = pretrained_elmo(ELMO)
        found = {s: _read(elmo, getattr(imdb, s).texts, s) for s in ("train", "valid", "test")}
        save_state(path, found)
    return {side: means.numpy() for side, means in load_state(path).items()}


def _read(elmo: Elmo, texts: Sequence[str], side: str) -> Tensor:
    found = []
    for start in tqdm(range(0, len(texts), 500), desc=f"ELMo, {side}"):
        rows = [last_tokens(list(sentences(text))) for text in texts[start : start + 500]]
        found.append(means_of_rows(elmo, rows).flatten(1))
    return torch.cat(found)


def read_with_elmo(folder: Path) -> int:
    """Read all reviews, if that was not done yet; return the width of a review's vector."""
    return _elmo_means(folder)["test"].shape[1]


def elmo_features(folder: Path, budget: int, seed: int) -> dict[str, float]:
    """Average a frozen ELMo's vectors over a review, its layers side by side; separate linearly."""
    means = _elmo_means(folder)
    mean, std = means["train"].mean(axis=0), means["train"].std(axis=0)  # no label is needed here
    few = means["train"][parts(folder).few_places(budget, seed)]
    sides = [(rows - mean) / std for rows in (few, means["valid"], means["test"])]
    return _separated(folder, budget, seed, sides, STRENGTHS_STANDARDISED)


def _separated(
    folder: Path, budget: int, seed: int, sides: Sequence[Any], strengths: Sequence[float]
) -> dict[str, float]:
    """Fit at each strength, keep the best on validation; return the error on test, 0 to 1.

    sides: one row a review, of the few labelled ones, of validation and of test.
    """
    imdb, (few, valid, test) = parts(folder), sides
    labels = imdb.few(budget, seed).labels
    models = [LogisticRegression(C=c, max_iter=3000).fit(few, labels) for c in strengths]
    model = max(models, key=lambda one: accuracy(imdb.valid.labels, one.predict(valid)))
    return {"error": 1 - accuracy(imdb.test.labels, model.predict(test)), "strength": model.C}
