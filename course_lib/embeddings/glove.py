"""GloVe: vectors whose products match the logarithms of co-occurrence counts.

Axes: V vocabulary, D numbers a word, E pairs that occur.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float
from numba import njit

from course_lib.embeddings.cooccurrence import cooccurrences
from course_lib.embeddings.vectors import WordVectors
from course_lib.embeddings.word2vec_counts import count_words
from course_lib.embeddings.word2vec_stream import must_be_walkable
from course_lib.errors import CourseError


@dataclass(frozen=True, kw_only=True)
class GloveConfig:
    """Settings of GloVe; the defaults are the paper's.

    Paper: Pennington et al. 2014, sections 3 and 4.2.
    x_max, alpha: a pair counted x times weighs (x / x_max)^alpha, and 1 from x_max on. The paper's
    100 suits billions of words; for small text take 10, as the example of the authors' program.
    Raises: ValueError for a setting that makes no sense.
    """

    d_model: int = 100
    window: int = 10
    x_max: float | int = 100
    alpha: float = 0.75
    rate: float = 0.05
    epochs: int = 25
    min_count: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("d_model", "window", "epochs", "min_count"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")
        if min(self.x_max, self.alpha, self.rate) <= 0:
            raise ValueError(
                "x_max, alpha and rate must be above 0, received "
                f"{self.x_max}, {self.alpha} and {self.rate}"
            )


def weight(
    counts: Float[np.ndarray, " E"], x_max: float | int = 100, alpha: float = 0.75
) -> Float[np.ndarray, " E"]:
    """Return f(x) = min(1, (x / x_max)^alpha) (Pennington et al. 2014, equation 9)."""
    return np.minimum(1.0, (counts / x_max) ** alpha)


def loss_and_gradients(
    word: Float[np.ndarray, " D"], context: Float[np.ndarray, " D"],
    word_bias: float, context_bias: float, count: float,
    x_max: float | int = 100, alpha: float = 0.75,
) -> tuple[float, Float[np.ndarray, " D"], Float[np.ndarray, " D"], float]:  # fmt: skip
    """Return ½ f(x) (w · c + b_w + b_c − log x)² and its gradients for w, c and either bias.

    Paper: Pennington et al. 2014, equation 8.
    Differs from the paper: the factor ½, as in the authors' program, where it only scales the rate.
    """
    f = weight(np.array([count]), x_max, alpha)[0]
    error = float(word @ context) + word_bias + context_bias - float(np.log(count))
    return float(0.5 * f * error**2), f * error * context, f * error * word, float(f * error)


@njit(nogil=True, fastmath=True, cache=True)
@no_type_check
def _epoch(rows, columns, logs, weights, order, words, contexts, squares_w, squares_c, rate):
    """Walk all pairs once with AdaGrad; the last column of each table is the bias."""
    width = words.shape[1] - 1
    total = 0.0
    for e in order:
        w, c = words[rows[e]], contexts[columns[e]]
        gw, gc = squares_w[rows[e]], squares_c[columns[e]]
        error = w[width] + c[width] - logs[e]
        for d in range(width):
            error += w[d] * c[d]
        slope = weights[e] * error
        total += 0.5 * slope * error
        for d in range(width):
            to_w, to_c = slope * c[d], slope * w[d]
            w[d] -= rate * to_w / np.sqrt(gw[d])
            c[d] -= rate * to_c / np.sqrt(gc[d])
            gw[d] += to_w * to_w
            gc[d] += to_c * to_c
        w[width] -= rate * slope / np.sqrt(gw[width])
        c[width] -= rate * slope / np.sqrt(gc[width])
        gw[width] += slope * slope
        gc[width] += slope * slope
    return total


class Glove:
    """Weighted least squares on log counts, by AdaGrad; the sum of both tables is the result.

    Paper: Pennington et al. 2014, EMNLP.
    Differs from the paper: pairs are walked in a new random order each epoch; its squared gradients
    start at 1, as in the authors' program.

    After `fit`: `vectors`, and `losses`, the mean loss of a pair in each epoch.
    """

    def __init__(self, config: GloveConfig | None = None) -> None:
        self.config = config or GloveConfig()
        self.vectors: WordVectors | None = None
        self.losses: list[float] = []

    def fit(self, sentences: Iterable[Sequence[str]], *, progress: bool = True) -> WordVectors:
        """Count pairs (each distance d counts 1/d), then fit; return word plus context vectors.

        sentences: lists of words; a list, or an object that can be walked twice.

        Raises: ValueError and CourseError as Word2Vec.fit.
        """
        from tqdm.auto import tqdm

        must_be_walkable(sentences)
        config, rng = self.config, np.random.default_rng(self.config.seed)
        words = count_words(sentences, config.min_count).words
        counts = cooccurrences(sentences, words, config.window, "harmonic").tocoo()
        if counts.nnz == 0:
            raise CourseError(
                "a text in which words stand side by side",
                "sentences of one known word each",
                "lower min_count or give more text",
            )
        logs = np.log(counts.data).astype(np.float32)
        weights = weight(counts.data, config.x_max, config.alpha).astype(np.float32)
        shape = (2, len(words), config.d_model + 1)
        tables = ((rng.random(shape, dtype=np.float32) - 0.5) / config.d_model).astype(np.float32)
        squares = np.ones(shape, dtype=np.float32)
        self.losses = []
        for _ in tqdm(range(config.epochs), desc="GloVe", unit="epoch", disable=not progress):
            try:
                total = _epoch(
                    counts.row, counts.col, logs, weights, rng.permutation(len(logs)),
                    tables[0], tables[1], squares[0], squares[1], np.float32(config.rate),
                )  # fmt: skip
            except ZeroDivisionError:  # sums of squares that have overflown
                total = np.nan
            if not (np.isfinite(total) and np.isfinite(tables).all()):
                raise CourseError(
                    "vectors of finite numbers", "one that is not", f"lower the rate, {config.rate}"
                )
            self.losses.append(total / len(logs))
        self.vectors = WordVectors(words, (tables[0] + tables[1])[:, :-1])
        return self.vectors
