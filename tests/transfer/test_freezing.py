"""Does what is frozen stay as it was, batch normalisation included?"""

import copy

import pytest
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


NORMS = [
    nn.BatchNorm2d(5, affine=False),
    nn.SyncBatchNorm(5, affine=False),
    nn.InstanceNorm2d(5, track_running_stats=True),
    nn.InstanceNorm2d(5, affine=True, track_running_stats=True),
]


@pytest.mark.parametrize("norm", NORMS, ids=str)
def test_a_norm_in_a_frozen_stage_does_not_move_with_weights_or_without(norm):
    stage = nn.Sequential(nn.Conv2d(3, 5, 1), nn.Sequential(copy.deepcopy(norm)))
    model = nn.Sequential(stage, nn.Conv2d(5, 2, 1))
    by_hand, by_freeze = model, copy.deepcopy(model)
    by_hand[0].requires_grad_(False)
    freezing.freeze([by_freeze[0]])
    for frozen in (by_hand, by_freeze):
        freezing.train_mode(frozen)
        assert frozen[1].training
        assert not frozen[0][1][0].training
    freezing.thaw([by_freeze[0]])
    assert freezing.train_mode(by_freeze)[0][1][0].training


def test_a_norm_without_weights_that_stands_alone_is_what_freeze_made_of_it():
    """In a flat network nothing around it is frozen as a whole."""
    model = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5, affine=False), nn.Linear(5, 2))
    freezing.freeze(list(model)[:-1])
    copied = freezing.train_mode(copy.deepcopy(model))
    copied(torch.ones(7, 3))
    assert torch.equal(copied[1].running_mean, torch.zeros(5))
    freezing.thaw([copied[1]])
    freezing.train_mode(copied)(torch.ones(7, 3))
    assert not torch.equal(copied[1].running_mean, torch.zeros(5))


def test_torchvisions_extractor_opens_the_trap_and_train_mode_closes_it():
    """Chapter 1 says so: it sets the mode of every module anew, in the original too."""
    from torchvision.models.feature_extraction import create_feature_extractor

    model, before = frozen_but_head()
    freezing.train_mode(model)
    extractor = create_feature_extractor(model, {"conv5": "features"})
    assert model.conv1[1].training
    for network in (model, extractor):
        freezing.train_mode(network)
    extractor(torch.randn(6, 3, 64, 64) + 3)
    model(torch.randn(6, 3, 64, 64) + 3)
    assert changed(before, model) == set()


def test_thaw_undoes_freeze():
    model = backbones.small(5)
    freezing.freeze([model])
    assert freezing.is_frozen(model)
    assert freezing.trainable(model) == []
    freezing.thaw([model])
    assert len(freezing.trainable(model)) == len(list(model.parameters()))


def test_a_module_without_parameters_is_not_frozen():
    assert not freezing.is_frozen(nn.ReLU())


def four_groups() -> dict[str, nn.Module]:
    return {name: nn.Linear(2, 3) for name in ("words", "lstm_1", "lstm_2", "head")}


def test_gradual_unfreezing_by_hand():
    """Section 3.3: the last group, then the last two, …; all four in epoch 3 and ever after."""
    groups = four_groups()
    names = list(groups)
    for epoch, n_free in enumerate([1, 2, 3, 4, 4, 4]):
        assert freezing.gradual_unfreezing(groups, epoch) == names[4 - n_free :]
        assert [freezing.is_frozen(g) for g in groups.values()] == [
            i < 4 - n_free for i in range(4)
        ]


def test_gradual_unfreezing_freezes_again_when_a_run_starts_over():
    groups = four_groups()
    freezing.gradual_unfreezing(groups, 3)
    freezing.gradual_unfreezing(groups, 0)
    assert [name for name, g in groups.items() if not freezing.is_frozen(g)] == ["head"]


def test_gradual_unfreezing_refuses_no_groups_and_negative_epochs():
    with pytest.raises(ValueError, match="received none"):
        freezing.gradual_unfreezing({}, 0)
    with pytest.raises(ValueError, match="received -1"):
        freezing.gradual_unfreezing(four_groups(), -1)
