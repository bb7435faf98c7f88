"""Chapter 4: GloVe on the docs corpus, against the count from which on a pair weighs fully."""

from typing import Any

from course_lib.data.running_text import load_docs_text
from course_lib.embeddings.glove import Glove, GloveConfig
from course_lib.recipes.ch04.vectors import Sentences, asked, beside
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.training.results import load_result

NAME = "ch04_glove"
SEEDS = [0, 1, 2]
EPOCHS = 15  # the authors' program for small text
# the paper's is 100, that of the authors' program for small text 10
X_MAX = [1, 10, 100]


def measure(text: Sentences, x_max: int, seed: int) -> dict[str, Any]:
    """Fit GloVe with one x_max; ask what the other ways of chapter 4 are asked."""
    trainer = Glove(GloveConfig(x_max=x_max, epochs=EPOCHS, seed=seed))
    found = asked(trainer.fit(text, progress=False))
    return found | {"last_loss": trainer.losses[-1]}


def skip_gram_sections(seed: int) -> dict[str, Any]:
    """Return how the recorded skip-gram vectors of a seed answered, section by section."""
    record = load_result("ch04_vectors")
    at = record.seeds.index(seed)
    sections = record.metrics["skip_gram"]["sections"]
    return {
        "sections": {
            name: {what: values[at] for what, values in score.items()}
            for name, score in sections.items()
        }
    }


def run(context: Context) -> Measured:
    """Record {x_max: {accuracy, …: one number a seed}} and differences to skip-gram."""
    sides = load_docs_text(punctuation=False)
    pieces = [(x_max, seed) for seed in context.seeds for x_max in X_MAX]
    found = {
        (x, seed): context.once(f"{x}-{seed}", lambda x=x, s=seed: measure(sides.train, x, s))
        for x, seed in context.progress(pieces, "GloVe")
    }
    metrics: dict[str, Any] = {"epochs": EPOCHS}
    for x in X_MAX:
        own = [found[x, seed] for seed in context.seeds]
        theirs = [skip_gram_sections(seed) for seed in context.seeds]
        differences = [beside(one, other) for one, other in zip(own, theirs, strict=True)]
        metrics[str(x)] = columns(own) | {"minus_skip_gram": columns(differences)}
    return Measured(metrics=metrics, data={"docs text, train": f"sha256 {sides.fingerprint[:16]}"})
