"""Chapter 8: what attention costs as texts grow longer: seconds and memory, explicit and fused."""

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import torch

from course_lib.layers.attention import MultiHeadAttention
from course_lib.recipes.context import Context, Measured

NAME = "ch08_cost"
SEEDS = [0]

LENGTHS = [128, 256, 512, 1024, 2048, 4096]
D_MODEL, N_HEADS, ROUNDS = 256, 8, 7
WAYS = {"explicit": False, "fused": True}
STATUS, PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def mebibytes_on_top(call: Callable[[], object]) -> float:
    """Return how far the process's memory rose during a call (Linux).

    What earlier calls gave back may be used again unseen: call it once in a process of its own.
    """
    PEAK.write_text("5")  # the highest mark falls to what is held now
    before = _kibibytes("VmHWM")
    call()
    return (_kibibytes("VmHWM") - before) / 1024


def _kibibytes(name: str) -> int:
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])


def in_a_process_of_its_own(function: Callable[..., float], *args: Any) -> float:
    """Return what the function returns; it stands at the top level of a module."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args).result()


@torch.no_grad()
def memory(fused: bool, length: int) -> float:
    """Return MiB on top of weights and input."""
    attention = MultiHeadAttention(D_MODEL, N_HEADS, fused)
    attention(torch.randn(1, 4, D_MODEL))  # a first call loads what it needs
    x = torch.randn(1, length, D_MODEL)
    return mebibytes_on_top(lambda: attention(x))


def in_turns(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each call, all of them once a round."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {name: median(found) for name, found in seconds.items()}


@torch.no_grad()
def run(context: Context) -> Measured:
    """Record {explicit, fused: {length: {seconds, mebibytes}}}."""
    torch.manual_seed(context.seeds[0])
    attention = {way: MultiHeadAttention(D_MODEL, N_HEADS, fused) for way, fused in WAYS.items()}
    found: dict[str, Any] = {way: {} for way in WAYS}
    for length in context.progress(LENGTHS, "length"):
        x = torch.randn(1, length, D_MODEL)
        calls: dict[str, Callable[[], object]] = {
            way: lambda own=own, x=x: own(x) for way, own in attention.items()
        }
        seconds = in_turns(calls, ROUNDS)
        for way, fused in WAYS.items():
            found[way][f"length_{length}"] = {
                "seconds": seconds[way],
                "mebibytes": in_a_process_of_its_own(memory, fused, length),
            }
    sizes = {"lengths": LENGTHS, "d_model": D_MODEL, "n_heads": N_HEADS, "rounds": ROUNDS}
    return Measured(metrics=found | sizes, data={"made": "random vectors"})
