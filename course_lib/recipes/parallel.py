"""Many small pieces of one recipe on all cores, each piece journalled as soon as it is done."""

import os
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

    pieces: key -> (a function at the top level of a module, its arguments).
    """
    todo = {key: piece for key, piece in pieces.items() if key not in context.journal}
    bar = tqdm(total=len(pieces), initial=len(pieces) - len(todo), desc=desc)
    with ProcessPoolExecutor(
        os.cpu_count(),
        mp_context=get_context("spawn"),
        initializer=torch.set_num_threads,
        initargs=(1,),
    ) as pool:
        futures = {pool.submit(function, *args): key for key, (function, args) in todo.items()}
        for future in as_completed(futures):
            context.once(futures[future], future.result)
            bar.update()
    bar.close()
    return {key: context.once(key, dict) for key in pieces}
