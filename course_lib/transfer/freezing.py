"""Freezing: which parameters an optimiser may change, and the trap of batch normalisation.

A layer with `requires_grad=False` gets no gradient. Batch normalisation has a second way to change:
in train mode it replaces its running mean and variance a little with every batch that passes, and
it normalises with the batch instead of with what it learnt. `train_mode` closes that door, also for
instance normalisation that keeps such means.
"""

from collections.abc import Iterable, Mapping

from torch import nn
from torch.nn.modules.batchnorm import _NormBase

# On a norm without weights, which has no `requires_grad` to show it: what was last asked of it.
MARK = "was_frozen"


def freeze(modules: Iterable[nn.Module]) -> None:
    """Take the parameters of these modules out of training."""
    _let_train(modules, False)


def thaw(modules: Iterable[nn.Module]) -> None:
    """Let the parameters of these modules be trained."""
    _let_train(modules, True)


def _let_train(modules: Iterable[nn.Module], trains: bool) -> None:
    for module in modules:
        module.requires_grad_(trains)
        for part in module.modules():
            if isinstance(part, _NormBase) and not part.affine:
                vars(part)[MARK] = not trains


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
    """Put the model in train mode, except batch and instance normalisation that is frozen.

    A norm is frozen when all its weights are. One without weights is what `freeze` or `thaw` last
    made of it; where neither saw it, it goes with the nearest module around it that has weights.
    """
    _stop_norms(model.train(), frozen_around=False)
    return model


def _stop_norms(module: nn.Module, frozen_around: bool) -> None:
    has_weights = next(module.parameters(), None) is not None
    frozen = is_frozen(module) if has_weights else vars(module).get(MARK, frozen_around)
    if isinstance(module, _NormBase) and frozen:
        module.eval()
    for child in module.children():
        _stop_norms(child, frozen)


def is_frozen(module: nn.Module) -> bool:
    """Say whether the module has parameters and none of them may change."""
    parameters = list(module.parameters())
    return bool(parameters) and not any(p.requires_grad for p in parameters)


def trainable(model: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that an optimiser should get."""
    return [p for p in model.parameters() if p.requires_grad]
