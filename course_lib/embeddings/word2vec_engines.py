"""Who does a job of word2vec: the compiled loops, or the reference in torch.

Both take a range of sentences, a learning rate and a seed, and change the same two tables.
Axes: V vocabulary, D numbers a word.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Protocol

import numpy as np
import torch
from jaxtyping import Float32

from course_lib.embeddings.word2vec_config import Word2VecConfig
from course_lib.embeddings.word2vec_counts import (
    WordCounts,
    alias_table,
    keep_probability,
    noise_distribution,
)
from course_lib.embeddings.word2vec_reference import Pair, Word2VecModel, pairs, train_batch
from course_lib.embeddings.word2vec_stream import Chunk


def start_tables(
    vocab_size: int, d_model: int, seed: int
) -> tuple[Float32[np.ndarray, "V D"], Float32[np.ndarray, "V D"]]:
    """Return input vectors drawn from ±1 / (2 D), and output vectors of zeros."""
    drawn = np.random.default_rng(seed).random((vocab_size, d_model), dtype=np.float32)
    return (drawn - np.float32(0.5)) / np.float32(d_model), np.zeros_like(drawn)


class Engine(Protocol):
    """Trains two tables in place."""

    inputs: np.ndarray
    outputs: np.ndarray

    def job(self, chunk: Chunk, first: int, last: int, rate: float, seed: int) -> int:
        """Train on sentences first .. last − 1; return the number of training pairs."""
        ...


class FastEngine:
    """The compiled loops of word2vec_fast; several threads may run jobs at the same time."""

    def __init__(self, config: Word2VecConfig, counts: WordCounts) -> None:
        from course_lib.embeddings import word2vec_fast

        self.train = word2vec_fast.cbow if config.algorithm == "cbow" else word2vec_fast.skip_gram
        self.settings = (config.window, config.shrink_window, config.negative)
        self.keep = keep_probability(counts.counts, config.sample).astype(np.float32)
        noise = noise_distribution(counts.counts, config.noise_power)
        self.threshold, self.alias = alias_table(noise)
        self.inputs, self.outputs = start_tables(len(counts.words), config.d_model, config.seed)

    def job(self, chunk: Chunk, first: int, last: int, rate: float, seed: int) -> int:
        """Train on sentences first .. last − 1 without holding Python's lock."""
        return self.train(
            self.inputs, self.outputs, chunk.ids, chunk.offsets, first, last, self.keep,
            self.threshold, self.alias, self.settings, np.float32(rate), np.uint64(seed),
        )  # fmt: skip


class TorchEngine:
    """The reference: pairs made in Python, steps taken by torch."""

    def __init__(self, config: Word2VecConfig, counts: WordCounts) -> None:
        self.config = config
        self.keep = keep_probability(counts.counts, config.sample)
        self.noise = noise_distribution(counts.counts, config.noise_power).cumsum()
        self.inputs, self.outputs = start_tables(len(counts.words), config.d_model, config.seed)
        self.model = Word2VecModel(len(counts.words), config.d_model)
        # the parameters share their memory with the arrays
        self.model.inputs.weight.data = torch.from_numpy(self.inputs)
        self.model.outputs.weight.data = torch.from_numpy(self.outputs)

    def job(self, chunk: Chunk, first: int, last: int, rate: float, seed: int) -> int:
        """Train on sentences first .. last − 1 in batches of pairs."""
        rng = np.random.default_rng(seed)
        found, n_pairs = self._pairs(chunk, first, last, rng), 0
        while batch := list(islice(found, self.config.batch_pairs)):
            uniform = rng.random((len(batch), self.config.negative))
            noise = np.searchsorted(self.noise, uniform).clip(max=len(self.noise) - 1)
            train_batch(self.model, batch, noise, rate)
            n_pairs += len(batch)
        return n_pairs

    def _pairs(
        self, chunk: Chunk, first: int, last: int, rng: np.random.Generator
    ) -> Iterator[Pair]:
        for s in range(first, last):
            ids = chunk.ids[chunk.offsets[s] : chunk.offsets[s + 1]]
            stay = rng.random(len(ids)) < self.keep[ids]
            yield from pairs(ids[stay].tolist(), self.config, rng)
