"""Work on the rows of a batch in parts, a thread each.

A loop over positions or blocks makes many small products. Torch cuts each of them into pieces for
its threads, and waits for all pieces before the next; rows that are read in parts wait once, at the
end. On a machine that does other work too, each wait is for the slowest.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, reduce
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor

Found = TypeVar("Found")


def in_parts(work: Callable[[slice], Found], n: int, *, fewest: int) -> list[Found]:
    """Return what `work` gives for each part of n rows: as many parts as torch may use threads.

    Each part is worked on by one thread, without gradients. Sums over parts add up in another order
    than sums over all rows, so another number of threads gives other last digits.
    fewest: rows of a part; fewer are not worth a thread.
    """
    n_threads = torch.get_num_threads()
    n_parts = max(1, min(n_threads, n // max(fewest, 1)))
    parts = [slice(a, b) for a, b in pairwise(n * i // n_parts for i in range(n_parts + 1))]
    if n_parts == 1:
        return [work(part) for part in parts]
    try:
        return list(_pool(n_parts).map(work, parts))
    finally:
        # subtle: what a worker chose for itself, torch also gives to threads that begin later
        torch.set_num_threads(n_threads)


def summed(parts: list[list[Tensor]]) -> list[Tensor]:
    """Add up what the parts gave, place by place."""
    return [reduce(torch.add, same) for same in zip(*parts, strict=True)]


@cache
def _pool(n_threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n_threads, "row-part", initializer=_one_thread_no_gradients)


def _one_thread_no_gradients() -> None:
    torch.get_num_threads()  # subtle: a thread's first question sets it to torch's own number
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)


if hasattr(os, "register_at_fork"):  # a child process has none of its parent's threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
