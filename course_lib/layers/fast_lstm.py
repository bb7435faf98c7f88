"""An LSTM layer for training on a CPU: one product a position, and a pass of compiled code.

Axes: T positions, B rows, D inputs, H memory cells, G = 4 H gate inputs (i, f, g, o), P numbers
handed on, K = D + P numbers that a step reads.

A step reads its input and what was handed on before as one row [x, h], and so multiplies once, by
[W, U]; `lstm_cells.py` does the rest while the product is still near the processor. On the way back
the gradients of gates are kept for a few positions only, and the weights get their share from these
at once. Rows are read in parts, a thread each (`row_parts.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from course_lib.layers.products import product_type
from course_lib.layers.row_parts import in_parts, summed

ENGINES = ("torch", "fast")
UNBOUNDED = float(torch.finfo(torch.float32).max)
ENOUGH = 256  # rows of a product that gives gradients of weights
FEWEST = 16  # rows that are worth a thread


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


class Weights(NamedTuple):
    """What a layer learns; without a projection it hands on what its cells show, and P = H."""

    of_input: Float[Tensor, "G D"]
    of_state: Float[Tensor, "G P"]
    bias: Float[Tensor, " G"]
    projection: Float[Tensor, "P H"] | None = None


def read_steps(
    x: Float[Tensor, "T B D"],
    h: Float[Tensor, "B P"],
    c: Float[Tensor, "B H"],
    weights: Weights,
    *,
    lengths: Int[Tensor, " B"] | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008  (a tuple of two numbers)
) -> tuple[Float[Tensor, "T B P"], Float[Tensor, "B P"], Float[Tensor, "B H"]]:
    """Read all positions; return what each handed on, and h and c after each row's last one.

    i, f, o = σ(…), g = tanh(…) of W x + U h + b;   c = clip(i · g + f · c);   h = clip(R (o ·
    tanh c)), without R where there is no projection.

    Paper: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; projection:
    Sak, Senior and Beaufays 2014, arXiv:1402.1128. Gradients of the weights from many positions at
    once: Appleyard et al. 2016, arXiv:1604.01946, section 3.
    Differs from the papers: no peepholes. Sums are float32; the products are taken in the type that
    autocast asks for.
    lengths: a row that has ended hands on zeros and keeps its state; None for rows of T positions.
    Raises: ValueError where a tensor is not float32 on the CPU.
    """
    for tensor in (h, c, weights.of_state):
        if tensor.device.type != "cpu" or tensor.dtype != torch.float32:
            raise ValueError(
                f"the fast LSTM takes float32 on the CPU, received {tensor.dtype} on "
                f"{tensor.device}: use engine='torch'"
            )
    kind = product_type(weights.of_state)
    ends = torch.full((len(h),), len(x)) if lengths is None else lengths
    with torch.autocast("cpu", enabled=False):
        return _Steps.apply(x.float(), h, c, *weights, ends, bounds, kind)


class _Memory(NamedTuple):
    """What the way back needs of the way there, a row for each position.

    read: [x, h] of each step, and at the end what the last one handed on.
    shown: o · tanh c; where nothing projects it, all positions are written into one place.
    """

    read: Float[Tensor, "steps B K"]
    gates: Float[Tensor, "T B G"]
    cells: Float[Tensor, "steps B H"]
    shown: Float[Tensor, "shown B H"]


class _Products(NamedTuple):
    """The matrices of the two products of a step, turned as its direction needs them."""

    weight: Tensor
    projection: Tensor | None


class _Steps(torch.autograd.Function):
    """The loop of `read_steps`, and the same loop backwards."""

    @staticmethod
    def forward(ctx: Any, x, h, c, of_input, of_state, bias, projection, lengths, bounds, kind):
        n_steps, n_rows, d_in = x.shape
        weight = torch.cat([of_input, of_state], dim=1).to(kind)  # (G, K)
        memory = _Memory(
            read=torch.empty(n_steps + 1, n_rows, weight.shape[1]),
            gates=torch.empty(n_steps, n_rows, len(weight)),
            cells=torch.empty(n_steps + 1, n_rows, c.shape[1]),
            shown=torch.empty(1 if projection is None else n_steps, n_rows, c.shape[1]),
        )
        memory.read[:-1, :, :d_in], memory.read[0, :, d_in:], memory.cells[0] = x, h, c
        output = torch.empty(n_steps, n_rows, h.shape[1])
        turned = _Products(weight.T.contiguous(), _typed(projection, kind, turned=True))
        in_parts(
            lambda rows: _read(rows, memory, turned, bias, lengths, bounds, output),
            n_rows,
            fewest=FEWEST,
        )
        ctx.save_for_backward(weight, projection, lengths, *memory)
        ctx.bounds = bounds
        return output, memory.read[-1, :, d_in:].clone(), memory.cells[-1].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_output, d_h, d_c):  # type: ignore[override]
        weight, projection, lengths, *kept = ctx.saved_tensors
        memory, d_output, d_h, d_c = _Memory(*kept), d_output.contiguous(), d_h.clone(), d_c.clone()
        d_read = torch.empty_like(memory.read[:-1])
        straight = _Products(weight, _typed(projection, weight.dtype))
        parts = in_parts(
            lambda rows: _learn(
                rows, memory, straight, lengths, ctx.bounds, (d_output, d_h, d_c), d_read
            ),
            d_h.shape[0],
            fewest=FEWEST,
        )
        d_weight, d_bias, d_projection = summed(parts)
        widths = d_read.shape[2] - d_h.shape[1], d_h.shape[1]
        d_x, _ = d_read.split(widths, dim=2)
        d_of_input, d_of_state = d_weight.split(widths, dim=1)
        learnt = d_of_input, d_of_state, d_bias, None if projection is None else d_projection
        return d_x, d_h, d_c, *learnt, None, None, None


def _read(
    rows: slice,
    memory: _Memory,
    turned: _Products,
    bias: Tensor,
    lengths: Tensor,
    bounds: Bounds,
    output: Tensor,
) -> None:
    """Read these rows; fill in their part of the memory and of the output."""
    from course_lib.layers import lstm_cells

    read, gates, _, shown = (of[:, rows].unbind() for of in memory)
    steps, own, cells, shows = (_arrays(of[:, rows]) for of in memory)
    handed, ends, added = _arrays(output[:, rows]), lengths[rows].numpy(), bias.numpy()
    projected = torch.empty(rows.stop - rows.start, output.shape[2])
    for t in range(len(gates)):
        at = min(t, len(shown) - 1)
        _product(read[t], turned.weight, gates[t])
        lstm_cells.remember(t, ends, bounds.cell, added, own[t], cells[t], cells[t + 1], shows[at])
        raw = shows[at]
        if turned.projection is not None:
            raw = _product(shown[at], turned.projection, projected).numpy()
        lstm_cells.hand_on(t, ends, bounds.output, raw, steps[t], steps[t + 1], handed[t])


def _learn(
    rows: slice,
    memory: _Memory,
    straight: _Products,
    lengths: Tensor,
    bounds: Bounds,
    below: tuple[Tensor, Tensor, Tensor],
    d_read: Tensor,
) -> list[Tensor]:
    """Go back over these rows; return their part of the weights' gradients.

    below: gradients of the output, of h and of c; the last two become those of the start.
    d_read: is filled in with the gradients of [x, h].
    """
    from course_lib.layers import lstm_cells

    weight, projection = straight
    d_output, d_h, d_c = below[0][:, rows], below[1][rows], below[2][rows]
    n_rows, n_handed = d_h.shape
    n_kept = max(1, ENOUGH // max(1, n_rows))  # positions whose gradients of gates are kept
    d_gates = torch.empty(n_kept, n_rows, len(weight))
    d_raw = torch.empty(n_kept, n_rows, n_handed)
    d_shown = torch.empty_like(d_c)
    d_weight, d_bias = torch.zeros(weight.shape), torch.zeros(len(weight))
    d_projection = torch.zeros(() if projection is None else projection.shape)
    steps, own, cells, _ = (_arrays(of[:, rows]) for of in memory)
    d_out, d_own, d_handed = map(_arrays, (d_output, d_gates, d_raw))
    ends, later_h, later_c = lengths[rows].numpy(), d_h.numpy(), d_c.numpy()
    d_steps = d_read[:, rows].unbind()
    for t in reversed(range(len(own))):
        at = t % n_kept
        lstm_cells.hand_back(t, ends, bounds.output, steps[t + 1], d_out[t], later_h, d_handed[at])
        above = d_handed[at]
        if projection is not None:
            above = _product(d_raw[at], projection, d_shown).numpy()
        lstm_cells.recall(
            t, ends, bounds.cell, own[t], cells[t], cells[t + 1], above, later_c, d_own[at]
        )
        _product(d_gates[at], weight, d_steps[t])
        d_h += d_steps[t][:, -n_handed:]
        if at == 0:  # the places are full, or this is the first position
            now = slice(t, min(t + n_kept, len(own)))
            slopes = d_gates[: now.stop - t].flatten(0, 1)
            d_bias += slopes.sum(dim=0)
            _add_product(d_weight, slopes, memory.read[now, rows], weight.dtype)
            if projection is not None:
                raw = d_raw[: now.stop - t].flatten(0, 1)
                _add_product(d_projection, raw, memory.shown[now, rows], weight.dtype)
    return [d_weight, d_bias, d_projection]


def _product(left: Tensor, right: Tensor, out: Tensor) -> Tensor:
    """Multiply in the right side's type; write float32."""
    if left.dtype == right.dtype:
        return torch.mm(left, right, out=out)
    return out.copy_(left.to(right.dtype) @ right)


def _add_product(to: Tensor, d_after: Tensor, before: Tensor, kind: torch.dtype) -> None:
    """Add a weight's gradient: what came back behind it, times what had stood before it."""
    before = before.flatten(0, 1)
    if kind == to.dtype:
        to.addmm_(d_after.T, before)
    else:
        to += d_after.to(kind).T @ before.to(kind)


def _typed(projection: Tensor | None, kind: torch.dtype, *, turned: bool = False) -> Tensor | None:
    if projection is None:
        return None
    return (projection.T if turned else projection).to(kind).contiguous()


def _arrays(of: Tensor) -> list[Any]:
    return [*of.numpy()]
