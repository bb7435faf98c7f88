"""Modes: every module has its own, and a look in eval mode gives each one back.

`model.train(was_training)` puts one mode on all modules. Batch normalisation that was left in eval
mode because it is frozen would then move again, without a word.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put the model in eval mode for a while; at the end each module has the mode it came with."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode  # subtle: module.train(mode) would reach its children too
