"""IMDb's reviews for recorded runs: budgets, a validation part, and texts cut to a length.

The folder is the one of `context.need_data("imdb")`; no review is part of the course.
"""

import hashlib
import random
import re
from dataclasses import dataclass
from pathlib import Path

from course_lib.data.hub import load_published
from course_lib.text.sentences import sentences

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
        """Return n labelled reviews, half of each class; for one seed the few are in the more.

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
        return self.train.select(chosen)

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


def running_reviews(imdb: Imdb) -> tuple[list[list[str]], list[list[str]]]:
    """Return the sentences of training and validation reviews, for a language model."""
    train, valid = (
        [sentence for text in side.texts for sentence in sentences(text)]
        for side in (imdb.train, imdb.valid)
    )
    return train, valid
