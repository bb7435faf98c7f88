"""Chapter 4: vectors of the docs corpus by skip-gram (ours, gensim's), CBOW, PMI and GloVe.

gensim is needed for this recipe only. Speeds are of neighbours in time: ours and gensim's in turn.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.data import docs_analogies
from course_lib.data.running_text import load_docs_text
from course_lib.embeddings.analogies import AnalogyResult, Score, evaluate
from course_lib.embeddings.cooccurrence import cooccurrences
from course_lib.embeddings.glove import Glove, GloveConfig
from course_lib.embeddings.pmi import best_scores, pmi, shifted_positive, svd_vectors
from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.embeddings.word2vec_counts import count_words, noise_distribution
from course_lib.recipes.ch04.word_pairs import judged
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured

NAME = "ch04_vectors"
SEEDS = [0, 1, 2]
WORKERS = 2
EPOCHS = 5
OFTEN = 100  # pairs that occur so often are compared with their mutual information
SHOWN = ["array", "minimum", "run", "monday", "kernel", "axis"]
Sentences = list[list[str]]
Trained = tuple[WordVectors, float]


def skip_gram(text: Sentences, seed: int) -> Trained:
    """Ours."""
    trainer = Word2Vec(Word2VecConfig(workers=WORKERS, epochs=EPOCHS, seed=seed))
    return trainer.fit(text), trainer.words_per_second


def gensim_skip_gram(text: Sentences, seed: int) -> Trained:
    """gensim's, with equal settings; its words per second count as ours."""
    from gensim.models import Word2Vec as Theirs

    model = Theirs(
        vector_size=100, window=5, negative=5, sample=1e-3, sg=1, min_count=5, workers=WORKERS,
        epochs=EPOCHS, seed=seed + 1,
    )  # fmt: skip
    model.build_vocab(text)
    words = [str(word) for word in model.wv.index_to_key]
    total = sum(model.wv.get_vecattr(word, "count") for word in words)
    start = time.perf_counter()
    model.train(text, total_examples=model.corpus_count, epochs=EPOCHS)
    return WordVectors(words, model.wv.vectors), total * EPOCHS / (time.perf_counter() - start)


def cbow(text: Sentences, seed: int) -> Trained:
    """CBOW; its correct gradient is smaller than word2vec.c's, and takes a larger rate."""
    config = Word2VecConfig(algorithm="cbow", rate=0.1, workers=WORKERS, epochs=EPOCHS, seed=seed)
    trainer = Word2Vec(config)
    return trainer.fit(text), trainer.words_per_second


def counted(text: Sentences, seed: int) -> Trained:
    """Shifted positive PMI (shift log 1) and a singular value decomposition."""
    start = time.perf_counter()
    words = count_words(text, 5).words
    scores = shifted_positive(pmi(cooccurrences(text, words, 5, "window")))
    vectors = svd_vectors(words, scores, 100, seed=seed)
    return vectors, sum(map(len, text)) / (time.perf_counter() - start)


def glove(text: Sentences, seed: int) -> Trained:
    """GloVe with the settings of the paper but for fewer epochs: 15."""
    start = time.perf_counter()
    vectors = Glove(GloveConfig(epochs=15, seed=seed)).fit(text)
    return vectors, 15 * sum(map(len, text)) / (time.perf_counter() - start)


WAYS: dict[str, Callable[[Sentences, int], Trained]] = {
    "skip_gram": skip_gram,
    "gensim": gensim_skip_gram,
    "cbow": cbow,
    "pmi": counted,
    "glove": glove,
}


def measure(text: Sentences, way: str, seed: int) -> dict[str, Any]:
    """Train one way; ask the analogies and the word pairs."""
    vectors, speed = WAYS[way](text, seed)
    return {"words_per_second": speed} | asked(vectors)


def asked(vectors: WordVectors) -> dict[str, Any]:
    """Return how vectors answer the analogies and the word pairs, and some neighbours."""
    with tempfile.TemporaryDirectory() as folder:
        path = docs_analogies.write(Path(folder) / "docs-analogies.txt")
        found = {m: evaluate(vectors, path, method=m) for m in ("3cosadd", "3cosmul")}
    result = found["3cosadd"]
    near = {word: vectors.most_similar(word, topn=5) for word in SHOWN}
    return {
        "accuracy": result.accuracy,
        "accuracy_3cosmul": found["3cosmul"].accuracy,
        "total": result.total,
        "skipped": result.skipped,
        "interval": asdict(result.interval()),
        "interval_by_section": asdict(result.interval_by_section()),
        "sections": {name: asdict(score) for name, score in result.sections.items()},
        "pairs": judged(vectors),
        "neighbours": {word: ", ".join(other for other, _ in near[word]) for word in SHOWN},
    }


def beside(one: dict[str, Any], other: dict[str, Any]) -> dict[str, float]:
    """Return the interval of one way's accuracy minus another's, as `measure` found them."""
    first, second = (
        AnalogyResult(0, 0, sections={name: Score(**own) for name, own in way["sections"].items()})
        for way in (one, other)
    )
    return asdict(first.difference_by_section(second))


def against_pmi(text: Sentences, seed: int) -> dict[str, float]:
    """Compare w · c with its optimum, log true / false, for pairs that occur often.

    Trained with a fixed window and without thinning out, so that the counts are those of training.
    """
    trainer = Word2Vec(
        Word2VecConfig(
            window=2, shrink_window=False, sample=0, epochs=5, workers=WORKERS, seed=seed
        )
    )
    vectors = trainer.fit(text)
    assert trainer.counts is not None
    assert trainer.context_vectors is not None
    counts = cooccurrences(text, vectors.words, 2)
    optimum = best_scores(counts, noise_distribution(trainer.counts.counts), 5)
    often = counts.tocoo()
    kept = often.data >= OFTEN
    rows, columns = often.row[kept], often.col[kept]
    scores = (vectors.matrix[rows] * trainer.context_vectors.matrix[columns]).sum(axis=1)
    wanted = optimum[rows, columns]
    return {
        "n_pairs": len(rows),
        "correlation": float(np.corrcoef(scores, wanted)[0, 1]),
        "mean_score": float(scores.mean()),
        "mean_optimum": float(wanted.mean()),
    }


def torch_speed(text: Sentences, seed: int) -> float:
    """Words per second of the reference, on the first sentences."""
    trainer = Word2Vec(Word2VecConfig(engine="torch", epochs=1, seed=seed))
    trainer.fit(text[:3000])
    return trainer.words_per_second


def run(context: Context) -> Measured:
    """Record {way: {accuracy, …: one number a seed}}, speeds and the relation to PMI."""
    sides = load_docs_text(punctuation=False)
    text = sides.train
    pieces = [(way, seed) for seed in context.seeds for way in WAYS]
    found = {
        (way, seed): context.once(f"{way}-{seed}", lambda w=way, s=seed: measure(text, w, s))
        for way, seed in context.progress(pieces, "vectors")
    }
    metrics: dict[str, Any] = {
        way: columns([found[way, seed] for seed in context.seeds]) for way in WAYS
    }
    for way in WAYS:
        theirs = [beside(found[way, s], found["skip_gram", s]) for s in context.seeds]
        metrics[way]["minus_skip_gram"] = columns(theirs)
    speeds = zip(
        metrics["skip_gram"]["words_per_second"], metrics["gensim"]["words_per_second"], strict=True
    )
    metrics["speed_ratio"] = [ours / theirs for ours, theirs in speeds]
    slow = [context.once(f"torch-{s}", lambda s=s: torch_speed(text, s)) for s in context.seeds]
    metrics["torch_words_per_second"] = slow
    metrics["torch_ratio"] = [
        fast / one for fast, one in zip(metrics["skip_gram"]["words_per_second"], slow, strict=True)
    ]
    metrics["against_pmi"] = columns(
        [context.once(f"against-{s}", lambda s=s: against_pmi(text, s)) for s in context.seeds]
    )
    counts = count_words(text, 5)
    metrics["text"] = {"words": sum(map(len, text)), "vocab_size": len(counts.words)}
    return Measured(metrics=metrics, data={"docs text, train": f"sha256 {sides.fingerprint[:16]}"})
