"""Image networks, taken apart from front to back.

Three steps in reading order: build a network, list its stages, replace its head.
The stages are what transfer learning freezes, thaws and gives rates of their own.
"""

from collections import OrderedDict

import torch
from torch import nn

from course_lib.errors import OfflineError, UnknownNameError
from course_lib.layers.modes import evaluating
from course_lib.vision.torchvision import models

# network -> its stages, front to back, each a tuple of attribute names; the last one is the head
STAGES: dict[str, OrderedDict[str, tuple[str, ...]]] = {
    "resnet50": OrderedDict(
        stem=("conv1", "bn1"),
        layer1=("layer1",),
        layer2=("layer2",),
        layer3=("layer3",),
        layer4=("layer4",),
        head=("fc",),
    ),
    "shufflenet_v2_x0_5": OrderedDict(
        stem=("conv1",),
        stage2=("stage2",),
        stage3=("stage3",),
        stage4=("stage4",),
        conv5=("conv5",),
        head=("fc",),
    ),
}
STAGES["resnet18"] = STAGES["resnet50"]


def build(name: str, n_classes: int = 1000, *, imagenet: bool = False) -> nn.Module:
    """Build a torchvision network by name, for images of 224 pixels.

    imagenet=True downloads the published ImageNet weights (there are 1,000 classes then).

    Raises: UnknownNameError for a name without known stages, OfflineError where the download
    fails, ValueError for imagenet=True with another number of classes.
    """
    if name not in STAGES:
        raise UnknownNameError("network", name, sorted(STAGES))
    if imagenet and n_classes != 1000:
        raise ValueError(f"ImageNet weights have 1000 classes, received n_classes={n_classes}")
    if not imagenet:
        return models.get_model(name, weights=None, num_classes=n_classes)
    try:
        return models.get_model(name, weights="DEFAULT")
    except OSError as error:  # URLError is an OSError
        raise OfflineError(
            f"a network connection, to fetch the ImageNet weights of {name}",
            str(error),
            "offline, take a checkpoint of the course: course_lib.training.pretrained",
        ) from error


def small(n_classes: int) -> nn.Module:
    """Build the course's small network for images of 64 pixels.

    Paper: Ma et al., 2018, arXiv:1807.11164 (ShuffleNet V2, 0.5×).
    Differs from the paper: the first convolution has stride 1 instead of 2, since 64-pixel
    images would otherwise reach the last stage with 2 × 2 cells.
    """
    model = build("shufflenet_v2_x0_5", n_classes)
    first = model.get_submodule("conv1.0")
    assert isinstance(first, nn.Conv2d)
    first.stride = (1, 1)
    # colours last in memory: the same numbers, about one and a half times as fast on a CPU
    return model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def stages(model: nn.Module) -> OrderedDict[str, nn.ModuleList]:
    """Return the network's stages from front to back, the head last, and every parameter once.

    Raises: UnknownNameError for a network whose stages are not known.
    """
    for table in STAGES.values():
        attributes = [attribute for group in table.values() for attribute in group]
        if all(hasattr(model, attribute) for attribute in attributes):
            return OrderedDict(
                (stage, nn.ModuleList([getattr(model, attribute) for attribute in group]))
                for stage, group in table.items()
            )
    raise UnknownNameError("network with known stages", type(model).__name__, sorted(STAGES))


def count_parameters(module: nn.Module, *, trainable_only: bool = False) -> int:
    """Count the numbers that training may change (not buffers such as running means)."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad or not trainable_only)


def replace_head(model: nn.Module, n_classes: int) -> nn.Module:
    """Put a new, random linear layer in the place of the last one; return the model.

    It has the old one's number type and device, and a bias where the old one has.
    """
    old = model.get_submodule("fc")
    assert isinstance(old, nn.Linear)
    like_old = {"device": old.weight.device, "dtype": old.weight.dtype}
    model.fc = nn.Linear(old.in_features, n_classes, bias=old.bias is not None, **like_old)
    model.fc.train(old.training)
    return model


@torch.no_grad()
def pooled_features(model: nn.Module, images: torch.Tensor, batch_size: int = 250) -> torch.Tensor:
    """Return what enters the head: one row of features an image, computed in eval mode.

    Shapes: images (N, 3, height, width), already normalised; returns (N, in_features of the head).
    """
    head = model.fc
    with evaluating(model):
        model.fc = nn.Identity()
        try:
            return torch.cat([model(chunk) for chunk in images.split(batch_size)])
        finally:
            model.fc = head
