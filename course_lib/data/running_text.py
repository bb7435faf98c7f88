"""Running text as sentences of tokens, in three parts that share no module or chapter.

The language models and word vectors of chapters 3 to 6 are trained and tested on these parts.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.data import docs, library_task
from course_lib.errors import CourseError
from course_lib.text.sentences import sentences

Sentences = list[list[str]]
BLOCK = 1_000  # paragraphs of a book that stay together
SHARE = 20  # one part in so many is for validation, one for testing


@dataclass(frozen=True, kw_only=True)
class RunningText:
    """Sentences, each a list of tokens.

    fingerprint: hash of all tokens and of the side on which they stand.
    """

    train: Sentences = field(repr=False)
    valid: Sentences = field(repr=False)
    test: Sentences = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Return a hash of everything."""
        digest = hashlib.sha256()
        for side in (self.train, self.valid, self.test):
            for sentence in side:
                digest.update((" ".join(sentence) + "\n").encode())
            digest.update(b"\0")
        return digest.hexdigest()

    def n_tokens(self) -> dict[str, int]:
        """Return the number of tokens of each side."""
        return {side: sum(map(len, getattr(self, side))) for side in ("train", "valid", "test")}


def load_docs_text(
    *, lower: bool = True, punctuation: bool = True, progress: bool = True
) -> RunningText:
    """Return the docs corpus, split by module.

    Modules with validation or test passages of the library task are left out altogether: whatever
    is pre-trained here may be measured there.
    """
    corpus = library_task.without_held_out(
        docs.load_docs(progress=progress), library_task.load(progress=progress)
    )
    sides: dict[int, Sentences] = {0: [], 1: [], 2: []}
    columns = corpus[:]
    for name, kind, text in zip(columns["object"], columns["kind"], columns["text"], strict=True):
        side = _draw(library_task.module_of(name, kind))
        sides[side].extend(sentences(text, lower=lower, punctuation=punctuation))
    return RunningText(train=sides[2], valid=sides[0], test=sides[1])


def load_books_text(
    folder: Path, *, lower: bool = True, punctuation: bool = True, limit: int | None = None
) -> RunningText:
    """Return books from a folder of Parquet files with a column `text`, one row a paragraph.

    Blocks of a thousand paragraphs go to one side each.

    limit: read only so many paragraphs.
    Raises: CourseError where there are no such files.
    """
    sides: dict[int, Sentences] = {0: [], 1: [], 2: []}
    for number, text in enumerate(_paragraphs(folder, limit)):
        sides[_draw(f"block {number // BLOCK}")].extend(
            sentences(text, lower=lower, punctuation=punctuation)
        )
    return RunningText(train=sides[2], valid=sides[0], test=sides[1])


def _draw(name: str) -> int:
    """Return 0 for validation, 1 for test, 2 for training."""
    return min(int(hashlib.sha256(name.encode()).hexdigest(), 16) % SHARE, 2)


def _paragraphs(folder: Path, limit: int | None) -> Iterable[str]:
    import pyarrow.parquet as parquet

    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise CourseError(
            f"Parquet files with a column `text` in {folder}",
            "none" if folder.is_dir() else "no such folder",
            "give the folder that holds the books",
        )
    texts = [
        t for file in files for t in parquet.read_table(file, columns=["text"])["text"].to_pylist()
    ]
    return texts[:limit]
