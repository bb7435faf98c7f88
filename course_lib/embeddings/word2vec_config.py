"""What word2vec can be told."""

from dataclasses import dataclass
from numbers import Integral


@dataclass(frozen=True, kw_only=True)
class Word2VecConfig:
    """Settings of word2vec; the defaults are those of word2vec.c for skip-gram.

    Paper: Mikolov et al. 2013b (arXiv:1310.4546), sections 2.2 and 2.3.
    Differs from the paper: the threshold of frequent words works by word2vec.c's formula.

    algorithm: predict the words around the centre from it, or the centre from the words around it.
    d_model: numbers a word.
    window: the furthest word that makes a pair, to either side.
    shrink_window: draw each centre's window from 1 .. window, so that near words count more.
    negative: false pairs drawn for each true one; one that draws the true word is left out.
    noise_power: words are drawn in proportion to their count to this power.
    sample: words with more than about this share of the text are thinned out; 0 keeps all.
    min_count: leave out words that occur less often.
    rate, min_rate: the learning rate falls from the first to the second, evenly in words read.
    workers: threads; with more than one the result varies from run to run (see word2vec_fast).
    engine: "fast" (numba) or "torch", the readable reference.
    batch_pairs: pairs a step of the torch engine; the fast one takes each pair by itself.
    Raises: ValueError for a setting that makes no sense.
    """

    algorithm: str = "skip-gram"
    d_model: int = 100
    window: int = 5
    shrink_window: bool = True
    negative: int = 5
    noise_power: float = 0.75
    sample: float | int = 1e-3
    min_count: int = 5
    epochs: int = 5
    rate: float = 0.025
    min_rate: float = 1e-4
    workers: int = 1
    seed: int = 0
    engine: str = "fast"
    batch_pairs: int = 64

    def __post_init__(self) -> None:
        for name in (
            "d_model", "window", "negative", "min_count", "epochs", "workers", "batch_pairs",
        ):  # fmt: skip
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < 1:
                raise ValueError(f"{name} must be a whole number, 1 or more, received {value}")
        if self.algorithm not in ("skip-gram", "cbow"):
            raise ValueError(f"algorithm is 'skip-gram' or 'cbow', received {self.algorithm!r}")
        if self.engine not in ("fast", "torch"):
            raise ValueError(f"engine is 'fast' or 'torch', received {self.engine!r}")
        if not 0 <= self.sample <= 1:
            raise ValueError(f"sample must lie in 0 .. 1, received {self.sample}")
        if not 0 < self.min_rate <= self.rate:
            raise ValueError(
                f"0 < min_rate ≤ rate must hold, received {self.min_rate} and {self.rate}"
            )
        if self.engine == "torch" and self.workers > 1:
            raise ValueError(f"the torch engine has one worker, received {self.workers}")
