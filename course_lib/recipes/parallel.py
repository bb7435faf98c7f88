"""Many small pieces of one recipe on all cores, each piece journalled as soon as it is done."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any

import torch
from tqdm import tqdm

from course_lib.recipes.context import Context

Piece = tuple[Callable[..., Any], tuple[Any, ...]]


def spread(context: Context, pieces: dict[str, Piece], desc: str) -> dict[str, Any]:
    """Compute every piece that the journal does not hold yet, one process a core; return all.

    Where one fails, those that have not begun are left out and the error is raised.

    pieces: key -> (a function at the top level of a module, its arguments).
    """
    todo = {key: piece for key, piece in pieces.items() if key not in context.journal}
    processes = os.cpu_count() or 1
    bar = tqdm(total=len(pieces), initial=len(pieces) - len(todo), desc=desc)
    with ProcessPoolExecutor(
        processes,
        mp_context=get_context("spawn"),
        initializer=torch.set_num_threads,
        initargs=(1,),
    ) as pool:
        futures = {
            pool.submit(_timed, function, args): key for key, (function, args) in todo.items()
        }
        for future in as_completed(futures):
            try:
                value, seconds = future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            context.journal.add(futures[future], value, seconds / processes)  # of the wall's time
            bar.update()
    bar.close()
    return {key: context.once(key, dict) for key in pieces}


def _timed(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[Any, float]:
    """Return what the function returns, and the seconds that it took."""
    start = time.perf_counter()
    return function(*args), time.perf_counter() - start
