"""What the axis task gives away: format alone, repetition across sides, shuffled labels, chance."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from course_lib.data import docs, library_task
from course_lib.data.docs_passages import MASK, shingles
from course_lib.data.library_task import BUDGETS, LibraryTask
from course_lib.metrics.classification import accuracy
from course_lib.recipes.axis.common import SEEDS, describe
from course_lib.recipes.context import Context, Measured
from course_lib.text.tokenize import words

NAME = "ch02_task_checks"
__all__ = ["NAME", "SEEDS", "run"]


def format_features(texts: list[str]) -> NDArray[np.float64]:
    """Count what is no word: blanks, numbers, punctuation, length; never which words there are."""
    return np.array(
        [
            [
                len(re.findall(rf"(?<!\w){MASK}(?!\w)", text)),
                len(re.findall(r"(?<!\w)0(?!\w)", text)),
                *(text.count(sign) for sign in ",.-'"),
                len(text),
                len(words(text)),
            ]
            for text in texts
        ],
        dtype=float,
    )


def format_alone(task: LibraryTask, seed: int) -> dict[str, float]:
    """Train two classifiers on format features at the largest budget; no choice is made."""
    few = task.few(BUDGETS[-1], seed)
    train, test = format_features(few.texts), format_features(task.test.texts)
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000))
    forest = RandomForestClassifier(300, min_samples_leaf=5, random_state=seed)
    return {
        name: accuracy(task.test.labels, model.fit(train, few.labels).predict(test))
        for name, model in (("format_linear", linear), ("format_forest", forest))
    }


def repetition(task: LibraryTask) -> dict[str, float]:
    """Measure how many of a test passage's runs of 5 words stand in any training passage."""
    trained = set().union(*map(shingles, task.train.texts))
    shared = [len(runs & trained) / len(runs) for runs in map(shingles, task.test.texts) if runs]
    return {
        "shared_runs_mean": float(np.mean(shared)),
        "shared_runs_max": float(np.max(shared)),
        "near_duplicates": float(np.mean([share > 0.5 for share in shared])),
    }


def run(context: Context) -> Measured:
    """Record sizes and leak probes."""
    task = library_task.load()
    corpus = docs.load_docs()
    probes = [
        context.once(f"format-{seed}", lambda s=seed: format_alone(task, s))
        for seed in context.progress(context.seeds, "format alone")
    ]
    sides = {"train": task.train, "valid": task.valid, "test": task.test}
    texts = [text for side in sides.values() for text in side.texts]
    metrics: dict[str, Any] = {
        **{name: [probe[name] for probe in probes] for name in probes[0]},
        **context.once("repetition", lambda: repetition(task)),
        "chance": 1 / len(task.classes),
        "passages": {name: len(side) for name, side in sides.items()},
        "modules": {
            name: len(set(zip(side.labels, side.modules, strict=True)))
            for name, side in sides.items()
        },
        "words_per_passage": float(np.mean([len(words(text)) for text in texts])),
        "corpus": {
            "objects": len(corpus),
            "words": docs.count_words(corpus),
            "megabytes": sum(map(len, corpus[:]["text"])) / 1e6,
            "pretraining_words": docs.count_words(library_task.without_held_out(corpus, task)),
        },
    }
    return Measured(metrics=metrics, data=describe(task))
