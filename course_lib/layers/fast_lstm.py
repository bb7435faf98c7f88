"""An LSTM layer for training on a CPU: a few large products, and one short loop over positions.

Axes: T positions, B rows, H memory cells, G = 4 H gate inputs (i, f, g, o), P numbers handed on.

Recurrence leaves little to be done one position after the other: a product with what was handed on
before, and a pass of compiled code (`lstm_cells.py`) over what came out. The rest is done for all
positions at once: W x by the caller, and here the gradients of all weights.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from course_lib.layers.products import product_type

ENGINES = ("torch", "fast")
UNBOUNDED = float(torch.finfo(torch.float32).max)


class HasEngine(nn.Module):
    """An LSTM layer that can be computed in two ways: "torch", and "fast", which is this file's."""

    engine = "torch"

    def runs_fast(self, x: Tensor) -> bool:
        """Say whether this call is one for the fast way: it exists for float32 on the CPU."""
        return self.engine == "fast" and x.device.type == "cpu" and x.dtype != torch.float64


@contextmanager
def computed_by(model: nn.Module, engine: str) -> Iterator[None]:
    """Choose how all LSTM layers of a model are computed in here; the results stay the same.

    Raises: ValueError for an unknown engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine is one of {', '.join(ENGINES)}, received {engine!r}")
    layers = [module for module in model.modules() if isinstance(module, HasEngine)]
    before = [layer.engine for layer in layers]
    for layer in layers:
        layer.engine = engine
    try:
        yield
    finally:
        for layer, own in zip(layers, before, strict=True):
            layer.engine = own


class Bounds(NamedTuple):
    """Where the memory cell and what is handed on are clipped."""

    cell: float = UNBOUNDED
    output: float = UNBOUNDED


def read_steps(
    from_input: Float[Tensor, "T B G"],
    h: Float[Tensor, "B P"],
    c: Float[Tensor, "B H"],
    state_weight: Float[Tensor, "G P"],
    projection: Float[Tensor, "P H"] | None = None,
    *,
    lengths: Int[Tensor, " B"] | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008  (a tuple of two numbers)
) -> tuple[Float[Tensor, "T B P"], Float[Tensor, "B P"], Float[Tensor, "B H"]]:
    """Read all positions; return what each handed on, and h and c after each row's last one.

    i, f, o = σ(…), g = tanh(…) of from_input + U h;   c = clip(i · g + f · c);   h = clip(R (o ·
    tanh c)), without R where there is no projection.

    Paper: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; projection:
    Sak, Senior and Beaufays 2014, arXiv:1402.1128. Weights' gradients after the loop, in one
    product: Appleyard et al. 2016, arXiv:1604.01946, section 3.
    Differs from the papers: no peepholes. Sums are float32; the products are taken in the type that
    autocast asks for.
    lengths: a row that has ended hands on zeros and keeps its state; None for rows of T positions.
    Raises: ValueError where a tensor is not float32 on the CPU.
    """
    for tensor in (h, c, state_weight):
        if tensor.device.type != "cpu" or tensor.dtype != torch.float32:
            raise ValueError(
                f"the fast LSTM takes float32 on the CPU, received {tensor.dtype} on "
                f"{tensor.device}: use engine='torch'"
            )
    kind = product_type(state_weight)
    ends = torch.full((len(h),), len(from_input)) if lengths is None else lengths
    with torch.autocast("cpu", enabled=False):
        output, h, c = _Steps.apply(
            from_input.float(), h, c, state_weight, projection, ends, *bounds, kind
        )
    if lengths is not None:
        is_token = torch.arange(len(from_input))[:, None] < lengths
        output = output * is_token[..., None]
    return output, h, c


class _Steps(torch.autograd.Function):
    """The loop of `read_steps`, and the same loop backwards."""

    @staticmethod
    def forward(
        ctx: Any, from_input, h, c, state_weight, projection, lengths, clip_c, clip_h, kind
    ):
        from course_lib.layers import lstm_cells

        n_steps, n_rows, _ = from_input.shape
        gates = torch.empty_like(from_input, memory_format=torch.contiguous_format)
        handed = torch.empty(n_steps + 1, n_rows, h.shape[1])  # what each step goes on from
        cells = torch.empty(n_steps + 1, n_rows, c.shape[1])
        shown = torch.empty(n_steps, n_rows, c.shape[1])  # o · tanh c
        handed[0], cells[0] = h, c
        from_h = state_weight.T.to(kind).contiguous()
        onward = None if projection is None else projection.T.to(kind).contiguous()
        ends, x, g, hs, cs, out = _arrays(lengths, from_input, gates, handed, cells, shown)
        for t in range(n_steps):
            by_h = _product(handed[t], from_h).numpy()
            lstm_cells.remember(t, ends, clip_c, x[t], by_h, g[t], cs[t], cs[t + 1], out[t])
            raw = out[t] if onward is None else _product(shown[t], onward).numpy()
            lstm_cells.hand_on(t, ends, clip_h, raw, hs[t], hs[t + 1])
        if projection is None:
            shown = None
        ctx.save_for_backward(state_weight, projection, lengths, gates, handed, cells, shown)
        ctx.clips, ctx.kind = (clip_c, clip_h), kind
        return handed[1:], handed[-1].clone(), cells[-1].clone()

    @staticmethod
    def backward(ctx: Any, d_output, d_h, d_c):  # type: ignore[override]
        from course_lib.layers import lstm_cells

        state_weight, projection, lengths, gates, handed, cells, shown = ctx.saved_tensors
        clip_c, clip_h = ctx.clips
        d_gates, d_raw = torch.empty_like(gates), torch.empty_like(handed[1:])
        d_h, d_c = d_h.clone(), d_c.clone()
        to_h = state_weight.to(ctx.kind)
        to_shown = None if projection is None else projection.to(ctx.kind)
        ends, g, hs, cs = _arrays(lengths, gates, handed, cells)
        d_out, d_g, d_r, dh, dc = _arrays(d_output, d_gates, d_raw, d_h, d_c)
        for t in reversed(range(len(gates))):
            lstm_cells.hand_back(t, ends, clip_h, hs[t + 1], d_out[t], dh, d_r[t])
            above = d_r[t] if to_shown is None else _product(d_raw[t], to_shown).numpy()
            lstm_cells.recall(t, ends, clip_c, g[t], cs[t], cs[t + 1], above, dc, d_g[t])
            d_h += _product(d_gates[t], to_h)
        d_weight = _product(d_gates.flatten(0, 1).T, handed[:-1].flatten(0, 1).to(ctx.kind))
        d_projection = None
        if shown is not None:
            d_projection = _product(d_raw.flatten(0, 1).T, shown.flatten(0, 1).to(ctx.kind))
        return d_gates, d_h, d_c, d_weight, d_projection, None, None, None, None


def _product(left: Tensor, right: Tensor) -> Tensor:
    """Multiply in the right side's type; return float32."""
    return (left.to(right.dtype) @ right).float()


def _arrays(*tensors: Tensor) -> list[Any]:
    return [tensor.contiguous().numpy() for tensor in tensors]
