"""Is attention what the formula says, and what torch computes?"""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.layers.attention import (
    MultiHeadAttention,
    masked_softmax,
    scaled_dot_product_attention,
    weighted_sum,
)
from course_lib.layers.masks import causal, padding

B, T, S, H, K, Z = 2, 5, 7, 3, 11, 13
D = H * K


def inputs(dtype=torch.float32):
    torch.manual_seed(1)
    return (
        torch.randn(B, H, T, K, dtype=dtype, requires_grad=True),
        torch.randn(B, H, S, K, dtype=dtype, requires_grad=True),
        torch.randn(B, H, S, Z, dtype=dtype, requires_grad=True),
    )


def some_mask(*shape):
    """A mask in which each query has a key."""
    mask = torch.rand(*shape, generator=torch.Generator().manual_seed(2)) < 0.6
    mask[..., 0] = True
    return mask


def gradients(outputs, *of):
    torch.manual_seed(3)
    # subtle: randn_like would follow the strides, which differ between two equal outputs
    return torch.autograd.grad(
        (outputs * torch.randn(outputs.shape, dtype=outputs.dtype)).sum(), of
    )


def test_weighted_sum_by_hand():
    """Golden: x = (1, 0), (0, √log 3): the second scores 0 and log 3, shares 1/4 and 3/4."""
    a = math.sqrt(math.log(3))
    first = math.e / (math.e + 1)
    expected = [[first, a * (1 - first)], [1 / 4, a * 3 / 4]]
    assert_close(weighted_sum(torch.tensor([[1.0, 0.0], [0.0, a]])), torch.tensor(expected))


def test_attention_by_hand():
    """Golden: K = 4, q = (2, 0, 0, 0), keys score 2/2 · (0, log 3): shares 1/4 and 3/4."""
    query = torch.tensor([[2.0, 0, 0, 0]])
    key = torch.tensor([[0.0, 5, 5, 5], [math.log(3), 1, 1, 1]])
    value = torch.tensor([[4.0], [8.0]])
    output, weights = scaled_dot_product_attention(query, key, value, return_weights=True)
    assert_close(weights, torch.tensor([[0.25, 0.75]]))
    assert_close(output, torch.tensor([[7.0]]))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "shape", [None, (T, S), (1, T, S), (H, 1, S), (B, 1, 1, S), (B, H, T, S), (1, 1)], ids=str
)
def test_parity_with_torch_forward_and_gradient(shape, dtype):
    mask = None if shape is None else some_mask(*shape)
    own = inputs(dtype)
    ours = scaled_dot_product_attention(*own, mask)
    theirs = F.scaled_dot_product_attention(*own, mask)
    assert_close(ours, theirs)
    for mine, other in zip(gradients(ours, *own), gradients(theirs, *own), strict=True):
        assert_close(mine, other)


def test_any_leading_axes():
    for lead in [(), (2,), (2, 3, 5)]:
        q, k, v = torch.randn(*lead, T, K), torch.randn(*lead, S, K), torch.randn(*lead, S, Z)
        assert_close(scaled_dot_product_attention(q, k, v), F.scaled_dot_product_attention(q, k, v))


def test_a_bias_is_added_to_the_scores():
    q, k, v = inputs()
    bias = torch.randn(H, T, S)
    assert_close(
        scaled_dot_product_attention(q, k, v, bias=bias),
        F.scaled_dot_product_attention(q, k, v, bias[None]),
    )


@given(st.integers(0, 2**T - 1), st.sampled_from([torch.float32, torch.bfloat16, torch.float16]))
def test_a_query_without_keys_gives_zeros_and_no_gradient(rows, dtype):
    mask = some_mask(T, S)
    empty = torch.tensor([bool(rows >> t & 1) for t in range(T)])
    mask[empty] = False
    own = [x.detach().to(dtype).requires_grad_() for x in inputs()]
    output, weights = scaled_dot_product_attention(*own, mask, return_weights=True)
    assert not output[..., empty, :].any()
    assert not weights[..., empty, :].any()
    assert (output[..., ~empty, :] != 0).any() or empty.all()
    query, key, value = gradients(output, *own)
    assert not query[..., empty, :].any()
    assert all(g.isfinite().all() for g in (query, key, value))
    if empty.all():
        assert not key.any() and not value.any()  # noqa: PT018


def test_no_step_of_the_way_back_is_nan():
    own = inputs()
    with torch.autograd.detect_anomaly(check_nan=True):
        scaled_dot_product_attention(*own, torch.zeros(T, S, dtype=torch.bool)).sum().backward()


@given(st.integers(0, 50))
def test_weights_sum_to_one_where_a_key_is_left(seed):
    torch.manual_seed(seed)
    mask = torch.rand(T, S) < 0.3
    weights = masked_softmax(torch.randn(B, H, T, S) * 30, mask)
    assert_close(weights.sum(dim=-1), mask.any(dim=-1).float().expand(B, H, T))
    assert not weights[..., ~mask].any()


def test_masks_of_numbers_are_refused():
    q, k, v = inputs()
    with pytest.raises(TypeError, match=r"may_attend must be a bool mask.*received torch.float32"):
        scaled_dot_product_attention(q, k, v, torch.zeros(T, S))
    for fused in (False, True):
        with pytest.raises(TypeError, match="bool mask"):
            MultiHeadAttention(D, H, fused)(torch.randn(B, T, D), may_attend=torch.ones(T, T))


def theirs_and_ours(fused, dtype=torch.float32, **options):
    torch.manual_seed(4)
    theirs = nn.MultiheadAttention(D, H, batch_first=True, dtype=dtype, **options)
    for parameter in theirs.parameters():
        nn.init.normal_(parameter, std=0.3)
    return theirs, MultiHeadAttention.from_torch(theirs, fused)


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("bias", [True, False])
def test_parity_of_the_module_forward_and_gradient(fused, dtype, bias):
    theirs, ours = theirs_and_ours(fused, dtype, bias=bias)
    x = torch.randn(B, T, D, dtype=dtype, requires_grad=True)
    memory = torch.randn(B, S, D, dtype=dtype, requires_grad=True)
    mask = some_mask(T, S)
    own = ours(x, memory, mask)
    other, _ = theirs(x, memory, memory, attn_mask=~mask)
    assert_close(own, other)
    for mine, yours in zip(gradients(own, x, memory), gradients(other, x, memory), strict=True):
        assert_close(mine, yours)
    assert_close(ours(x), theirs(x, x, x)[0])


def test_weights_head_by_head_are_torchs():
    theirs, ours = theirs_and_ours(True)
    x, memory = torch.randn(B, T, D), torch.randn(B, S, D)
    output, weights = ours(x, memory, return_weights=True)
    _, expected = theirs(x, memory, memory, average_attn_weights=False)
    assert weights.shape == (B, H, T, S)
    assert_close(weights, expected)
    assert_close(output, ours(x, memory))


def test_padding_is_torchs_key_padding():
    theirs, ours = theirs_and_ours(False)
    x, lengths = torch.randn(B, S, D), torch.tensor([S, 3])
    hidden = ~padding(lengths, S)[:, 0, 0]
    own = ours(x, may_attend=padding(lengths, S) & causal(S))
    other, _ = theirs(x, x, x, key_padding_mask=hidden, attn_mask=~causal(S))
    assert_close(own, other)


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("weights", [False, True])
def test_a_row_without_keys_is_the_output_bias_in_every_mode(fused, training, grad, weights):
    """Torch's module gives NaN, the bias, or NaN, depending on need_weights and on the mode."""
    _, ours = theirs_and_ours(fused)
    ours.train(training)
    x = torch.randn(B, T, D, requires_grad=True)
    mask = causal(T).clone()
    mask[2] = False
    with torch.set_grad_enabled(grad):
        found = ours(x, None, mask, weights)
        output = found[0] if weights else found
    assert_close(output[:, 2], ours.output_proj.bias.expand(B, D), rtol=0, atol=0)
    assert output.isfinite().all()
    if grad:
        (of_query,) = torch.autograd.grad(output[:, 2].sum(), x)
        assert not of_query.any()
        (whole,) = gradients(ours(x, None, mask), x)
        assert whole.isfinite().all()


@pytest.mark.parametrize("masked", [False, True])
def test_fused_gives_the_same_numbers_with_a_bias_too(masked):
    _, ours = theirs_and_ours(False)
    fused = MultiHeadAttention(D, H, fused=True)
    fused.load_state_dict(ours.state_dict())
    x, bias = torch.randn(B, T, D), torch.randn(H, T, T)
    mask = causal(T).clone() if masked else None
    if mask is not None:
        mask[0] = False
    assert_close(fused(x, may_attend=mask, bias=bias), ours(x, may_attend=mask, bias=bias))


@pytest.mark.parametrize("shape", [(), (1,), (T,), (T, T), (B, 1, 1, T), (1, H, T, T)], ids=str)
def test_fused_takes_every_mask_that_broadcasts(shape):
    _, ours = theirs_and_ours(False)
    _, fused = theirs_and_ours(True)
    x, mask = torch.randn(B, T, D), torch.rand(shape) < 0.7
    assert_close(fused(x, None, mask), ours(x, None, mask))


def test_heads_are_independent():
    """What one head computes is attention on its own K columns of the projections."""
    _, ours = theirs_and_ours(False)
    x = torch.randn(B, T, D)
    _, weights = ours(x, return_weights=True)
    for h in range(H):
        rows = slice(h * K, (h + 1) * K)
        query, key = (proj(x)[..., rows] for proj in (ours.query_proj, ours.key_proj))
        assert_close(weights[:, h], (query @ key.mT / K**0.5).softmax(dim=-1))


@given(st.permutations(range(T)))
def test_without_positions_order_does_not_matter(order):
    _, ours = theirs_and_ours(False)
    x = torch.randn(B, T, D)
    assert_close(ours(x[:, order]), ours(x)[:, order])


def test_keys_and_values_made_before_serve_as_well():
    _, ours = theirs_and_ours(False)
    x, memory = torch.randn(B, T, D), torch.randn(B, S, D)
    assert_close(ours.attend(x, *ours.keys_and_values(memory)), ours(x, memory))


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="d_model=10 must be divisible by n_heads=3"):
        MultiHeadAttention(10, 3)
    with pytest.raises(ValueError, match="must be divisible by n_heads=0"):
        MultiHeadAttention(10, 0)


def test_modules_that_do_something_else_are_refused():
    with pytest.raises(ValueError, match="kdim=5 and vdim=33 must equal embed_dim=33"):
        MultiHeadAttention.from_torch(nn.MultiheadAttention(D, H, kdim=5))
    with pytest.raises(ValueError, match="add keys of their own"):
        MultiHeadAttention.from_torch(nn.MultiheadAttention(D, H, add_zero_attn=True))
    with pytest.raises(ValueError, match="add keys of their own"):
        MultiHeadAttention.from_torch(nn.MultiheadAttention(D, H, add_bias_kv=True))


@pytest.mark.parametrize("fused", [False, True])
def test_a_group_of_queries_shares_keys_and_values(fused):
    """Parity: with each head of keys written out once for every query of its group."""
    torch.manual_seed(0)
    x = torch.randn(2, 7, 24)
    ours = MultiHeadAttention(24, 6, fused, n_key_heads=2)
    plain = MultiHeadAttention(24, 6, fused)
    with torch.no_grad():
        for name in ("query_proj", "output_proj"):
            getattr(plain, name).load_state_dict(getattr(ours, name).state_dict())
        for name in ("key_proj", "value_proj"):
            own, full = getattr(ours, name), getattr(plain, name)
            full.weight.copy_(own.weight.unflatten(0, (2, 4)).repeat_interleave(3, 0).flatten(0, 1))
    assert_close(ours(x, may_attend=causal(7)), plain(x, may_attend=causal(7)))
    key, value = ours.keys_and_values(x)
    assert key.shape == value.shape == (2, 2, 7, 4)


@pytest.mark.parametrize("fused", [False, True])
def test_width_scale_and_biases_are_chosen(fused):
    """Parity: with the formula, for heads of 5 numbers in a model 24 wide."""
    torch.manual_seed(0)
    x = torch.randn(2, 7, 24)
    ours = MultiHeadAttention(24, 3, fused, d_head=5, scale=1.0, biases=False)
    assert [tuple(p.shape) for p in ours.parameters()] == [(15, 24)] * 3 + [(24, 15)]
    q, k, v = (
        (x @ proj.weight.T).unflatten(-1, (3, 5)).transpose(1, 2)
        for proj in (ours.query_proj, ours.key_proj, ours.value_proj)
    )
    bias = torch.randn(3, 7, 7)
    found = ((q @ k.mT + bias).softmax(-1) @ v).transpose(1, 2).flatten(-2)
    assert_close(ours(x, bias=bias), found @ ours.output_proj.weight.T)


def test_groups_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="n_heads=6 must be divisible by n_key_heads=4"):
        MultiHeadAttention(24, 6, n_key_heads=4)
