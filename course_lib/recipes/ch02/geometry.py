"""Chapter 2, second and third failing: distances between one-hot vectors, and between learned ones.

The learned vectors are not the chapter's subject, only proof that it can be otherwise: a truncated
singular value decomposition of positive pointwise mutual information (Levy & Goldberg 2014), which
takes seconds. Chapter 4 trains word2vec.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.utils.extmath import randomized_svd

from course_lib.data import docs
from course_lib.recipes.context import Context, Measured
from course_lib.text.one_hot import one_hot
from course_lib.text.tokenize import words
from course_lib.text.vocabulary import Vocabulary

NAME = "ch02_geometry"
SEEDS = [0, 1, 2]  # of the randomized decomposition and of the words drawn

MIN_COUNT = 10
WINDOW = 5
D_MODEL = 100
SMOOTHING = 0.75  # of the context counts, as in word2vec
# pairs that mean nearly the same, and a word that has nothing to do with them
PAIRS = [
    ("run", "running"), ("compute", "computing"), ("array", "arrays"), ("write", "writing"),
    ("row", "column"), ("monday", "sunday"), ("red", "blue"), ("minimum", "maximum"),
    ("encode", "decode"), ("left", "right"), ("sine", "cosine"), ("begin", "start"),
]  # fmt: skip
STRANGER = "monday"
SHOWN = ["run", "monday", "red", "kernel", "decode"]


def ppmi(texts: Sequence[Sequence[int]], vocab_size: int) -> csr_matrix:
    """Return max(0, log p(w, c) / (p(w) p(c))) for words w and words c within the window of w."""
    rows, columns = [], []
    for text in texts:
        ids = np.asarray(text)
        for distance in range(1, WINDOW + 1):
            rows += [ids[:-distance], ids[distance:]]
            columns += [ids[distance:], ids[:-distance]]
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = (vocab_size, vocab_size)
    counts = csr_matrix((np.ones(len(row), dtype=np.float32), (row, column)), shape=shape)
    counts.sum_duplicates()
    word = np.asarray(counts.sum(axis=1)).ravel()
    context = word**SMOOTHING / (word**SMOOTHING).sum()
    entries = counts.tocoo()
    score = np.log(entries.data / word[entries.row] / context[entries.col])
    kept = score > 0
    return csr_matrix((score[kept], (entries.row[kept], entries.col[kept])), shape=shape)


def svd_vectors(matrix: csr_matrix, seed: int) -> NDArray:
    """Return a row of D numbers of length 1 for each word."""
    left, values, _ = randomized_svd(matrix, D_MODEL, random_state=seed)
    vectors = left * np.sqrt(values)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(min=1e-12)


def rank(vectors: NDArray, query: int, target: int) -> float:
    """Return which neighbour of the query the target is, by cosine: 1 is the nearest.

    Words at the same distance share the mean of their ranks.
    """
    cosine = vectors @ vectors[query]
    others = np.arange(len(vectors)) != query
    nearer = int((cosine[others] > cosine[target]).sum())
    level = int((cosine[others] == cosine[target]).sum())
    return nearer + (level + 1) / 2


def one_hot_geometry(vocab_size: int, seed: int) -> dict[str, float]:
    """Measure all pairs among 500 words drawn from the vocabulary."""
    drawn = np.random.default_rng(seed).choice(vocab_size, 500, replace=False)
    vectors = one_hot(drawn, vocab_size)
    cosine = vectors @ vectors.T
    pairs = cosine[np.triu_indices(len(drawn), k=1)]
    distances = np.sqrt(2 - 2 * pairs)
    return {
        "distance_min": float(distances.min()),
        "distance_max": float(distances.max()),
        "cosine_min": float(pairs.min()),
        "cosine_max": float(pairs.max()),
    }


def learned_geometry(matrix: csr_matrix, vocabulary: Vocabulary, seed: int) -> dict[str, Any]:
    """Rank partners and strangers, and list neighbours, among the learned vectors."""
    vectors = svd_vectors(matrix, seed)
    drawn = np.random.default_rng(seed).choice(len(vocabulary), 500, replace=False)
    cosine = (vectors[drawn] @ vectors[drawn].T)[np.triu_indices(500, k=1)]
    ids = {word: vocabulary.id_of(word) for word in vocabulary.tokens}
    near = {}
    for word in SHOWN:
        order = np.argsort(-(vectors @ vectors[ids[word]]))
        near[word] = ", ".join(vocabulary.tokens[i] for i in order[1:6])
    return {
        "cosine_mean": float(cosine.mean()),
        "cosine_std": float(cosine.std()),
        "partner_rank": {f"{a}_{b}": rank(vectors, ids[a], ids[b]) for a, b in PAIRS},
        "partner_cosine": {f"{a}_{b}": float(vectors[ids[a]] @ vectors[ids[b]]) for a, b in PAIRS},
        "stranger_rank": rank(vectors, ids["run"], ids[STRANGER]),
        "stranger_cosine": float(vectors[ids["run"]] @ vectors[ids[STRANGER]]),
        "neighbours": near,
    }


def run(context: Context) -> Measured:
    """Record distances, ranks and neighbours, one-hot and learned."""
    corpus = docs.load_docs()
    texts = [words(text) for text in corpus[:]["text"]]
    vocabulary = Vocabulary.build(texts, min_count=MIN_COUNT, special=())
    encoded = [[vocabulary.ids[word] for word in text if word in vocabulary] for text in texts]
    matrix = ppmi(encoded, len(vocabulary))
    flat = [
        context.once(f"onehot-{seed}", lambda s=seed: one_hot_geometry(len(vocabulary), s))
        for seed in context.seeds
    ]
    learned = [
        context.once(f"learned-{seed}", lambda s=seed: learned_geometry(matrix, vocabulary, s))
        for seed in context.progress(context.seeds, "decomposition")
    ]
    metrics: dict[str, Any] = {
        "vocab_size": len(vocabulary),
        "corpus_words": sum(map(len, texts)),
        "sqrt_2": math.sqrt(2),
        "onehot": {name: [piece[name] for piece in flat] for name in flat[0]},
        # every other word is at the same distance: the rank is the middle of all of them
        "onehot_rank": len(vocabulary) / 2,
        "d_model": D_MODEL,
        "learned": {
            **{
                name: [piece[name] for piece in learned]
                for name in ("cosine_mean", "cosine_std", "stranger_rank", "stranger_cosine")
            },
            **{
                name: {pair: [piece[name][pair] for piece in learned] for pair in learned[0][name]}
                for name in ("partner_rank", "partner_cosine")
            },
            "partner_rank_median": [
                float(np.median(list(piece["partner_rank"].values()))) for piece in learned
            ],
            "neighbours": learned[0]["neighbours"],
        },
    }
    fingerprint = docs.fingerprint(corpus)
    return Measured(metrics=metrics, data={"docs corpus": f"sha256 {fingerprint[:16]}"})
