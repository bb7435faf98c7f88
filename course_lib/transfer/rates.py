"""Discriminative learning rates: the nearer to the input, the smaller the steps."""

from collections.abc import Mapping
from typing import Any

from torch import nn


def discriminative_groups(
    stages: Mapping[str, nn.Module], lr: float, factor: float = 2.6
) -> list[dict[str, Any]]:
    """Give each stage a rate of its own: lr for the last, lr / factor for the one before it.

    Paper: Howard and Ruder, 2018, arXiv:1801.06146, section 3.2: η^(l−1) = η^l / 2.6.
    Differs from the paper: a stage of a network, not a single layer, is the unit.
    Returns: parameter groups for an optimiser, front to back; frozen stages are left out, and
    each parameter stands in exactly one group.
    Raises: ValueError when factor or lr is not positive, or a parameter stands in two stages.
    """
    if lr <= 0 or factor <= 0:
        raise ValueError(f"lr and factor must be positive, received lr={lr} and factor={factor}")
    groups, seen = [], set()
    for depth_from_end, (name, stage) in enumerate(list(stages.items())[::-1]):
        parameters = [p for p in stage.parameters() if p.requires_grad]
        shared = seen.intersection(map(id, parameters))
        if shared:
            raise ValueError(f"stage {name!r} shares {len(shared)} parameters with a later stage")
        seen.update(map(id, parameters))
        if parameters:
            groups.append({"params": parameters, "lr": lr / factor**depth_from_end, "name": name})
    return groups[::-1]
