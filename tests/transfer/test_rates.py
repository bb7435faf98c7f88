"""Does each stage get the rate of the paper, and each parameter exactly one?"""

from collections import OrderedDict

import pytest
from torch import nn

from course_lib.transfer.freezing import freeze
from course_lib.transfer.rates import discriminative_groups
from course_lib.vision import backbones


def three_stages() -> OrderedDict[str, nn.Module]:
    return OrderedDict(front=nn.Linear(2, 3), middle=nn.Linear(3, 5), head=nn.Linear(5, 7))


def test_rates_fall_by_the_papers_factor():
    """Equation in section 3.2 by hand: 0.26, 0.26 / 2.6 = 0.1, 0.1 / 2.6 = 0.03846."""
    groups = discriminative_groups(three_stages(), lr=0.26)
    assert [g["name"] for g in groups] == ["front", "middle", "head"]
    assert [g["lr"] for g in groups] == pytest.approx([0.26 / 2.6**2, 0.1, 0.26])


def test_every_parameter_stands_in_exactly_one_group():
    model = backbones.build("resnet18", 7)
    grouped = [p for g in discriminative_groups(backbones.stages(model), 1e-3) for p in g["params"]]
    assert len(grouped) == len({id(p) for p in grouped}) == len(list(model.parameters()))


def test_frozen_stages_are_left_out_and_do_not_shift_the_others():
    stages = three_stages()
    freeze([stages["middle"]])
    groups = discriminative_groups(stages, lr=1.0, factor=2.0)
    assert {g["name"]: g["lr"] for g in groups} == {"front": 0.25, "head": 1.0}


def test_a_shared_parameter_is_refused():
    stages = three_stages()
    stages["tied"] = stages["head"]
    with pytest.raises(ValueError, match="shares 2 parameters"):
        discriminative_groups(stages, lr=1.0)


@pytest.mark.parametrize(("lr", "factor"), [(0.0, 2.6), (1.0, 0.0), (-1.0, 2.6)])
def test_rates_that_are_not_positive_are_refused(lr, factor):
    with pytest.raises(ValueError, match="must be positive"):
        discriminative_groups(three_stages(), lr=lr, factor=factor)
