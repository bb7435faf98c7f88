"""Chapter 4: king − man + woman in the kingdom, over seeds and sizes of the text."""

from dataclasses import asdict
from typing import Any

from course_lib.data import kingdom
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.metrics.classification import wilson_interval
from course_lib.recipes.context import Context, Measured

NAME = "ch04_kingdom"
SEEDS = list(range(10))  # of the text and of the vectors
SIZES = [200, 500, 1000, 3000]
SETTINGS: dict[str, Any] = {"d_model": 20, "min_count": 1, "sample": 0, "epochs": 20}


def measure(n_sentences: int, seed: int) -> dict[str, float]:
    """Return the share of right analogies, whether the queen comes first, and how sure that is."""
    trainer = Word2Vec(Word2VecConfig(**SETTINGS, seed=seed))
    vectors = trainer.fit(kingdom.sentences(n_sentences, seed=seed), progress=False)
    asked = kingdom.analogies()
    right = [vectors.most_similar([a.b, a.c], a.a, topn=1)[0][0] == a.d for a in asked]
    first, second = vectors.most_similar(["king", "woman"], "man", topn=2)
    return {
        "accuracy": sum(right) / len(right),
        "queen_first": float(first[0] == "queen"),
        "queen_cosine": vectors.similarity("king", "queen"),
        "lead": first[1] - second[1],
    }


def run(context: Context) -> Measured:
    """Record {sentences: {accuracy, queen_first, …: one number a seed}}."""
    metrics: dict[str, Any] = {"n_analogies": len(kingdom.analogies()), "n_seeds": len(SEEDS)}
    for size in context.progress(SIZES, "kingdom"):
        found = [
            context.once(f"{size}-{seed}", lambda n=size, s=seed: measure(n, s))
            for seed in context.seeds
        ]
        column = {name: [piece[name] for piece in found] for name in found[0]}
        hits = wilson_interval(int(sum(column["queen_first"])), len(found))
        metrics[str(size)] = column | {"queen_interval": asdict(hits)}
    return Measured(metrics=metrics, data={"kingdom": f"{SIZES} sentences"})
