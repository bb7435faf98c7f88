"""IMDb's reviews for recorded runs: budgets, a validation part, and texts cut to a length.

The folder is the one of `context.need_data("imdb")`; no review is part of the course.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from course_lib.data.hub import load_published
from course_lib.text.sentences import sentences

MAX_TOKENS = 128  # of each review's end, for the networks
N_VALID = 2_000  # of the 25,000 training reviews; they decide between settings
BREAK = re.compile(r"<br\s*/?>")


@dataclass(frozen=True, kw_only=True)
class Reviews:
    """Texts and labels: 0 for a bad review, 1 for a good one."""

    texts: list[str]
    labels: list[int]

    def select(self, places: list[int]) -> "Reviews":
        """Return the reviews at these places."""
        return Reviews(
            texts=[self.texts[i] for i in places], labels=[self.labels[i] for i in places]
        )


@dataclass(frozen=True, kw_only=True)
class Imdb:
    """The published parts; `valid` is drawn from the training part with a fixed seed."""

    train: Reviews
    valid: Reviews
    test: Reviews

    def few(self, n: int, seed: int) -> Reviews:
        """Return n labelled reviews, half of each class (see few_places)."""
        return self.train.select(self.few_places(n, seed))

    def few_places(self, n: int, seed: int) -> list[int]:
        """Return where n training reviews stand, half of each class; the few are in the more.

        A budget above what validation leaves takes all that is left.
        Raises: ValueError when n is below 2.
        """
        if n < 2:
            raise ValueError(f"a budget needs 2 reviews or more, received {n}")
        chosen: list[int] = []
        for label in (0, 1):
            places = [i for i, own in enumerate(self.train.labels) if own == label]
            random.Random(f"{seed}:{label}").shuffle(places)
            chosen += places[: n // 2]
        return chosen

    @property
    def fingerprint(self) -> str:
        """Return a hash of all texts."""
        digest = hashlib.sha256()
        for side in (self.train, self.valid, self.test):
            for text in side.texts:
                digest.update(text.encode() + b"\0")
        return digest.hexdigest()


def load_imdb(folder: Path) -> Imdb:
    """Read the published Parquet files; line breaks in HTML become paragraphs.

    Raises: CourseError as `course_lib.data.hub.load_published`.
    """
    splits = load_published("imdb", source=folder)
    sides = {
        name: Reviews(
            texts=[BREAK.sub("\n", text) for text in splits[name]["text"]],
            labels=list(splits[name]["label"]),
        )
        for name in ("train", "test")
    }
    order = list(range(len(sides["train"].texts)))
    random.Random("valid").shuffle(order)
    return Imdb(
        train=sides["train"].select(order[N_VALID:]),
        valid=sides["train"].select(order[:N_VALID]),
        test=sides["test"],
    )


@cache
def parts(folder: Path) -> Imdb:
    """Return the reviews; the same whenever a process asks again."""
    return load_imdb(folder)


def last_tokens(rows: Sequence[list[str]], n: int = MAX_TOKENS) -> list[list[str]]:
    """Return a text's sentences from its last n tokens on; the first may lack its start."""
    kept: list[list[str]] = []
    for row in reversed(rows):
        if n <= 0:
            break
        kept.append(row[-n:])
        n -= len(row)
    return kept[::-1]


def running_reviews(imdb: Imdb) -> tuple[list[list[str]], list[list[str]]]:
    """Return the sentences of training and validation reviews, for a language model."""
    train, valid = (
        [sentence for text in side.texts for sentence in sentences(text)]
        for side in (imdb.train, imdb.valid)
    )
    return train, valid
