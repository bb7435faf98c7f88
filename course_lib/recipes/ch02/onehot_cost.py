"""Chapter 2, first failing: memory and time of one-hot vectors against a lookup, by vocabulary."""

import gc
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_lib.layers.embedding import Embedding, one_hot_product
from course_lib.recipes.context import Context, Measured
from course_lib.text.one_hot import sparse_one_hot

NAME = "ch02_onehot_cost"
SEEDS = list(range(9))  # rounds: each draws other words and times every way once

VOCABULARIES = [1_000, 3_000, 10_000, 30_000, 100_000]
BATCH, LENGTH = 16, 32  # words looked up at once: B × T = 512
D_MODEL = 64


def seconds(action: Callable[[], Any], repeats: int) -> float:
    """Return the shortest time of a few repeats: what the work takes when nothing disturbs it."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - start)
    return best


def sparse_bytes(vocab_size: int) -> int:
    """Return the size of the batch's one-hot vectors in compressed rows."""
    matrix = sparse_one_hot(np.zeros(BATCH * LENGTH, dtype=np.int64), vocab_size)
    return matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes


def gradient_bytes(gradient: Tensor) -> int:
    """Return the memory of a gradient, dense or sparse."""
    if not gradient.is_sparse:
        return gradient.numel() * gradient.element_size()
    parts = (gradient._indices(), gradient._values())
    return sum(part.numel() * part.element_size() for part in parts)


def backward(layer: Embedding, ids: Tensor) -> Tensor:
    """Return the gradient of the table after one forward and backward pass."""
    layer.weight.grad = None
    layer(ids).sum().backward()
    assert layer.weight.grad is not None
    return layer.weight.grad


def measure(vocab_size: int, round_: int) -> dict[str, float]:
    """Time every way once, in milliseconds, on the same words."""
    generator = torch.Generator().manual_seed(round_)
    ids = torch.randint(vocab_size, (BATCH, LENGTH), generator=generator)
    flat = ids.flatten().numpy()
    dense_layer = Embedding(vocab_size, D_MODEL)
    sparse_layer = Embedding(vocab_size, D_MODEL, sparse=True)
    weight = dense_layer.weight.detach()
    table = weight.numpy()
    with torch.no_grad():
        # fewer repeats where one takes long
        slow = max(1, 100_000 // vocab_size // 4)
        forward = {
            "dense": seconds(lambda: one_hot_product(ids, weight), min(slow, 5)),
            "sparse": seconds(lambda: sparse_one_hot(flat, vocab_size) @ table, 10),
            "lookup": seconds(lambda: dense_layer(ids), 20),
        }
    gradients = {
        "grad_dense": seconds(lambda: backward(dense_layer, ids), 5),
        "grad_sparse": seconds(lambda: backward(sparse_layer, ids), 5),
    }
    gc.collect()
    return {name: 1000 * value for name, value in (forward | gradients).items()}


def run(context: Context) -> Measured:
    """Record memory (bytes), times (milliseconds, one a round) and ratios within each round."""
    torch.set_num_threads(1)  # one core, so that the ways differ in work and not in threads
    measure(VOCABULARIES[0], 99)  # the first calls load libraries
    metrics: dict[str, Any] = {"memory": {}, "milliseconds": {}, "ratio": {}}
    for vocab_size in VOCABULARIES:
        rounds = [
            context.once(f"{vocab_size}-{r}", lambda v=vocab_size, r=r: measure(v, r))
            for r in context.progress(context.seeds, f"V = {vocab_size}")
        ]
        key = str(vocab_size)
        ids = torch.zeros(BATCH, LENGTH, dtype=torch.long)
        metrics["memory"][key] = {
            "dense": BATCH * LENGTH * vocab_size * 4,
            "sparse": sparse_bytes(vocab_size),
            "ids": BATCH * LENGTH * 8,
            "table": vocab_size * D_MODEL * 4,
            "grad_dense": gradient_bytes(backward(Embedding(vocab_size, D_MODEL), ids)),
            "grad_sparse": gradient_bytes(
                backward(Embedding(vocab_size, D_MODEL, sparse=True), ids)
            ),
            "one_hot_table": vocab_size * vocab_size * 4,  # V × V: all words' vectors at once
        }
        metrics["milliseconds"][key] = {
            name: [timed[name] for timed in rounds] for name in rounds[0]
        }
        metrics["ratio"][key] = {
            "dense_to_lookup": [timed["dense"] / timed["lookup"] for timed in rounds],
            "sparse_to_lookup": [timed["sparse"] / timed["lookup"] for timed in rounds],
            "grad_dense_to_sparse": [t["grad_dense"] / t["grad_sparse"] for t in rounds],
        }
    metrics["batch"] = {"B": BATCH, "T": LENGTH, "D": D_MODEL}
    return Measured(metrics=metrics, data={"words": "drawn at random, evenly, by round"})
