"""What the curves of the axis share: budgets, seeds, choice on validation, the shape of a record.

A curve's record has metrics {"accuracy": {"4": [one number a seed], …}, "macro_f1": …, "choice": …}
so that one figure draws all curves.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from course_lib.data import docs, library_task
from course_lib.data.library_task import BUDGETS, LibraryTask, Passages
from course_lib.metrics.classification import accuracy, macro_f1, wilson_interval
from course_lib.recipes.context import Context, Measured

SEEDS = [0, 1, 2, 3, 4]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One setting of one method, trained: what it answers, and how it did where we may look.

    valid_accuracy: decides between settings; the test passages never do.
    """

    choice: str
    valid_accuracy: float
    predictions: Sequence[int]
    vocab_size: int


Method = Callable[[LibraryTask, Passages, int], list[Trial]]


def best(trials: Sequence[Trial]) -> Trial:
    """Return the trial that is best on validation; the first of equals."""
    return max(trials, key=lambda trial: trial.valid_accuracy)


def shuffled_labels(few: Passages, seed: int) -> Passages:
    """Return the passages with their labels dealt out at random: nothing is left to learn."""
    labels = list(few.labels)
    random.Random(f"shuffle {seed}").shuffle(labels)
    return Passages(texts=few.texts, labels=labels, objects=few.objects, modules=few.modules)


def score(
    method: Method, task: LibraryTask, budget: int, seed: int, *, shuffled: bool = False
) -> dict[str, Any]:
    """Train a method once, choose on validation, and return what a curve says of it.

    shuffled: on labels that were dealt out at random.
    """
    few = task.few(budget, seed)
    trial = best(method(task, shuffled_labels(few, seed) if shuffled else few, seed))
    guesses, labels = list(trial.predictions), task.test.labels
    return {
        "accuracy": accuracy(labels, guesses),
        "macro_f1": macro_f1(labels, guesses, len(task.classes)),
        "valid_accuracy": trial.valid_accuracy,
        "choice": trial.choice,
        "vocab_size": trial.vocab_size,
    }


def record_curve(context: Context, method: Method) -> Measured:
    """Train a method at every budget and seed, and once more a seed on shuffled labels."""
    task = library_task.load()
    pieces = [(budget, seed) for budget in BUDGETS for seed in context.seeds]
    scores = {
        (budget, seed): context.once(
            f"{budget}-{seed}", lambda b=budget, s=seed: score(method, task, b, s)
        )
        for budget, seed in context.progress(pieces, "axis")
    }
    control = [
        context.once(
            f"shuffled-{seed}", lambda s=seed: score(method, task, BUDGETS[-1], s, shuffled=True)
        )
        for seed in context.seeds
    ]
    return curve(task, context.seeds, scores, control)


def curve(
    task: LibraryTask,
    seeds: Sequence[int],
    scores: dict[tuple[int, int], dict[str, Any]],
    control: Sequence[dict[str, Any]],
) -> Measured:
    """Put what `score` returned into the shape of a record.

    scores: one entry for each budget and seed. control: one a seed, on shuffled labels.
    """
    names = ("accuracy", "macro_f1", "valid_accuracy", "choice", "vocab_size")
    metrics: dict[str, Any] = {
        name: {str(b): [scores[b, seed][name] for seed in seeds] for b in BUDGETS} for name in names
    }
    metrics["shuffled_accuracy"] = [piece["accuracy"] for piece in control]
    metrics["chance"] = 1 / len(task.classes)
    metrics["n_test"] = len(task.test)
    metrics["n_valid"] = len(task.valid)
    top = metrics["accuracy"][str(BUDGETS[-1])][0]
    interval = wilson_interval(round(top * len(task.test)), len(task.test))
    metrics["interval_256_first_seed"] = asdict(interval)
    return Measured(metrics=metrics, data=describe(task))


def describe(task: LibraryTask) -> dict[str, str]:
    """Say what was measured on."""
    return {
        "docs corpus": f"sha256 {docs.fingerprint(docs.load_docs())[:16]}",
        "library task": f"sha256 {task.fingerprint[:16]}",
    }
