"""Text as whole numbers, in pieces: a corpus need not fit into memory.

Axes: N words of a piece, S sentences of a piece.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int32, Int64

CHUNK_WORDS = 400_000  # encoded at a time
JOB_WORDS = 10_000  # between two looks at the clock: the learning rate of a job is constant
LONGEST_SENTENCE = 10_000  # words; a longer one is cut, so that no line is too long for a job
BLOCK = 1 << 20  # characters of a line that are read at a time


class LineSentences:
    """The lines of a UTF-8 text file as lists of words, read anew each time they are walked.

    The file may be larger than memory, and may be one long line: a line is yielded in pieces of
    about a million characters at most. Words are what white space separates; lower case,
    punctuation and the like are up to whoever writes the file.
    """

    def __init__(self, path: Path | str) -> None:
        """Remember the path.

        Raises: FileNotFoundError where there is no such file.
        """
        self.path = Path(path)
        if not self.path.is_file():
            raise FileNotFoundError(f"no text file {path}")

    def __iter__(self) -> Iterator[list[str]]:
        with self.path.open(encoding="utf-8") as file:
            rest = ""  # of a long line: its last word may go on in the next block
            while block := file.readline(BLOCK):
                if block.endswith("\n") or len(block) < BLOCK:
                    yield (rest + block).split()
                    rest = ""
                else:
                    whole, _, rest = (rest + block).rpartition(" ")
                    yield whole.split()
            if rest:
                yield rest.split()


@dataclass(frozen=True)
class Chunk:
    """Sentences as ids: sentence s is ids[offsets[s] : offsets[s + 1]]."""

    ids: Int32[np.ndarray, " N"]
    offsets: Int64[np.ndarray, " S_plus_1"]

    def jobs(self, job_words: int) -> Iterator[tuple[int, int]]:
        """Yield ranges of sentences of at least job_words words each, the last one excepted."""
        first = 0
        for s in range(len(self.offsets) - 1):
            if self.offsets[s + 1] - self.offsets[first] >= job_words:
                yield first, s + 1
                first = s + 1
        if first < len(self.offsets) - 1:
            yield first, len(self.offsets) - 1


def must_be_walkable(sentences: Iterable[Sequence[str]]) -> None:
    """Refuse what can be walked only once: training walks the text several times.

    Raises: ValueError for an iterator, a generator or a string.
    """
    if isinstance(sentences, str | Path):
        raise ValueError(
            "sentences must be lists of words; for a file give LineSentences(path), received "
            f"{str(sentences)[:60]!r}"
        )
    if iter(sentences) is sentences:
        raise ValueError(
            "sentences are walked once to count and once an epoch; "
            f"give a list or LineSentences(path), received a {type(sentences).__name__}"
        )


def encode(
    sentences: Iterable[Sequence[str]], words: Sequence[str], chunk_words: int
) -> Iterator[Chunk]:
    """Yield the text in chunks of about chunk_words words; words outside the list are left out.

    A word that is left out leaves no gap: its neighbours move together, as in word2vec.c. A
    sentence of more than LONGEST_SENTENCE words is cut, as there and in gensim.
    """
    ids = {word: i for i, word in enumerate(words)}
    flat: list[int] = []
    offsets = [0]
    for sentence in sentences:
        known = [ids[word] for word in sentence if word in ids]
        for start in range(0, len(known), LONGEST_SENTENCE):
            flat += known[start : start + LONGEST_SENTENCE]
            offsets.append(len(flat))
            if len(flat) >= chunk_words:
                yield _chunk(flat, offsets)
                flat, offsets = [], [0]
    if flat:
        yield _chunk(flat, offsets)


def _chunk(flat: list[int], offsets: list[int]) -> Chunk:
    return Chunk(np.array(flat, dtype=np.int32), np.array(offsets, dtype=np.int64))


class Encoded:
    """The encoded text, one walk an epoch: kept where the text was a list, else read again."""

    def __init__(self, sentences: Iterable[Sequence[str]], words: Sequence[str]) -> None:
        self.sentences = sentences
        self.words = words
        self.kept = list(self._read()) if isinstance(sentences, list | tuple) else None

    def __iter__(self) -> Iterator[Chunk]:
        if self.kept is not None:
            return iter(self.kept)
        return self._read()

    def _read(self) -> Iterator[Chunk]:
        return encode(self.sentences, self.words, CHUNK_WORDS)
