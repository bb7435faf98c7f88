"""Does a way keep, freeze and rate what it says?"""

from functools import partial

import pytest
import torch

from course_lib.data import birds
from course_lib.transfer import freezing, ways
from course_lib.transfer.ways import WAYS, Way
from course_lib.vision import backbones


@pytest.fixture(scope="module")
def source():
    torch.manual_seed(3)
    model = backbones.small(13)
    return lambda: model


@pytest.mark.parametrize("kept", range(6))
def test_kept_stages_come_from_the_source_and_the_others_do_not(source, kept):
    torch.manual_seed(4)
    model = ways.assemble(Way(kept=kept), source, n_classes=7)
    old = backbones.stages(source())
    for i, (name, stage) in enumerate(backbones.stages(model).items()):
        weights = zip(stage.parameters(), old[name].parameters(), strict=True)
        same = all(a.shape == b.shape and torch.equal(a, b) for a, b in weights)
        assert same == (i < kept)


@pytest.mark.parametrize("frozen", range(6))
def test_frozen_stages_are_frozen_and_the_others_are_not(source, frozen):
    stages = backbones.stages(ways.assemble(Way(frozen=frozen), source, n_classes=7)).values()
    assert [freezing.is_frozen(stage) for stage in stages] == [i < frozen for i in range(6)]


def test_training_leaves_frozen_stages_and_the_source_alone(source):
    few = birds.dataset(12, seed=0)
    before = {name: value.clone() for name, value in source().state_dict().items()}
    model = ways.train(WAYS["partial"], source, few, lr=1e-2, steps=2, batch_size=6)
    old, new = backbones.stages(source()), backbones.stages(model)
    for i, name in enumerate(old):
        state = zip(old[name].state_dict().values(), new[name].state_dict().values(), strict=True)
        same = all(a.shape == b.shape and torch.equal(a, b) for a, b in state)
        assert same == (i < WAYS["partial"].frozen)
    assert all(torch.equal(value, before[name]) for name, value in source().state_dict().items())


def test_the_same_seed_gives_the_same_network(source):
    few = birds.dataset(12, seed=0)
    train = partial(ways.train, WAYS["full"], source, few, lr=1e-2, steps=2, batch_size=6)
    one, two, other = (train(seed=seed).state_dict() for seed in (5, 5, 6))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_more_frozen_than_kept_is_refused():
    with pytest.raises(ValueError, match="received frozen=3, kept=2"):
        Way(kept=2, frozen=3)


def test_variants_change_one_setting():
    assert ways.variants(Way(factor=2.0), frozen=[0, 3]) == {
        "0": Way(factor=2.0),
        "3": Way(factor=2.0, frozen=3),
    }
