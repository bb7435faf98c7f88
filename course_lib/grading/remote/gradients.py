"""Let gradients flow through a call: backward here asks for the gradients over there."""

from collections.abc import Callable
from typing import Any

import torch


class _Through(torch.autograd.Function):
    """Connects a call's outputs to its inputs in the checker's graph."""

    @staticmethod
    def forward(ctx: Any, ask: Callable, outputs: list, *leaves: Any) -> Any:
        ctx.ask, ctx.n_leaves = ask, len(leaves)
        return tuple(output.detach().clone() for output in outputs)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *arriving: Any) -> Any:
        grads = ctx.ask(list(arriving))
        if len(grads) != ctx.n_leaves:
            raise RuntimeError("the student's process sent gradients of other inputs")
        return None, None, *grads


def attach(
    ask: Callable[[list[Any]], list[Any]], value: Any, outputs: list[Any], leaves: list[Any]
) -> Any:
    """Return the value with its tensors in the graph.

    ask: gives the leaves' gradients for those that arrive at the outputs.
    """
    attached = _Through.apply(ask, outputs, *leaves)
    return _swap(value, {id(old): new for old, new in zip(outputs, attached, strict=True)})


def _swap(value: Any, new: dict[int, Any]) -> Any:
    if id(value) in new:
        return new[id(value)]
    if type(value) in (list, tuple):
        return type(value)(_swap(item, new) for item in value)
    if type(value) is dict:
        return {key: _swap(item, new) for key, item in value.items()}
    return value
