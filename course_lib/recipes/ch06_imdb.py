"""Chapter 6: error against labels on IMDb: counts, word vectors, from scratch, ULMFiT, ablations.

Of each review the last 128 tokens are read by the networks, to fit two cores; counting and word
vectors read all of it. 2,000 training reviews choose settings; all 25,000 test reviews decide.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from course_lib.metrics.classification import accuracy
from course_lib.models.ulmfit_batches import text_ids
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.imdb_task import Imdb, Reviews, load_imdb, running_reviews
from course_lib.recipes.parallel import Piece, spread
from course_lib.recipes.ulmfit_runs import VARIANTS, Encoded, device, train
from course_lib.text.tokenize import WORD, words
from course_lib.training.pretrained_language import language_model
from course_lib.training.weights import load_card
from course_lib.transfer.ulmfit_stages import predict

NAME = "ch06_imdb"
SEEDS = [0, 1, 2]
NEEDS_DATA = True

SOURCE = "lm_imdb"
MAX_TOKENS = 128
BATCH = 32
EPOCHS = {100: 12, 500: 8, 2_500: 5, 10_000: 2, 23_000: 1}
RATE = {"ulmfit": [0.003, 0.01], "scratch": [0.001, 0.003]}
TUNING_BUDGET, TUNING_SEED = 500, 100
ABLATED_AT = 500
ABLATIONS = ["without_discriminative", "without_slanted", "without_gradual"]
STRENGTHS = [0.1, 1.0, 10.0, 100.0]
D_VECTORS = 100


@cache
def parts(folder: Path) -> Imdb:
    """Return the reviews; the same whenever asked."""
    return load_imdb(folder)


@cache
def _source():
    return language_model(SOURCE)


@cache
def _encoded(folder: Path, side: str) -> Encoded:
    reviews: Reviews = getattr(parts(folder), side)
    ids = text_ids(reviews.texts, _source()[1], max_tokens=MAX_TOKENS)
    return Encoded(ids=ids, labels=reviews.labels)


def network(folder: Path, way: str, lr: float, budget: int, seed: int, on: str) -> dict[str, float]:
    """Train once; return the error, 0 to 1, on the validation or the test part."""
    language, vocabulary = _source()
    few = parts(folder).few(budget, seed)
    few_ids = text_ids(few.texts, vocabulary, max_tokens=MAX_TOKENS)
    model, valid_accuracy, epoch = train(
        VARIANTS[way],
        language,
        Encoded(ids=few_ids, labels=few.labels),
        _encoded(folder, "valid"),
        2,
        lr=lr,
        epochs=EPOCHS[budget],
        batch_size=BATCH,
        seed=seed,
    )
    if on == "valid":
        return {"error": 1 - valid_accuracy, "epoch": epoch}
    test = _encoded(folder, "test")
    answers = predict(model, test.ids, batch_size=256, device=device())
    return {"error": 1 - accuracy(test.labels, answers), "epoch": epoch}


def tf_idf(folder: Path, budget: int, seed: int) -> dict[str, float]:
    """Weight single words and pairs of words by how rare they are; separate linearly."""
    vectorizer = TfidfVectorizer(token_pattern=WORD.pattern, ngram_range=(1, 2), sublinear_tf=True)
    imdb = parts(folder)
    few = imdb.few(budget, seed)
    vectorizer.fit(few.texts)
    return _linear(vectorizer.transform, imdb, few)


@cache
def _vectors(folder: Path):
    """Train word vectors on the training reviews, without their labels (chapter 4)."""
    from course_lib.embeddings.word2vec import Word2Vec
    from course_lib.embeddings.word2vec_config import Word2VecConfig

    sentences, _ = running_reviews(parts(folder))
    return Word2Vec(Word2VecConfig(d_model=D_VECTORS)).fit(sentences)


def word_vectors(folder: Path, budget: int, seed: int) -> dict[str, float]:
    """Average the vectors of a review's words; separate linearly."""
    vectors = _vectors(folder)
    places = {word: i for i, word in enumerate(vectors.words)}

    def means(texts: list[str]) -> np.ndarray:
        rows = np.zeros((len(texts), vectors.matrix.shape[1]), dtype=np.float32)
        for i, text in enumerate(texts):
            known = [places[word] for word in words(text) if word in places]
            if known:
                rows[i] = vectors.matrix[known].mean(axis=0)
        return rows

    imdb = parts(folder)
    return _linear(means, imdb, imdb.few(budget, seed))


def _linear(features: Callable, imdb: Imdb, few: Reviews) -> dict[str, float]:
    train_rows, valid, test = (features(side.texts) for side in (few, imdb.valid, imdb.test))
    models = [
        LogisticRegression(C=strength, max_iter=3000).fit(train_rows, few.labels)
        for strength in STRENGTHS
    ]
    model = max(models, key=lambda one: accuracy(imdb.valid.labels, one.predict(valid)))
    return {"error": 1 - accuracy(imdb.test.labels, model.predict(test)), "strength": model.C}


def run(context: Context) -> Measured:
    """Choose a rate a way at one budget on validation, then measure on test."""
    folder = context.need_data("imdb")
    tuning: dict[str, Piece] = {
        f"valid/{way}/{lr}": (network, (folder, way, lr, TUNING_BUDGET, TUNING_SEED, "valid"))
        for way, rates in RATE.items()
        for lr in rates
    }
    found = spread(context, tuning, "choosing rates")
    rate = {
        way: min(rates, key=lambda lr, w=way: found[f"valid/{w}/{lr}"]["error"])
        for way, rates in RATE.items()
    }
    pieces: dict[str, Piece] = {}
    for seed in context.seeds:
        for budget in EPOCHS:
            for way in RATE:
                args = (folder, way, rate[way], budget, seed, "test")
                pieces[f"{way}/{budget}/{seed}"] = (network, args)
            pieces[f"tf_idf/{budget}/{seed}"] = (tf_idf, (folder, budget, seed))
            pieces[f"word_vectors/{budget}/{seed}"] = (word_vectors, (folder, budget, seed))
        for way in ABLATIONS:
            args = (folder, way, rate["ulmfit"], ABLATED_AT, seed, "test")
            pieces[f"{way}/{ABLATED_AT}/{seed}"] = (network, args)
    values = spread(context, pieces, "training")
    error: dict[str, dict[str, list[float]]] = {}
    for key in pieces:
        way, budget, _ = key.split("/")
        error.setdefault(way, {}).setdefault(budget, []).append(values[key]["error"])
    imdb = parts(folder)
    return Measured(
        metrics={
            "error": error,
            "rate": rate,
            "max_tokens": MAX_TOKENS,
            "n_test": len(imdb.test.texts),
            "n_valid": len(imdb.valid.texts),
        },
        data={
            "imdb": f"sha256 {imdb.fingerprint[:16]}",
            "checkpoint": f"{SOURCE}, sha256 {load_card(SOURCE).sha256[:12]}",
        },
    )
