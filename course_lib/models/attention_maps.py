"""Look at a model's attention from outside: the weights of each call, in the order of calls."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from jaxtyping import Float
from torch import Tensor, nn

from course_lib.layers.attention import MultiHeadAttention


@contextmanager
def attention_maps(
    attentions: Iterable[MultiHeadAttention],
) -> Iterator[list[Float[Tensor, "B H T S"]]]:
    """Give a list that each call of these modules puts its weights into, while this is open.

    A fused module has none to give, so each call is computed a second time, in the explicit way.
    """
    found: list[Tensor] = []

    def keep(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], _: Any) -> None:
        # subtle: `forward` itself calls no hook, or this one would call itself
        found.append(module.forward(*args, return_weights=True, **kwargs)[1])

    handles = [module.register_forward_hook(keep, with_kwargs=True) for module in attentions]
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()
