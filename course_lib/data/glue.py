"""GLUE's nine tasks (Wang et al. 2019), each in its published columns.

The sample is made by rule (sample_glue.py) and shows what each task looks like; what a model is
worth is measured on the published sets.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.data import sample_glue
from course_lib.data.hub import PUBLISHED
from course_lib.data.splits import load_split
from course_lib.errors import UnknownNameError

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True, kw_only=True)
class Task:
    """What one task asks.

    texts: its columns of text; a label and a number `idx` stand beside them.
    labels: the names of the classes 0, 1, …; none where the label is a number (STS-B: 0 to 5).
    n_train, n_test: examples as published (Wang et al. 2019, table 1).
    """

    title: str
    asks: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    n_train: int
    n_test: int


FOLLOWS = ("entailment", "not_entailment")
TASKS = {
    "cola": Task(
        title="CoLA",
        asks="Is the sentence acceptable English?",
        texts=("sentence",),
        labels=("unacceptable", "acceptable"),
        n_train=8_500,
        n_test=1_000,
    ),
    "sst2": Task(
        title="SST-2",
        asks="Does the review like the film?",
        texts=("sentence",),
        labels=("negative", "positive"),
        n_train=67_000,
        n_test=1_800,
    ),
    "mrpc": Task(
        title="MRPC",
        asks="Do two sentences of the news say the same?",
        texts=("sentence1", "sentence2"),
        labels=("not_equivalent", "equivalent"),
        n_train=3_700,
        n_test=1_700,
    ),
    "stsb": Task(
        title="STS-B",
        asks="How alike are two sentences, 0 to 5?",
        texts=("sentence1", "sentence2"),
        labels=(),
        n_train=7_000,
        n_test=1_400,
    ),
    "qqp": Task(
        title="QQP",
        asks="Do two questions ask the same?",
        texts=("question1", "question2"),
        labels=("not_duplicate", "duplicate"),
        n_train=364_000,
        n_test=391_000,
    ),
    "mnli": Task(
        title="MNLI",
        asks="Does the hypothesis follow, may it be, or not?",
        texts=("premise", "hypothesis"),
        labels=("entailment", "neutral", "contradiction"),
        n_train=393_000,
        n_test=20_000,
    ),
    "qnli": Task(
        title="QNLI",
        asks="Does the sentence answer the question?",
        texts=("question", "sentence"),
        labels=FOLLOWS,
        n_train=105_000,
        n_test=5_400,
    ),
    "rte": Task(
        title="RTE",
        asks="Does the second sentence follow from the first?",
        texts=("sentence1", "sentence2"),
        labels=FOLLOWS,
        n_train=2_500,
        n_test=3_000,
    ),
    "wnli": Task(
        title="WNLI",
        asks="What does the pronoun stand for?",
        texts=("sentence1", "sentence2"),
        labels=("not_entailment", "entailment"),
        n_train=634,
        n_test=146,
    ),
}


def load(task: str, split: str = "train", source: str | Path = "sample") -> "Dataset":
    """Return a split of one task: its columns of text, `label` and `idx`.

    split: "train", "validation", where the source has it "test"; MNLI has "validation_matched" and
    "validation_mismatched" (other kinds of text than in training) instead.
    source: "sample", "hub", a folder with SPLIT.parquet, or a folder with such a folder a task.

    Raises: UnknownNameError for a task that GLUE does not have; CourseError where there is no such
    split, and as `hub.load_published`.
    """
    if task not in TASKS:
        raise UnknownNameError("GLUE task", task, list(TASKS))
    if source not in ("sample", "hub") and (Path(source) / task).is_dir():
        source = Path(source) / task
    splits = sample_glue.splits_of(task)
    return load_split(f"glue/{task}", split, source, lambda part: _sample(task, part), splits)


def _sample(task: str, split: str) -> "Dataset":
    from datasets import ClassLabel, Dataset, Features, Value

    names = TASKS[task].labels
    kinds = {name: Value("string") for name in PUBLISHED[f"glue/{task}"].columns}
    label = ClassLabel(names=list(names)) if names else Value("float32")
    features = Features(kinds | {"label": label, "idx": Value("int32")})
    return Dataset.from_list(sample_glue.rows(task, split), features=features)
