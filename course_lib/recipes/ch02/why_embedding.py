"""Chapter 2: why the averaged embedding beats one-hot, although both are linear in the counts.

An embedding, averaged, with a linear layer on top computes W · mean(E[w]): a linear function of the
counts, as logistic regression on one-hot vectors is. Four linear classifiers on the same counts,
without any embedding, show what makes the difference: how much a rare word is allowed to say.
"""

# scikit-learn's types are too narrow for sparse matrices:
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportOptionalSubscript=false

from collections.abc import Callable

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize
from torch import nn

from course_lib.data import library_task
from course_lib.data.library_task import LibraryTask, Passages
from course_lib.metrics.classification import accuracy
from course_lib.recipes.axis.common import SEEDS, Trial, best, describe
from course_lib.recipes.axis.linear import linear_trials
from course_lib.recipes.context import Context, Measured
from course_lib.seeding import seed_everything
from course_lib.text.one_hot import bag_of_words
from course_lib.text.tokenize import words
from course_lib.text.vocabulary import Vocabulary
from course_lib.training.loop import fit

NAME = "ch02_why_embedding"
__all__ = ["NAME", "SEEDS", "run"]

BUDGETS = [16, 64, 256]
EPOCHS, PATIENCE, BATCH = 60, 15, 32
Sides = list[csr_matrix]  # counts of training, validation and test passages


def counts(task: LibraryTask, few: Passages) -> Sides:
    """Return the bags of words of the three sides over the training passages' vocabulary."""
    vocabulary = Vocabulary.build([words(text) for text in few.texts], special=("<unk>",))
    return [
        bag_of_words([vocabulary.encode(words(text)) for text in side.texts], len(vocabulary))
        for side in (few, task.valid, task.test)
    ]


def logistic(sides: Sides, task: LibraryTask, few: Passages, strengths: list[float]) -> list[Trial]:
    """Fit logistic regressions of several penalties."""
    return linear_trials(task, few, sides, strengths, vocab_size=sides[0].shape[1])


def descended(
    sides: Sides,
    task: LibraryTask,
    few: Passages,
    seed: int,
    make: Callable[..., torch.optim.Optimizer],
    rates: list[float],
) -> list[Trial]:
    """Train a linear layer on mean counts, step by step, as the embedding is trained."""
    dense = [normalize(side, "l1").toarray().astype(np.float32) for side in sides]
    train, valid, test = map(torch.from_numpy, dense)
    labels = torch.tensor(few.labels)

    def epoch_batches(epoch: int):
        generator = torch.Generator().manual_seed(1000 * seed + epoch)
        order = torch.randperm(len(labels), generator=generator)
        return ((train[rows], labels[rows]) for rows in order.split(BATCH))

    @torch.no_grad()
    def score(model: nn.Module) -> float:
        return accuracy(task.valid.labels, model(valid).argmax(dim=1).numpy())

    trials = []
    for rate in rates:
        seed_everything(seed)
        model = nn.Linear(train.shape[1], len(task.classes))
        nn.init.zeros_(model.weight)
        optimizer = make(model.parameters(), lr=rate)
        history = fit(
            model, epoch_batches, optimizer=optimizer, epochs=EPOCHS, evaluate=score,
            patience=PATIENCE,
        )  # fmt: skip
        with torch.no_grad():
            predictions = model(test).argmax(dim=1).tolist()
        trials.append(
            Trial(
                choice=f"lr={rate} epoch={history.best_epoch + 1}",
                valid_accuracy=max(history.scores),
                predictions=predictions,
                vocab_size=train.shape[1],
            )
        )
    return trials


def compare(task: LibraryTask, budget: int, seed: int) -> dict[str, float]:
    """Return each classifier's test accuracy, its setting chosen on validation."""
    few = task.few(budget, seed)
    sides = counts(task, few)
    rarity = TfidfTransformer(norm=None).fit(sides[0])
    weighted = [rarity.transform(side) for side in sides]
    trials = {
        "counts": logistic(sides, task, few, [0.03, 0.1, 0.3, 1.0, 3.0]),
        "rarity_weighted": logistic(weighted, task, few, [0.001, 0.01, 0.1, 1.0]),
        "linear_adam": descended(sides, task, few, seed, torch.optim.Adam, [0.003, 0.01, 0.03]),
        "linear_sgd": descended(sides, task, few, seed, torch.optim.SGD, [1.0, 10.0, 100.0]),
    }
    return {
        name: accuracy(task.test.labels, list(best(found).predictions))
        for name, found in trials.items()
    }


def run(context: Context) -> Measured:
    """Record {"accuracy": {classifier: {budget: [one number a seed]}}}."""
    torch.set_num_threads(1)
    task = library_task.load()
    pieces = [(budget, seed) for budget in BUDGETS for seed in context.seeds]
    scores = {
        (n, seed): context.once(f"{n}-{seed}", lambda n=n, s=seed: compare(task, n, s))
        for n, seed in context.progress(pieces, "linear classifiers")
    }
    names = scores[pieces[0]]
    found = {
        name: {
            str(budget): [scores[budget, seed][name] for seed in context.seeds]
            for budget in BUDGETS
        }
        for name in names
    }
    return Measured(metrics={"accuracy": found}, data=describe(task))
