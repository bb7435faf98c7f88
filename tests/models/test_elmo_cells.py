"""Does our projected LSTM equal torch's, forward and gradient, and mind each row's own length?"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from course_lib.models.elmo_cells import ProjectedLstm, reverse_each

B, T, D_IN, H, P = 3, 5, 7, 11, 2


def pair(seed=0):
    """Return our layer and torch's with the same weights."""
    torch.manual_seed(seed)
    ours = ProjectedLstm(D_IN, H, P)
    theirs = nn.LSTM(D_IN, H, proj_size=P, batch_first=True)
    with torch.no_grad():
        theirs.weight_ih_l0.copy_(ours.input_proj.weight)
        theirs.weight_hh_l0.copy_(ours.state_proj.weight)
        theirs.weight_hr_l0.copy_(ours.output_proj.weight)
        theirs.bias_ih_l0.copy_(ours.state_proj.bias)
        theirs.bias_hh_l0.zero_()
    return ours, theirs


def test_parity_with_torch_forward_and_gradient():
    ours, theirs = pair()
    x = torch.randn(B, T, D_IN)
    h, c = torch.randn(B, P), torch.randn(B, H)
    out_weights, c_weights = torch.randn(B, T, P), torch.randn(B, H)
    our_x, their_x = x.clone().requires_grad_(), x.clone().requires_grad_()
    our_out, (our_h, our_c) = ours(our_x, torch.full((B,), T), (h, c))
    their_out, (their_h, their_c) = theirs(their_x, (h[None], c[None]))
    assert_close(our_out, their_out)
    assert_close(our_h, their_h[0])
    assert_close(our_c, their_c[0])
    ((our_out * out_weights).sum() + (our_c * c_weights).sum()).backward()
    ((their_out * out_weights).sum() + (their_c[0] * c_weights).sum()).backward()
    assert_close(our_x.grad, their_x.grad)
    assert_close(ours.input_proj.weight.grad, theirs.weight_ih_l0.grad)
    assert_close(ours.state_proj.weight.grad, theirs.weight_hh_l0.grad)
    assert_close(ours.state_proj.bias.grad, theirs.bias_ih_l0.grad)
    assert_close(ours.output_proj.weight.grad, theirs.weight_hr_l0.grad)


def test_rows_of_different_length_equal_torchs_packed_rows():
    ours, theirs = pair(1)
    x, lengths = torch.randn(B, T, D_IN), torch.tensor([2, 5, 3])
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    their_out, (their_h, their_c) = theirs(packed)
    their_out, _ = nn.utils.rnn.pad_packed_sequence(their_out, batch_first=True)
    our_out, (our_h, our_c) = ours(x, lengths)
    assert_close(our_out, their_out)
    assert_close(our_h, their_h[0])
    assert_close(our_c, their_c[0])


def test_one_step_by_hand():
    """Golden: one number everywhere.

    Gates before σ and tanh: i = 0, f = 100, g = 100, o = 100, so c = 0.5 · 1 + 1 · 2 = 2.5, clipped
    to 2; h = 3 · (1 · tanh 2) = 3 · 0.964 = 2.892, clipped to 1.5.
    """
    layer = ProjectedLstm(1, 1, 1, cell_clip=2.0, output_clip=1.5)
    with torch.no_grad():
        layer.state_proj.weight.zero_()
        layer.state_proj.bias.zero_()
        layer.output_proj.weight.fill_(3.0)
    gates = torch.tensor([[0.0, 100.0, 100.0, 100.0]])
    h, c = layer.step(gates, torch.zeros(1, 1), torch.full((1, 1), 2.0))
    assert_close(c, torch.tensor([[2.0]]))
    assert_close(h, torch.tensor([[1.5]]))
    layer.output_clip = None
    h, _ = layer.step(gates, torch.zeros(1, 1), torch.full((1, 1), 2.0))
    assert_close(h, torch.tensor([[3 * 0.9640276]]))


def test_a_clipped_number_gets_no_gradient():
    layer = ProjectedLstm(1, 1, 1, output_clip=0.1)
    with torch.no_grad():
        layer.output_proj.weight.fill_(5.0)
        layer.input_proj.weight.fill_(9.0)
    x = torch.ones(1, 1, 1, requires_grad=True)
    out, _ = layer(x, torch.tensor([1]))
    out.sum().backward()
    assert_close(out.detach().abs(), torch.full((1, 1, 1), 0.1))
    assert_close(x.grad, torch.zeros(1, 1, 1))


def test_a_row_of_length_zero_keeps_its_state():
    ours, _ = pair(2)
    h, c = torch.randn(2, P), torch.randn(2, H)
    out, (new_h, new_c) = ours(torch.randn(2, 3, D_IN), torch.tensor([0, 3]), (h, c))
    assert_close(new_h[0], h[0])
    assert_close(new_c[0], c[0])
    assert_close(out[0], torch.zeros(3, P))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=4), st.integers(0, 3))
def test_padding_changes_nothing(lengths, more):
    ours, _ = pair(3)
    n, longest = torch.tensor(lengths), max(lengths) + 1
    x = torch.randn(len(lengths), longest, D_IN)
    wide = torch.cat([x, torch.full((len(lengths), more, D_IN), 9.0)], dim=1)
    is_token = torch.arange(longest)[None] < n[:, None]
    wide[:, :longest][~is_token] = -7.0
    (out, state), (wide_out, wide_state) = ours(x, n), ours(wide, n)
    assert_close(wide_out[:, :longest], out)
    assert_close(wide_out[:, longest:], torch.zeros(len(lengths), more, P))
    for a, b in zip(state, wide_state, strict=True):
        assert_close(a, b)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_turning_around_twice_is_the_identity(lengths):
    n = torch.tensor(lengths)
    x = torch.randn(len(lengths), 5, 2)
    assert_close(reverse_each(reverse_each(x, n), n), x)
    for row, length in enumerate(lengths):
        turned = reverse_each(x, n)[row]
        assert_close(turned[:length], x[row, :length].flip(0))
        assert_close(turned[length:], x[row, length:])


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, 0, 1), (1, 1, -1)])
def test_sizes_below_one_are_refused(sizes):
    with pytest.raises(ValueError, match="must be 1 or more"):
        ProjectedLstm(*sizes)


def test_forget_gates_start_open():
    layer = ProjectedLstm(D_IN, H, P)
    assert_close(layer.state_proj.bias[H : 2 * H].detach(), torch.ones(H))
    assert layer.state_proj.bias[:H].abs().max() <= H**-0.5
