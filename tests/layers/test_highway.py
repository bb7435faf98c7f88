"""Does a highway layer mix what it is given with what it makes of it?"""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.layers.highway import Highway

B, T, D = 2, 5, 3


def test_parity_with_the_formula_of_the_other_gate():
    """AllenNLP keeps the gate of what is carried: c · x + (1 − c) · relu, with negated weights."""
    torch.manual_seed(0)
    ours = Highway(D)
    x = torch.randn(B, T, D, requires_grad=True)
    their_x = x.detach().clone().requires_grad_()
    weight = torch.cat([ours.transform_proj.weight, -ours.gate_proj.weight]).detach()
    bias = torch.cat([ours.transform_proj.bias, -ours.gate_proj.bias]).detach()
    weight.requires_grad_()
    new, carry = F.linear(their_x, weight, bias).chunk(2, dim=-1)
    carry = torch.sigmoid(carry)
    theirs = carry * their_x + (1 - carry) * torch.relu(new)
    assert_close(ours(x), theirs)
    scale = torch.randn(B, T, D)
    (ours(x) * scale).sum().backward()
    (theirs * scale).sum().backward()
    assert_close(x.grad, their_x.grad)
    assert_close(ours.transform_proj.weight.grad, weight.grad[:D])
    assert_close(ours.gate_proj.weight.grad, -weight.grad[D:])


def test_by_hand():
    """Golden: x = 2; relu(3 · 2 − 1) = 5; gate σ(0) = 1/2; y = 5/2 + 2/2 = 3.5."""
    layer = Highway(1)
    with torch.no_grad():
        layer.transform_proj.weight.fill_(3.0)
        layer.transform_proj.bias.fill_(-1.0)
        layer.gate_proj.weight.zero_()
        layer.gate_proj.bias.zero_()
    assert_close(layer(torch.tensor([[2.0]])), torch.tensor([[3.5]]))


@given(st.booleans())
def test_a_gate_at_either_end_copies_or_replaces(is_open):
    layer = Highway(D)
    with torch.no_grad():
        layer.gate_proj.weight.zero_()
        layer.gate_proj.bias.fill_(100.0 if is_open else -100.0)
    x = torch.randn(B, D)
    assert_close(layer(x), torch.relu(layer.transform_proj(x)) if is_open else x)


def test_a_fresh_layer_copies_most_of_its_input():
    layer = Highway(D)
    gate = torch.sigmoid(layer.gate_proj(torch.zeros(1, D)))
    assert_close(gate.detach(), torch.full((1, D), 0.1192), atol=1e-4, rtol=0)


def test_a_width_below_one_is_refused():
    with pytest.raises(ValueError, match="d_model must be 1 or more, received 0"):
        Highway(0)
