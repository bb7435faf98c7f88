"""Where an interrupted word2vec run stands: both tables, and how far the text was read."""

import hashlib
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from course_lib.data.cache import is_cached, store, verify
from course_lib.embeddings.word2vec_config import Word2VecConfig
from course_lib.embeddings.word2vec_counts import WordCounts
from course_lib.errors import CourseError


@dataclass
class Progress:
    """How far the run has come: whole epochs, jobs of the epoch after them; words and pairs."""

    epoch: int = 0
    jobs: int = 0
    words: int = 0
    pairs: int = 0


def run_key(config: Word2VecConfig, counts: WordCounts) -> str:
    """Hash what decides how a run goes on: its settings, its words and their counts."""
    digest = hashlib.sha256(repr((config, counts.n_sentences)).encode())
    digest.update("\n".join(counts.words).encode())
    digest.update(counts.counts.tobytes())
    return digest.hexdigest()


def save(path: Path, key: str, progress: Progress, inputs: np.ndarray, outputs: np.ndarray) -> None:
    """Write the state whole or not at all; the old one is replaced."""

    def write(part: Path) -> None:
        where = np.array(astuple(progress), dtype=np.int64)
        with part.open("wb") as file:
            np.savez(file, key=np.array(key), progress=where, inputs=inputs, outputs=outputs)

    store(path, write)


def load(
    path: Path, key: str
) -> tuple[Progress, Float32[np.ndarray, "V D"], Float32[np.ndarray, "V D"]] | None:
    """Return the state of an interrupted run, None where there is no whole one.

    Raises: CorruptFileError where its bytes were damaged, CourseError where another text or other
    settings wrote it.
    """
    if not is_cached(path):
        return None
    redo = f"delete {path.name} and start again"
    verify(path, redo=redo)
    with np.load(path, allow_pickle=False) as content:
        if str(content["key"]) != key:
            raise CourseError(
                "the state of a run with these settings on this text",
                f"{path.name} of another run",
                redo,
            )
        return Progress(*content["progress"].tolist()), content["inputs"], content["outputs"]
