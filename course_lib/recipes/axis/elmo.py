"""Curve of the axis: a frozen ELMo's layers, averaged over the passage, and a linear classifier."""

from course_lib.data import library_task
from course_lib.data.library_task import LibraryTask, Passages
from course_lib.metrics.classification import accuracy
from course_lib.recipes.axis.common import SEEDS, Trial, record_curve
from course_lib.recipes.ch05.features import (
    LAYERS,
    TaskFeatures,
    features_of_task,
    fit_logistic,
    fit_mix,
)
from course_lib.recipes.context import Context, Measured
from course_lib.training.pretrained_elmo import pretrained_elmo
from course_lib.training.weights import load_card

NAME = "axis_elmo"
__all__ = ["NAME", "SEEDS", "run"]

STRENGTHS = [0.003, 0.03, 0.3]  # C, the inverse of the penalty
PENALTIES = [0.1, 1.0, 10.0]


def trials(features: TaskFeatures, task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Try each layer alone, the plain mean of all, and a learned mix; the caller takes the best."""
    train, sides = features.of(few), (features.valid, features.test)
    found = []
    fits = {}
    for number, name in enumerate(LAYERS):
        chosen = train[:, number], (sides[0][:, number], sides[1][:, number])
        for c in STRENGTHS:
            fits[f"{name} C={c}"] = fit_logistic(chosen[0], few.labels, chosen[1], c)
    for c in STRENGTHS:
        means = sides[0].mean(dim=1), sides[1].mean(dim=1)
        fits[f"mean of layers C={c}"] = fit_logistic(train.mean(dim=1), few.labels, means, c)
    for penalty in PENALTIES:
        fits[f"learned mix penalty={penalty}"] = fit_mix(
            train, few.labels, sides, n_classes=len(task.classes), penalty=penalty, seed=seed
        )
    for choice, fitted in fits.items():
        shares = " ".join(f"{share:.2f}" for share in fitted.shares)
        found.append(
            Trial(
                choice=f"{choice} {shares}".strip(),
                valid_accuracy=accuracy(task.valid.labels, fitted.valid),
                predictions=fitted.test,
                vocab_size=0,
            )
        )
    return found


def run(context: Context) -> Measured:
    """Record the curve."""
    task = library_task.load()
    features = features_of_task(pretrained_elmo(), task, show_progress=context.show_progress)
    measured = record_curve(context, lambda task, few, seed: trials(features, task, few, seed))
    checkpoint = {"elmo_docs": f"sha256 {load_card('elmo_docs').sha256[:16]}"}
    return Measured(metrics=measured.metrics, data=measured.data | checkpoint)
