"""bfloat16 where it pays: the device is asked whether it has it, and then timed.

Under autocast, products of matrices are taken in bfloat16, a float32 that keeps its exponent and
loses 16 of its 24 binary digits; weights, sums and the optimiser stay float32. A processor with
matrix units (AMX, tensor cores) multiplies so several times as fast, one with vector instructions
alone (`avx512_bf16`) at twice the speed, the same, or half, and one without must imitate it. So
having it says little, and a short race decides.

Paper: Micikevicius et al. 2018, arXiv:1710.03740, for mixed precision; Kalamkar et al. 2019,
arXiv:1905.12322, for bfloat16, which needs no scaling of the loss.
"""

import time
from collections.abc import Callable
from functools import cache
from statistics import median

import torch

PRECISIONS = ("float32", "bfloat16", "auto")
ENOUGH = 1.1  # how many times as fast bfloat16 must be
ROUNDS = 5


def chosen(precision: str, device: torch.device | str = "cpu") -> str:
    """Return "float32" or "bfloat16": the one that is named, or the faster one for "auto".

    A race may end differently tomorrow: write down what was chosen, and go on with that.
    Raises: ValueError for another name.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision is one of {', '.join(PRECISIONS)}, received {precision!r}")
    if precision != "auto":
        return precision
    device = torch.device(device)
    return "bfloat16" if has_bfloat16(device) and gain(device.type) >= ENOUGH else "float32"


def autocast(precision: str, device: torch.device | str = "cpu") -> torch.autocast:
    """Return the context in which a model and its loss are computed; float32 changes nothing."""
    kind = torch.device(device).type
    return torch.autocast(kind, torch.bfloat16, enabled=precision == "bfloat16")


def has_bfloat16(device: torch.device) -> bool:
    """Say whether the device multiplies bfloat16 numbers by instructions of its own."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    asked = [
        getattr(torch.cpu, f"_is_{name}_supported", None) for name in ("avx512_bf16", "amx_tile")
    ]
    return any(ask() for ask in asked if ask is not None)


@cache
def gain(kind: str) -> float:
    """Return how many times as fast bfloat16 is, for a product as large as a layer's."""
    own = torch.Generator().manual_seed(0)  # subtle: training's random numbers stay as they were
    x, weight = (torch.randn(n, 1536 - n, generator=own).to(kind) for n in (1024, 512))
    halves = x.bfloat16(), weight.bfloat16()
    ratios = [
        _seconds(lambda: x @ weight, kind) / _seconds(lambda: halves[0] @ halves[1], kind)
        for _ in range(ROUNDS + 1)
    ]
    return median(ratios[1:])  # the first call of each prepares more than it multiplies


def _seconds(action: Callable[[], object], kind: str) -> float:
    # of the processor's own time, so that other work on the machine does not decide
    clock = time.perf_counter if kind == "cuda" else time.process_time
    _wait(kind)
    start = clock()
    for _ in range(4):
        action()
    _wait(kind)
    return clock() - start


def _wait(kind: str) -> None:
    if kind == "cuda":
        torch.cuda.synchronize()
