"""SNLI: does the hypothesis follow from the premise (0), may it be (1), or can it not be (2)?

Rows have the published columns premise, hypothesis, label. Where the five annotators had no
majority the published label is −1; such pairs are left out, and a warning says how many.
"""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.data import sample_snli
from course_lib.data.splits import load_split

if TYPE_CHECKING:
    from datasets import Dataset

LABELS = ("entailment", "neutral", "contradiction")
NO_GOLD_LABEL = sample_snli.NO_GOLD_LABEL


def load(split: str = "train", source: str | Path = "sample") -> "Dataset":
    """Return the labelled pairs of a split, in the published columns.

    source: "sample", "hub", or a folder with SPLIT.parquet.

    Raises: CourseError where there is no such split, and as `hub.load_published`.
    """
    rows, dropped = labelled(load_split("snli", split, source, _sample, sample_snli.SPLITS))
    if dropped:
        warnings.warn(
            f"snli, split {split}: {dropped} of {dropped + len(rows)} pairs have no gold label "
            f"({NO_GOLD_LABEL}) and are left out",
            stacklevel=2,
        )
    return rows


def labelled(rows: "Dataset") -> tuple["Dataset", int]:
    """Return the pairs with a gold label, and how many had none."""
    kept = [place for place, label in enumerate(rows["label"]) if label != NO_GOLD_LABEL]
    return rows.select(kept), len(rows) - len(kept)


def _sample(split: str) -> "Dataset":
    from datasets import ClassLabel, Dataset, Features, Value

    text = Value("string")
    features = Features(
        {"premise": text, "hypothesis": text, "label": ClassLabel(names=list(LABELS))}
    )
    return Dataset.from_list(sample_snli.pairs(split), features=features)
