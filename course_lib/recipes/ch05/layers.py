"""Chapter 5: what each layer of ELMo is worth on the library task, and what shares a mix learns."""

from typing import Any

from course_lib.data import library_task
from course_lib.data.library_task import LibraryTask
from course_lib.metrics.classification import accuracy
from course_lib.recipes.axis.common import describe
from course_lib.recipes.ch05.features import (
    LAYERS,
    Fitted,
    TaskFeatures,
    features_of_task,
    fit_logistic,
    fit_mix,
)
from course_lib.recipes.context import Context, Measured
from course_lib.training.pretrained_elmo import pretrained_elmo

NAME = "ch05_layers"
SEEDS = [0, 1, 2, 3, 4]

BUDGETS = (16, 64, 256)
STRENGTHS = [0.003, 0.03, 0.3]
PENALTIES = [0.1, 1.0, 10.0]
KEYS = dict(zip(LAYERS, ("token", "first", "second"), strict=True))


def score(features: TaskFeatures, task: LibraryTask, budget: int, seed: int) -> dict[str, Any]:
    """Return the test accuracy of each layer alone and of the learned mix, and the mix's shares.

    The strength of the penalty is chosen on validation, for each of them apart.
    """
    few = task.few(budget, seed)
    train, sides = features.of(few), (features.valid, features.test)
    found: dict[str, Any] = {}

    def best(fits: list[Fitted]) -> Fitted:
        return max(fits, key=lambda fit: accuracy(task.valid.labels, fit.valid))

    for number, name in enumerate(LAYERS):
        side = sides[0][:, number], sides[1][:, number]
        fit = best([fit_logistic(train[:, number], few.labels, side, c) for c in STRENGTHS])
        found[KEYS[name]] = accuracy(task.test.labels, fit.test)
    n = len(task.classes)
    fit = best(
        [fit_mix(train, few.labels, sides, n_classes=n, penalty=p, seed=seed) for p in PENALTIES]
    )
    found["mix"] = accuracy(task.test.labels, fit.test)
    found["shares"] = fit.shares
    return found


def run(context: Context) -> Measured:
    """Record accuracies and shares for three budgets."""
    task = library_task.load()
    features = features_of_task(pretrained_elmo(), task, show_progress=context.show_progress)
    metrics: dict[str, Any] = {"accuracy": {}, "share": {}, "n_test": len(task.test)}
    for budget in context.progress(BUDGETS, "layers"):
        pieces = [
            context.once(f"{budget}-{seed}", lambda b=budget, s=seed: score(features, task, b, s))
            for seed in context.seeds
        ]
        metrics["accuracy"][str(budget)] = {
            name: [piece[name] for piece in pieces] for name in (*KEYS.values(), "mix")
        }
        metrics["share"][str(budget)] = {
            name: [piece["shares"][number] for piece in pieces]
            for number, name in enumerate(KEYS.values())
        }
    return Measured(metrics=metrics, data=describe(task))
