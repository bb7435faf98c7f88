"""Vectors of words, whoever trained them. Axes: V words, D numbers a word."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32

from course_lib.embeddings import vector_files
from course_lib.errors import UnknownWordError


def must_restrict(restrict: int | None) -> None:
    """Refuse to know fewer words than one.

    Raises: ValueError for a restrict below 1; None stands for all words.
    """
    if restrict is not None and restrict < 1:
        raise ValueError(f"restrict must be 1 or more, or None for all, received {restrict}")


def _is_binary(path: Path) -> bool:
    return path.name.removesuffix(".gz").endswith(".bin")


class WordVectors:
    """A vector for each word, and what can be asked of them.

    words: the words; the commonest first where the trainer knew counts.
    matrix: their vectors, row by row.
    unit: the same rows divided by their length; a row of zeros stays as it is.
    Neither can be written to: a row that changed alone would leave the other behind.
    """

    def __init__(self, words: Sequence[str], matrix: Float[np.ndarray, "V D"]) -> None:
        """Keep words and a copy of their vectors together.

        Raises: ValueError when their numbers differ, a word occurs twice, a number is not finite,
        or `matrix` has not two axes.
        """
        self.words = list(words)
        self.ids = {word: i for i, word in enumerate(self.words)}
        if np.ndim(matrix) != 2 or np.shape(matrix)[1] < 1:
            raise ValueError(
                f"vectors are a matrix of words by numbers, received the shape {np.shape(matrix)}"
            )
        if len(self.words) != len(matrix):
            raise ValueError(
                f"there must be a vector for each word: {len(self.words)} words, "
                f"{len(matrix)} vectors"
            )
        if len(self.ids) != len(self.words):
            raise ValueError(f"the words must differ: {len(self.words) - len(self.ids)} repeat")
        with np.errstate(over="ignore"):  # what 32 bits cannot hold becomes infinite
            self.matrix = np.array(matrix, dtype=np.float32, order="C")
        if not np.isfinite(self.matrix).all():
            raise ValueError("every number of a vector must be finite, with 32 bits")
        lengths = np.linalg.norm(self.matrix, axis=1, keepdims=True)
        self.unit: Float32[np.ndarray, "V D"] = self.matrix / np.where(lengths > 0, lengths, 1)
        self.matrix.flags.writeable = self.unit.flags.writeable = False

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.ids

    def __getitem__(self, word: str) -> Float32[np.ndarray, " D"]:
        """Return a word's vector.

        Raises: UnknownWordError, with words that are spelt nearly so.
        """
        return self.matrix[self.id_of(word)]

    @property
    def d_model(self) -> int:
        """How many numbers a vector has."""
        return self.matrix.shape[1]

    def id_of(self, word: str) -> int:
        """Return a word's row.

        Raises: UnknownWordError, with words that are spelt nearly so.
        """
        if word not in self.ids:
            raise UnknownWordError(word, self.words)
        return self.ids[word]

    def similarity(self, one: str, other: str) -> float:
        """Return the cosine of the angle between two words' vectors, −1 to 1.

        Raises: UnknownWordError.
        """
        cosine = float(self.unit[self.id_of(one)] @ self.unit[self.id_of(other)])
        return min(1.0, max(-1.0, cosine))  # rounding may lead a little beyond

    def most_similar(
        self,
        positive: str | Sequence[str] = (),
        negative: str | Sequence[str] = (),
        topn: int = 10,
        *,
        restrict: int | None = None,
    ) -> list[tuple[str, float]]:
        """Return the words nearest to a sum of unit vectors, with their cosines, nearest first.

        most_similar(["king", "woman"], ["man"]) asks for the word nearest to king − man + woman.
        The words of the question are never among the answers.

        restrict: answer with one of the first so many words only.

        Raises: UnknownWordError; ValueError without any word, or when topn or restrict is below 1.
        """
        plus = [positive] if isinstance(positive, str) else list(positive)
        minus = [negative] if isinstance(negative, str) else list(negative)
        if not plus and not minus:
            raise ValueError("most_similar needs a word, received none")
        must_restrict(restrict)
        if topn < 1:
            raise ValueError(f"topn must be 1 or more, received {topn}")
        asked = [self.id_of(word) for word in plus + minus]
        signs = np.array([1.0] * len(plus) + [-1.0] * len(minus), dtype=np.float32)
        query = signs @ self.unit[asked]
        query /= max(float(np.linalg.norm(query)), 1e-12)
        cosines = self.unit[:restrict] @ query
        cosines[[i for i in asked if i < len(cosines)]] = -np.inf
        wanted = min(topn, int(np.isfinite(cosines).sum()))
        order = np.argsort(-cosines, kind="stable")[:wanted]
        return [(self.words[i], float(cosines[i])) for i in order]

    def save(self, path: Path | str, *, binary: bool | None = None) -> None:
        """Write the vectors as word2vec does, text or binary; gensim reads both.

        binary: None decides by the name: `.bin` and `.bin.gz` are binary, anything else text.
        A file whose name ends in `.gz` is packed.

        Raises: ValueError when a word is empty or holds white space that the format cannot hold.
        """
        path = Path(path)
        binary = _is_binary(path) if binary is None else binary
        write = vector_files.write_binary if binary else vector_files.write_text
        write(path, self.words, self.matrix)

    @classmethod
    def load(cls, path: Path | str, *, binary: bool | None = None) -> "WordVectors":
        """Read a file of word2vec, gensim, GloVe (text without a header) or of `save`.

        It may be packed by gzip, and begin with the mark of UTF-8.

        Raises: FileNotFoundError; CorruptFileError where the file ends early or is something else:
        a model of fastText, a zip archive, text with tabs or in another encoding.
        """
        path = Path(path)
        binary = _is_binary(path) if binary is None else binary
        read = vector_files.read_binary if binary else vector_files.read_text
        return cls(*read(path))
