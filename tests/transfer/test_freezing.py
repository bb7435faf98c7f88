"""Does what is frozen stay as it was, batch normalisation included?"""

import torch
from torch import nn
from torch.nn import functional as F

from course_lib.transfer import freezing
from course_lib.vision import backbones


def step(model: nn.Module, train_mode) -> None:
    """Train on one random batch."""
    generator = torch.Generator().manual_seed(0)
    train_mode(model)
    optimizer = torch.optim.SGD(freezing.trainable(model), lr=0.5)
    logits = model(torch.randn(6, 3, 64, 64, generator=generator) + 2)
    F.cross_entropy(logits, torch.tensor([0, 1, 2, 3, 4, 0])).backward()
    optimizer.step()


def changed(before: dict[str, torch.Tensor], model: nn.Module) -> set[str]:
    return {
        name for name, value in model.state_dict().items() if not torch.equal(value, before[name])
    }


def frozen_but_head() -> tuple[nn.Module, dict[str, torch.Tensor]]:
    torch.manual_seed(0)
    model = backbones.small(5)
    freezing.freeze(list(backbones.stages(model).values())[:-1])
    return model, {name: value.clone() for name, value in model.state_dict().items()}


def test_a_step_changes_the_head_and_nothing_else():
    model, before = frozen_but_head()
    step(model, freezing.train_mode)
    assert changed(before, model) == {"fc.weight", "fc.bias"}


def test_plain_train_mode_moves_the_running_statistics():
    """The trap exists: otherwise the test above would prove nothing."""
    model, before = frozen_but_head()
    step(model, nn.Module.train)
    moved = changed(before, model) - {"fc.weight", "fc.bias"}
    assert moved
    assert all("running" in name or "num_batches" in name for name in moved)


def test_batch_normalisation_that_trains_stays_in_train_mode():
    model = backbones.small(5)
    freezing.freeze([model.conv1])
    freezing.train_mode(model)
    assert not model.conv1[1].training
    assert model.conv5[1].training


def test_thaw_undoes_freeze():
    model = backbones.small(5)
    freezing.freeze([model])
    assert freezing.is_frozen(model)
    assert freezing.trainable(model) == []
    freezing.thaw([model])
    assert len(freezing.trainable(model)) == len(list(model.parameters()))


def test_a_module_without_parameters_is_not_frozen():
    assert not freezing.is_frozen(nn.ReLU())
