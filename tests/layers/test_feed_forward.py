"""Do the feed-forward parts compute their formulas?"""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.layers.feed_forward import FeedForward, GatedFeedForward, SwiGlu

B, T, D, WIDE = 2, 5, 3, 7


@pytest.mark.parametrize(
    ("name", "theirs"), [("relu", nn.ReLU()), ("gelu", nn.GELU()), ("gelu_tanh", nn.GELU("tanh"))]
)
def test_parity_with_two_linear_layers(name, theirs):
    torch.manual_seed(0)
    ours = FeedForward(D, WIDE, name)
    reference = nn.Sequential(ours.hidden_proj, theirs, ours.output_proj)
    x = torch.randn(B, T, D, requires_grad=True)
    assert_close(ours(x), reference(x))
    (a,), (b,) = (torch.autograd.grad(f(x).square().sum(), x) for f in (ours, reference))
    assert_close(a, b)


def test_swiglu_by_hand():
    """Golden: x = 1, gate 2, hidden 3, output 5: 5 · 2 σ(2) · 3."""
    layer = SwiGlu(1, 1)
    for proj, value in [(layer.gate_proj, 2), (layer.hidden_proj, 3), (layer.output_proj, 5)]:
        nn.init.constant_(proj.weight, value)
    gate = 2 * torch.sigmoid(torch.tensor([2.0]))
    assert_close(layer(torch.ones(1)).detach(), 15 * gate)
    assert [name for name, _ in layer.named_parameters()] == [
        "gate_proj.weight",
        "hidden_proj.weight",
        "output_proj.weight",
    ]
    assert_close(F.silu(torch.tensor([2.0])), gate)


def test_a_gated_one_without_biases_is_three_products():
    torch.manual_seed(0)
    layer, x = GatedFeedForward(D, WIDE, "gelu_tanh"), torch.randn(B, T, D)
    gate = F.gelu(x @ layer.gate_proj.weight.T, approximate="tanh")
    expected = (gate * (x @ layer.hidden_proj.weight.T)) @ layer.output_proj.weight.T
    assert_close(layer(x), expected)
    plain = FeedForward(D, WIDE, biases=False)
    assert [p.dim() for p in plain.parameters()] == [2, 2]


def test_wrong_arguments_are_refused():
    with pytest.raises(
        ValueError, match="activation is one of relu, gelu, gelu_tanh, silu, received 'tanh'"
    ):
        FeedForward(D, WIDE, "tanh")
    for layer in (FeedForward, SwiGlu):
        with pytest.raises(ValueError, match="must be 1 or more, received 3 and 0"):
            layer(D, 0)
