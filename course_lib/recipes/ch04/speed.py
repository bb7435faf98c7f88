"""Chapter 4: words per second of our compiled word2vec, of gensim's, and of the torch reference.

Rounds in which ours and gensim's take turns, on the same text with equal settings and 2 workers.
The time is that of the clock, and that of the processor, added up over threads: in the second other
work on the machine does not count. gensim is needed for this recipe only.
"""

import time
from collections.abc import Callable
from typing import Any

from course_lib.data.running_text import load_docs_text
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.recipes.context import Context, Measured

NAME = "ch04_speed"
SEEDS = [0, 1, 2, 3, 4]  # rounds
WORKERS = 2
SENTENCES = 60_000
SETTINGS: dict[str, Any] = {"window": 5, "negative": 5, "sample": 1e-3, "min_count": 5}
Sentences = list[list[str]]


def timed(train: Callable[[], Any], n_words: int) -> dict[str, float]:
    """Return words per second of the clock, and per second of one processor core."""
    wall, core = time.perf_counter(), time.process_time()
    train()
    wall, core = time.perf_counter() - wall, time.process_time() - core
    return {"wall": n_words / wall, "core": n_words / core}


def ours(text: Sentences, seed: int, **settings: Any) -> dict[str, float]:
    """Time whole runs of one epoch and of three: the difference is two epochs, without counting."""
    found = []
    for epochs in (1, 3):
        trainer = Word2Vec(Word2VecConfig(**SETTINGS | settings, epochs=epochs, seed=seed))
        wall, core = time.perf_counter(), time.process_time()
        trainer.fit(text, progress=False)
        found.append((time.perf_counter() - wall, time.process_time() - core))
        assert trainer.counts is not None
        words = 2 * trainer.counts.total
    (wall_1, core_1), (wall_3, core_3) = found
    return {"wall": words / (wall_3 - wall_1), "core": words / (core_3 - core_1)}


def gensims(text: Sentences, seed: int) -> dict[str, float]:
    """Time two epochs of gensim's training, without counting."""
    from gensim.models import Word2Vec as Theirs

    model = Theirs(**SETTINGS, sg=1, vector_size=100, workers=WORKERS, seed=seed + 1)
    model.build_vocab(text)
    words = 2 * sum(model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key)
    return timed(lambda: model.train(text, total_examples=len(text), epochs=2), words)


def one_round(text: Sentences, seed: int) -> dict[str, dict[str, float]]:
    """Measure everything once; ours and gensim's straight after each other."""
    return {
        "ours": ours(text, seed, workers=WORKERS),
        "gensim": gensims(text, seed),
        "narrow": ours(text, seed, workers=WORKERS, d_model=4),
        "torch": ours(text[:1500], seed, engine="torch"),
    }


def run(context: Context) -> Measured:
    """Record {who: {wall, core: one number a round}} and the ratios of each round."""
    sides = load_docs_text(punctuation=False)
    text = sides.train[:SENTENCES]
    ours(text[:2000], 0)  # compiles
    rounds = [
        context.once(f"round-{seed}", lambda s=seed: one_round(text, s))
        for seed in context.progress(context.seeds, "rounds")
    ]
    metrics: dict[str, Any] = {
        who: {kind: [r[who][kind] for r in rounds] for kind in ("wall", "core")}
        for who in rounds[0]
    }
    for kind in ("wall", "core"):
        metrics[f"ratio_{kind}"] = [r["ours"][kind] / r["gensim"][kind] for r in rounds]
    metrics["torch_ratio"] = [r["ours"]["core"] / r["torch"]["core"] for r in rounds]
    # a word costs 1 / speed; what is left with 4 numbers a vector is no arithmetic on vectors
    metrics["share_of_vectors"] = [1 - r["ours"]["core"] / r["narrow"]["core"] for r in rounds]
    metrics["n_words"] = sum(map(len, text))
    metrics["workers"] = WORKERS
    return Measured(metrics=metrics, data={"docs text, train": f"sha256 {sides.fingerprint[:16]}"})
