"""The ways to use a pre-trained network: a few settings each, trained by one function."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import nn

from course_lib.data import images
from course_lib.data.images import LabelledImages
from course_lib.seeding import seed_everything
from course_lib.training.loop import fit
from course_lib.transfer import freezing
from course_lib.transfer.rates import discriminative_groups
from course_lib.transfer.schedules import warmup_cosine
from course_lib.vision import backbones


@dataclass(frozen=True, kw_only=True)
class Way:
    """How much of a network is brought along, and how much of it may change.

    kept: how many stages, from the front, keep their pre-trained weights; the rest starts anew.
    frozen: how many stages, from the front, may not change; the head is never frozen.
    factor: each stage learns this many times slower than the stage behind it.
    bn_train: leave the batch normalisation of frozen stages in train mode (the trap).
    """

    kept: int = 5
    frozen: int = 0
    factor: float = 1.0
    bn_train: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.frozen <= self.kept <= 5:
            raise ValueError(
                f"need 0 <= frozen <= kept <= 5, received frozen={self.frozen}, kept={self.kept}"
            )


WAYS = {
    "scratch": Way(kept=0),
    "frozen": Way(frozen=5),
    "partial": Way(frozen=3),
    "full": Way(),
    "discriminative": Way(factor=2.6),
}


def assemble(way: Way, source: Callable[[], nn.Module], n_classes: int) -> nn.Module:
    """Build a network for n_classes whose first `way.kept` stages come from the source network."""
    model = backbones.small(n_classes)
    old, new = backbones.stages(source()), backbones.stages(model)
    for name in list(new)[: way.kept]:
        new[name].load_state_dict(old[name].state_dict())
    freezing.freeze(list(new.values())[: way.frozen])
    return model


def train(
    way: Way,
    source: Callable[[], nn.Module],
    data: LabelledImages,
    *,
    lr: float,
    steps: int,
    batch_size: int = 32,
    seed: int = 0,
    progress: str | None = None,
) -> nn.Module:
    """Train a network on labelled images in the given way; return it in eval mode.

    lr: the rate of the head (AdamW), after a linear warm-up and then along half a cosine.
    steps: how many batches in all, however many passes over the data that makes.
    """
    seed_everything(seed)
    model = assemble(way, source, len(data.classes))
    groups: list[dict[str, Any]] = discriminative_groups(
        backbones.stages(model), lr, factor=way.factor
    )
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(warmup_cosine, n_steps=steps))
    steps_per_epoch = max(1, len(data) // batch_size)
    fit(
        model,
        lambda epoch: images.batches(data, batch_size, seed=seed * 100_003 + epoch),
        optimizer=optimizer,
        scheduler=scheduler,
        epochs=max(1, steps // steps_per_epoch),
        train_mode=nn.Module.train if way.bn_train else freezing.train_mode,
        progress=progress,
    )
    return model.eval()


def variants(way: Way, **changes: list[Any]) -> dict[str, Way]:
    """Return one way per value of one setting: `variants(Way(), frozen=[0, 1, 2])`."""
    ((setting, values),) = changes.items()
    return {str(value): replace(way, **{setting: value}) for value in values}
