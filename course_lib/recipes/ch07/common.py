"""What the rows of chapter 7's table share: the tasks, their parts, choice on validation, a record.

A row's record has metrics {"method": its name, "row": its place in the table, task: {metric: [one
number a seed], …}, …}; the table is drawn from every record whose name begins with `ch07_glue_`,
so that a later chapter adds a row by adding a record.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from course_lib.data import glue, snli
from course_lib.metrics.classification import accuracy, bootstrap_interval
from course_lib.metrics.correlation import pearson
from course_lib.metrics.glue import f1, matthews, score
from course_lib.recipes.context import Context, Measured

TASKS = ("sst2", "cola", "mrpc", "rte", "stsb", "snli")
MAIN_METRIC: dict[str, Callable[[Any, Any], float]] = {  # the one that decides between settings
    "sst2": accuracy, "cola": matthews, "mrpc": f1, "rte": accuracy, "stsb": pearson,
    "snli": accuracy,
}  # fmt: skip
# published parts that have labels here; MRPC has no validation part, its test part has labels
TEST_SPLIT = {"sst2": "validation", "cola": "validation", "mrpc": "test", "rte": "validation"}
TEST_SPLIT |= {"stsb": "validation"}


@dataclass(frozen=True, kw_only=True)
class Part:
    """Examples: one or two texts each, and a label (a class, or for STS-B a number)."""

    texts: list[tuple[str, ...]]
    labels: list[Any]

    def __len__(self) -> int:
        return len(self.texts)


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """A task's three parts; `valid` is cut off the training part."""

    name: str
    train: Part
    valid: Part
    test: Part

    @property
    def is_regression(self) -> bool:
        """Whether a number is asked for, not a class."""
        return self.name == "stsb"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One setting of one method, trained: how it did on `valid`, what it answers on `test`."""

    choice: str
    valid_score: float
    predictions: Sequence[Any]


Method = Callable[[Benchmark, int], list[Attempt]]


def share(text: str, salt: str = "") -> float:
    """Return a number in 0 .. 1 that depends on nothing but the text and the salt."""
    return int(hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()[:13], 16) / 16**13


def load(context: Context, name: str, seed: int = 0) -> Benchmark:
    """Return a task with its parts.

    GLUE: a tenth of the published training part is for validation. SNLI: the published validation
    part, cut by premise into 70, 10 and 20 percent, so that no premise stands on two sides.
    seed: draws the cut of SNLI anew; the other cuts are the same for every seed.
    """
    if name == "snli":
        rows = snli.load("validation", context.need_data("snli"))
        where = [share(premise, str(seed)) for premise in rows["premise"]]
        texts = list(zip(rows["premise"], rows["hypothesis"], strict=True))
        whole = Part(texts=texts, labels=list(rows["label"]))
        return Benchmark(
            name=name,
            train=_where(whole, [w < 0.7 for w in where]),
            valid=_where(whole, [0.7 <= w < 0.8 for w in where]),
            test=_where(whole, [w >= 0.8 for w in where]),
        )
    folder = context.need_data("glue")
    whole, test = (_part(name, split, folder) for split in ("train", TEST_SPLIT[name]))
    held_out = [share("\n".join(texts)) < 0.1 for texts in whole.texts]
    return Benchmark(
        name=name,
        train=_where(whole, [not held for held in held_out]),
        valid=_where(whole, held_out),
        test=test,
    )


def _part(name: str, split: str, folder: Any) -> Part:
    rows = glue.load(name, split, folder)
    columns = [list(rows[column]) for column in glue.TASKS[name].texts]
    return Part(texts=list(zip(*columns, strict=True)), labels=list(rows["label"]))


def _where(part: Part, kept: list[bool]) -> Part:
    return Part(
        texts=[text for text, keep in zip(part.texts, kept, strict=True) if keep],
        labels=[label for label, keep in zip(part.labels, kept, strict=True) if keep],
    )


def scores(name: str, labels: Sequence[Any], predicted: Sequence[Any]) -> dict[str, float]:
    """Return a task's metrics, each 0 to 1."""
    if name == "snli":
        return {"accuracy": accuracy(np.asarray(labels), np.asarray(predicted))}
    return score(name, labels, predicted)


def best(trials: Sequence[Attempt]) -> Attempt:
    """Return the trial that is best on validation; the first of equals."""
    return max(trials, key=lambda trial: trial.valid_score)


def judge(benchmark: Benchmark, method: Method, seed: int) -> dict[str, Any]:
    """Train, choose on validation, score on test once."""
    trial = best(method(benchmark, seed))
    labels, guesses = np.asarray(benchmark.test.labels), np.asarray(trial.predictions)
    found: dict[str, Any] = {
        "scores": scores(benchmark.name, benchmark.test.labels, trial.predictions),
        "choice": trial.choice,
        "n_test": len(benchmark.test),
        "n_train": len(benchmark.train),
        "n_valid": len(benchmark.valid),
    }
    if not benchmark.is_regression:
        metric = MAIN_METRIC[benchmark.name]
        found["interval"] = asdict(bootstrap_interval(labels, guesses, metric))
    return found


def record_row(context: Context, title: str, row: int, method: Method) -> Measured:
    """Record one method on every task, once a seed."""
    metrics: dict[str, Any] = {"method": title, "row": row}
    for name in context.progress(TASKS, title):
        pieces = [
            context.once(
                f"{name}-{seed}", lambda n=name, s=seed: judge(load(context, n, s), method, s)
            )
            for seed in context.seeds
        ]
        metrics[name] = {
            metric: [piece["scores"][metric] for piece in pieces] for metric in pieces[0]["scores"]
        }
        metrics[name]["choice"] = [piece["choice"] for piece in pieces]
        metrics[name] |= {size: pieces[0][size] for size in ("n_train", "n_valid", "n_test")}
        if "interval" in pieces[0]:
            metrics[name]["interval_first_seed"] = pieces[0]["interval"]
    return Measured(metrics=metrics, data=describe())


def describe() -> dict[str, str]:
    """Say what was measured on."""
    return {
        "glue": "published training parts; tested on validation, MRPC on test",
        "snli": "published validation part, cut by premise 70/10/20",
    }
