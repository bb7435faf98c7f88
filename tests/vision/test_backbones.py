"""Do the stages cover a network, and does a replaced head leave the rest alone?"""

import pytest
import torch
from torch import nn

from course_lib.errors import OfflineError, UnknownNameError
from course_lib.vision import backbones


@pytest.fixture(scope="module")
def resnet():
    return backbones.build("resnet50")


def test_resnet50_has_the_published_number_of_parameters(resnet):
    # He et al. 2016 as built by torchvision; its documentation gives 25,557,032
    assert backbones.count_parameters(resnet) == 25_557_032


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "shufflenet_v2_x0_5"])
def test_stages_hold_every_parameter_exactly_once(name):
    model = backbones.build(name, n_classes=7)
    in_stages = [p for stage in backbones.stages(model).values() for p in stage.parameters()]
    assert len(in_stages) == len({id(p) for p in in_stages})
    assert {id(p) for p in in_stages} == {id(p) for p in model.parameters()}


def test_stages_run_from_front_to_back(resnet):
    """A change in a stage must not alter what leaves an earlier one: compared by forward hooks."""
    order = []
    for name, stage in backbones.stages(resnet).items():
        stage[0].register_forward_hook(lambda *_, name=name: order.append(name))
    resnet.eval()(torch.zeros(1, 3, 64, 64))
    assert order == list(backbones.stages(resnet))


def test_replaced_head_keeps_the_features():
    model = backbones.small(5)
    images = torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    before = backbones.pooled_features(model, images)
    backbones.replace_head(model, 11)
    torch.testing.assert_close(backbones.pooled_features(model, images), before)
    assert model.eval()(images).shape == (3, 11)


def test_a_new_head_is_of_the_old_ones_kind():
    model = backbones.small(5).to(torch.float64).eval()
    model.fc = nn.Linear(1024, 5, bias=False, dtype=torch.float64, device="meta").eval()
    head = backbones.replace_head(model, 7).fc
    assert (head.weight.dtype, head.weight.device.type) == (torch.float64, "meta")
    assert head.bias is None
    assert not head.training
    assert head.weight.requires_grad


def test_pooled_features_are_what_the_head_gets():
    model = backbones.small(5).eval()
    images = torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(model.fc(backbones.pooled_features(model, images)), model(images))


def test_pooled_features_leave_mode_and_head_as_they_were():
    model = backbones.small(5).train()
    head = model.fc
    running_mean = model.conv1[1].running_mean.clone()
    backbones.pooled_features(model, torch.randn(4, 3, 64, 64))
    assert model.training
    assert model.fc is head
    assert torch.equal(model.conv1[1].running_mean, running_mean)


def test_small_network_keeps_the_resolution_in_its_stem():
    stem = backbones.small(5).conv1
    assert stem(torch.zeros(2, 3, 64, 64)).shape[-2:] == (64, 64)


def test_unknown_network_names_the_known_ones():
    with pytest.raises(UnknownNameError, match="did you mean 'resnet50'"):
        backbones.build("resnet5")


def test_imagenet_weights_refuse_another_number_of_classes():
    with pytest.raises(ValueError, match="received n_classes=7"):
        backbones.build("resnet50", 7, imagenet=True)


def test_imagenet_weights_without_network_give_one_clear_error(monkeypatch, tmp_path):
    import socket

    def refuse(*_args, **_kwargs):
        raise socket.gaierror("no name resolution")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(OfflineError, match=r"course_lib\.training\.pretrained"):
        backbones.build("shufflenet_v2_x0_5", imagenet=True)
