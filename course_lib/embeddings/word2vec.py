"""word2vec: vectors of words from the company they keep. `Word2Vec(config).fit(sentences)`.

Read word2vec_reference.py first: pairs, loss and step are there. This file walks the text, lowers
the learning rate, shows how fast it goes and survives being stopped.
"""

import hashlib
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from course_lib.data.cache import discard
from course_lib.embeddings import word2vec_state, word2vec_stream
from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word2vec_config import Word2VecConfig
from course_lib.embeddings.word2vec_counts import WordCounts, count_words
from course_lib.embeddings.word2vec_engines import FastEngine, TorchEngine
from course_lib.embeddings.word2vec_state import Progress
from course_lib.embeddings.word2vec_stream import Chunk, Encoded, LineSentences, must_be_walkable
from course_lib.errors import CourseError

__all__ = ["LineSentences", "Word2Vec", "Word2VecConfig"]

SAVE_WORDS = 5_000_000  # read between two states that are written down


class Word2Vec:
    """Skip-gram or CBOW with negative sampling.

    Paper: Mikolov et al. 2013a (arXiv:1301.3781) and 2013b (arXiv:1310.4546).
    Differs from the papers: see Word2VecConfig, keep_probability and Word2VecModel.forward. Unlike
    word2vec.c and gensim, skip-gram predicts the context from the centre, as the paper says; they
    predict the centre from the context, which gives the same pairs.

    After `fit`: `vectors` (those of the given words, the result), `context_vectors` (those of the
    words to be recognised), `counts`, `words_per_second`, `n_pairs`.
    """

    def __init__(self, config: Word2VecConfig | None = None) -> None:
        self.config = config or Word2VecConfig()
        self.counts: WordCounts | None = None
        self.vectors: WordVectors | None = None
        self.context_vectors: WordVectors | None = None
        self.words_per_second = 0.0
        self.n_pairs = 0

    def fit(
        self,
        sentences: Iterable[Sequence[str]],
        *,
        resume_from: Path | str | None = None,
        save_words: int = SAVE_WORDS,
        progress: bool = True,
    ) -> WordVectors:
        """Walk the text once to count and `epochs` times to train; return the words' vectors.

        sentences: lists of words; a list, or an object that can be walked again and again, such as
            LineSentences(path), of which only a piece is held in memory.
        resume_from: a file that holds the state every save_words words and after each epoch; where
            it exists the run goes on from it. With one worker the end is then the same, to the last
            bit, as without the stop. Deleted at the end.
        progress: show a bar with words per second.

        Raises: ValueError for a text that can be walked only once or whose sentences are strings,
        CourseError for a text without words or with other words in a later walk, a state of another
        run or vectors that grow without bound.
        """
        must_be_walkable(sentences)
        state_file = None if resume_from is None else Path(resume_from)
        counts = self.counts = count_words(sentences, self.config.min_count)
        engine_type = FastEngine if self.config.engine == "fast" else TorchEngine
        engine = engine_type(self.config, counts)
        key, done = word2vec_state.run_key(self.config, counts), Progress()
        if state_file is not None and (state := word2vec_state.load(state_file, key)):
            done = state[0]
            engine.inputs[:], engine.outputs[:] = state[1:]

        def keep_state() -> None:
            if state_file is not None:
                word2vec_state.save(state_file, key, done, engine.inputs, engine.outputs)

        text = Encoded(sentences, counts.words)
        total = counts.total * self.config.epochs
        start, words_before, saved = time.perf_counter(), done.words, done.words
        with (
            ThreadPoolExecutor(self.config.workers) as pool,
            _bar(total, done.words, progress) as bar,
        ):
            for epoch in range(done.epoch, self.config.epochs):
                running: deque[tuple[Future[int], int]] = deque()
                submitted = done.words
                for number, (chunk, first, last, n_words) in enumerate(_jobs(text)):
                    if number < done.jobs:
                        continue
                    rate = self._rate(submitted / total)
                    seed = _seed(self.config.seed, epoch, number)
                    job = pool.submit(engine.job, chunk, first, last, rate, seed)
                    running.append((job, n_words))
                    submitted += n_words
                    due = submitted - saved >= save_words and state_file is not None
                    while len(running) > (0 if due else 4 * self.config.workers):
                        self._finish(running.popleft(), done, bar)
                    if due:
                        keep_state()
                        saved = submitted
                while running:
                    self._finish(running.popleft(), done, bar)
                if done.words != (epoch + 1) * counts.total:
                    raise CourseError(
                        f"a text that is the same in each walk: {counts.total:,} words",
                        f"{done.words - epoch * counts.total:,} in epoch {epoch + 1}",
                        "give a list, or an object whose __iter__ begins anew each time",
                    )
                _must_be_finite(engine.inputs, engine.outputs, rate=self.config.rate)
                done.epoch, done.jobs = epoch + 1, 0
                keep_state()
        self.n_pairs = done.pairs
        seconds = time.perf_counter() - start
        self.words_per_second = (done.words - words_before) / seconds
        if state_file is not None:
            discard(state_file)
        self.vectors = WordVectors(counts.words, engine.inputs)
        self.context_vectors = WordVectors(counts.words, engine.outputs)
        return self.vectors

    def _rate(self, share_read: float) -> float:
        return max(self.config.min_rate, self.config.rate * (1 - share_read))

    def _finish(self, job: tuple[Future[int], int], done: Progress, bar) -> None:
        done.pairs += job[0].result()
        done.jobs += 1
        done.words += job[1]
        bar.update(job[1])


def _must_be_finite(*tables: np.ndarray, rate: float) -> None:
    if not all(np.isfinite(table).all() for table in tables):
        raise CourseError("vectors of finite numbers", "one that is not", f"lower the rate, {rate}")


def _jobs(text: Encoded) -> Iterator[tuple[Chunk, int, int, int]]:
    """Yield (chunk, first sentence, last sentence + 1, words), the same in every epoch."""
    for chunk in text:
        for first, last in chunk.jobs(word2vec_stream.JOB_WORDS):
            yield chunk, first, last, int(chunk.offsets[last] - chunk.offsets[first])


def _seed(seed: int, epoch: int, job: int) -> int:
    """Return a number of 64 bits for a job, whoever runs it and whenever."""
    return int.from_bytes(hashlib.sha256(f"{seed} {epoch} {job}".encode()).digest()[:8], "little")


def _bar(total: int, done: int, shown: bool):
    from tqdm.auto import tqdm

    return tqdm(
        total=total, initial=done, desc="word2vec", unit=" words", unit_scale=True,
        disable=not shown,
    )  # fmt: skip
