"""For authors of tests: what works beside the student's code and from another process alike."""

from collections.abc import Callable
from typing import Any


def gradients(function: Callable, *args: Any, upstream: Any = None, **kwargs: Any) -> list[Any]:
    """Return the gradient of a function's result with respect to each of its tensors.

    function: a student's function or network, called as function(*args, **kwargs); its result is a
        tensor.
    upstream: the gradient that arrives at the result, of its shape; ones if None is given.
    Returns: one entry an argument: a tensor of its shape, or None where the argument is no tensor
        of floats or the result does not depend on it.
    Raises: TypeError when the result is no tensor that a gradient can flow to.

    In grading, the derivative is taken in the student's process and comes back as numbers.
    """
    import torch

    leaves = [_leaf(arg) for arg in args]
    result = function(*leaves, **kwargs)
    if not isinstance(result, torch.Tensor) or not result.requires_grad:
        kind = type(result).__name__
        raise TypeError(f"no gradient can flow to the result ({kind}); did it leave torch's graph?")
    wanted = [leaf for leaf in leaves if _is_leaf(leaf)]
    arriving = torch.ones_like(result) if upstream is None else upstream
    found = iter(torch.autograd.grad(result, wanted, arriving, allow_unused=True))
    return [next(found) if _is_leaf(leaf) else None for leaf in leaves]


def _leaf(arg: Any) -> Any:
    """Return a copy that gradients are collected for, where that is possible."""
    import torch

    if isinstance(arg, torch.Tensor) and arg.is_floating_point():
        return arg.detach().clone().requires_grad_()
    return arg


def _is_leaf(arg: Any) -> bool:
    import torch

    return isinstance(arg, torch.Tensor) and arg.requires_grad
