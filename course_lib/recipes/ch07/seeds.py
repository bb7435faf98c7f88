"""Chapter 7: one model, one task, many seeds: how far apart do the results lie?"""

from typing import Any

import torch

from course_lib.metrics.classification import wilson_interval
from course_lib.recipes.ch07.common import load, scores
from course_lib.recipes.ch07.glue_embedding import prepare, train
from course_lib.recipes.context import Context, Measured

NAME = "ch07_seeds"
SEEDS = list(range(15))
NEEDS_DATA = True
TASKS = ("mrpc", "rte")


def run(context: Context) -> Measured:
    """Record test and validation scores, a number a seed, and the interval of the test set."""
    torch.set_num_threads(1)
    metrics: dict[str, Any] = {}
    for name in TASKS:
        benchmark = load(context, name)
        prepared = prepare(benchmark)

        def once(seed: int, benchmark=benchmark, prepared=prepared) -> dict[str, Any]:
            trial = train(benchmark, prepared, seed)
            found = scores(benchmark.name, benchmark.test.labels, trial.predictions)
            return {"test": found, "valid": trial.valid_score}

        pieces = [
            context.once(f"{name}-{seed}", lambda s=seed: once(s))
            for seed in context.progress(context.seeds, name)
        ]
        accuracies = [piece["test"]["accuracy"] for piece in pieces]
        middle = sorted(accuracies)[len(accuracies) // 2]
        interval = wilson_interval(round(middle * len(benchmark.test)), len(benchmark.test))
        metrics[name] = {
            "accuracy": accuracies,
            "valid": [piece["valid"] for piece in pieces],
            "best_of_five": [max(accuracies[i : i + 5]) for i in range(0, len(accuracies), 5)],
            "range": max(accuracies) - min(accuracies),
            "n_test": len(benchmark.test),
            "interval_of_the_median": {"low": interval.low, "high": interval.high},
        }
        if "f1" in pieces[0]["test"]:
            metrics[name]["f1"] = [piece["test"]["f1"] for piece in pieces]
    return Measured(metrics=metrics, data={"glue": "published training and test parts"})
