"""Chapter 8: four ways to compute the same heads, forward and backward, timed in turns."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from course_lib.layers.attention import MultiHeadAttention, scaled_dot_product_attention
from course_lib.recipes.ch08.cost import (
    in_a_process_of_its_own,
    in_turns,
    mebibytes_on_top,
)
from course_lib.recipes.context import Context, Measured

NAME = "ch08_variants"
SEEDS = [0]

B, T, D_MODEL, N_HEADS, ROUNDS = 8, 128, 256, 8, 11


def loop(own: MultiHeadAttention, x: Tensor) -> Tensor:
    """Return the output, one head after the other."""
    width = D_MODEL // N_HEADS
    answers = []
    for h in range(N_HEADS):
        rows = slice(h * width, (h + 1) * width)
        q, k, v = (
            F.linear(x, proj.weight[rows], proj.bias[rows])
            for proj in (own.query_proj, own.key_proj, own.value_proj)
        )
        answers.append(scaled_dot_product_attention(q, k, v))
    return own.output_proj(torch.cat(answers, dim=-1))


def stacked(own: MultiHeadAttention, x: Tensor) -> Tensor:
    """Return the output from matrices with an axis of heads: (H, K, D)."""
    q, k, v = (
        torch.einsum("btd,hkd->bhtk", x, proj.weight.unflatten(0, (N_HEADS, -1)))
        + proj.bias.unflatten(0, (N_HEADS, 1, -1))
        for proj in (own.query_proj, own.key_proj, own.value_proj)
    )
    found = scaled_dot_product_attention(q, k, v)
    output = own.output_proj.weight.unflatten(1, (N_HEADS, -1))
    return torch.einsum("bhtk,dhk->btd", found, output) + own.output_proj.bias


def ways(seed: int) -> tuple[dict[str, Callable[[Tensor], Tensor]], MultiHeadAttention]:
    """Return the four ways, all with the same weights."""
    torch.manual_seed(seed)
    own = MultiHeadAttention(D_MODEL, N_HEADS)
    fused = MultiHeadAttention(D_MODEL, N_HEADS, fused=True)
    fused.load_state_dict(own.state_dict())
    return {
        "loop": lambda x: loop(own, x),
        "stacked": lambda x: stacked(own, x),
        "one_product": own,
        "fused": fused,
    }, own


def memory(way: str, seed: int) -> float:
    """Return MiB on top of weights and input, forward and backward."""
    found, _ = ways(seed)
    found[way](torch.randn(1, 4, D_MODEL, requires_grad=True)).sum().backward()
    x = torch.randn(B, T, D_MODEL, requires_grad=True)
    return mebibytes_on_top(lambda: found[way](x).sum().backward())


def run(context: Context) -> Measured:
    """Record {way: {seconds, ratio to one product, mebibytes}}."""
    found_ways, _ = ways(context.seeds[0])
    x = torch.randn(B, T, D_MODEL, requires_grad=True)
    calls: dict[str, Callable[[], object]] = {
        name: lambda way=way: way(x).sum().backward() for name, way in found_ways.items()
    }
    seconds = in_turns(calls, ROUNDS)
    metrics: dict[str, Any] = {
        name: {
            "seconds": seconds[name],
            "ratio": seconds[name] / seconds["one_product"],
            "mebibytes": in_a_process_of_its_own(memory, name, context.seeds[0]),
        }
        for name in calls
    }
    sizes = {"batch": B, "length": T, "d_model": D_MODEL, "n_heads": N_HEADS, "rounds": ROUNDS}
    return Measured(metrics=metrics | sizes, data={"made": "random vectors"})
