"""How long something takes, for pairs that are timed in turns."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import click


def seconds(action: Callable[[], Any]) -> float:
    """Return the wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def print_pair(
    name: str, ours: Callable[[], Any], other: Callable[[], Any], rounds: int, warm_up: int = 1
) -> None:
    """Print the medians of both in milliseconds, and of their ratio: below 1 ours is faster.

    warm_up: rounds that are not counted; a kernel's first calls cost more.
    """
    for call in (ours, other) * warm_up:
        call()
    pairs = [(seconds(ours), seconds(other)) for _ in range(rounds)]
    first, second = (1e3 * median(column) for column in zip(*pairs, strict=True))
    ratio = median(a / b for a, b in pairs)
    click.echo(f"{name:50}{first:>9.2f} ms{second:>9.2f} ms{ratio:>8.2f}x")
