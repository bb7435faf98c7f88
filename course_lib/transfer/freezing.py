"""Freezing: which parameters an optimiser may change, and the trap of batch normalisation.

A layer with `requires_grad=False` gets no gradient. Batch normalisation has a second way to change:
in train mode it replaces its running mean and variance a little with every batch that passes, and
it normalises with the batch instead of with what it learnt. `train_mode` closes that door.
"""

from collections.abc import Iterable, Mapping

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


def freeze(modules: Iterable[nn.Module]) -> None:
    """Take the parameters of these modules out of training."""
    for module in modules:
        module.requires_grad_(False)


def thaw(modules: Iterable[nn.Module]) -> None:
    """Let the parameters of these modules be trained."""
    for module in modules:
        module.requires_grad_(True)


def gradual_unfreezing(groups: Mapping[str, nn.Module], epoch: int) -> list[str]:
    """Let the last `epoch + 1` groups be trained, and freeze the others.

    Paper: Howard and Ruder, 2018, arXiv:1801.06146, section 3.3: the last layer alone in the first
    epoch, one more in each epoch after it, until all are trained.
    Differs from the paper: nothing.
    Returns: the names of the groups that may change, front to back.
    Raises: ValueError when there are no groups, or the epoch (counted from 0) is negative.
    """
    if not groups:
        raise ValueError("gradual unfreezing needs groups of layers, received none")
    if epoch < 0:
        raise ValueError(f"epochs are counted from 0, received {epoch}")
    first = max(0, len(groups) - 1 - epoch)
    names = list(groups)
    freeze(groups[name] for name in names[:first])
    thaw(groups[name] for name in names[first:])
    return names[first:]


def train_mode(model: nn.Module) -> nn.Module:
    """Put the model in train mode, except batch normalisation whose parameters are all frozen."""
    model.train()
    for module in model.modules():
        if isinstance(module, _BatchNorm) and is_frozen(module):
            module.eval()
    return model


def is_frozen(module: nn.Module) -> bool:
    """Say whether the module has parameters and none of them may change."""
    parameters = list(module.parameters())
    return bool(parameters) and not any(p.requires_grad for p in parameters)


def trainable(model: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that an optimiser should get."""
    return [p for p in model.parameters() if p.requires_grad]
