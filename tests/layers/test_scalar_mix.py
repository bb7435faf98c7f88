"""Is the mixture the weighted mean of the layers, and normalised as published?"""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.layers.scalar_mix import ScalarMix

L, B, T, D = 3, 2, 5, 7


def test_equal_weights_give_the_mean():
    layers = torch.randn(L, B, T, D)
    assert_close(ScalarMix(L)(layers), layers.mean(dim=0))


def test_by_hand():
    """Golden: w = (0, log 3) gives shares 1/4 and 3/4; γ = 2; 2 (4/4 + 3 · 8/4) = 14."""
    mix = ScalarMix(2, initial=[0.0, math.log(3)])
    mix.gamma.data.fill_(2.0)
    layers = torch.tensor([4.0, 8.0]).view(2, 1, 1, 1)
    assert_close(mix.weights.detach(), torch.tensor([0.25, 0.75]))
    assert_close(mix(layers).detach(), torch.full((1, 1, 1), 14.0))


def test_parity_of_the_gradient_with_a_sum_in_a_loop():
    torch.manual_seed(0)
    mix = ScalarMix(L, initial=[0.3, -1.0, 2.0])
    scores = mix.scores.detach().clone().requires_grad_()
    gamma = torch.tensor(1.0, requires_grad=True)
    layers, scale = torch.randn(L, B, T, D), torch.randn(B, T, D)
    theirs = gamma * sum(s * x for s, x in zip(scores.softmax(0), layers, strict=True))
    ours = mix(layers)
    assert_close(ours, theirs)
    (ours * scale).sum().backward()
    (theirs * scale).sum().backward()
    assert_close(mix.scores.grad, scores.grad)
    assert_close(mix.gamma.grad, gamma.grad)


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=5))
def test_shares_sum_to_one(scores):
    assert_close(ScalarMix(len(scores), initial=scores).weights.sum(), torch.tensor(1.0))


def test_normalised_over_the_whole_batch_and_nothing_masked():
    """Each layer's kept numbers have mean 0 and variance 1, over all sentences."""
    torch.manual_seed(1)
    layers = torch.randn(1, B, T, D) * 5 + 3
    is_token = torch.tensor([[True] * 5, [True, True, False, False, False]])
    mixed = ScalarMix(1, layer_norm=True)(layers, is_token)
    kept = mixed[is_token]
    assert_close(kept.mean().item(), 0.0, atol=1e-5, rtol=0)
    assert_close(kept.var(unbiased=False).item(), 1.0, atol=1e-5, rtol=0)
    moved = layers.clone()
    moved[:, ~is_token] = 1e3
    assert_close(ScalarMix(1, layer_norm=True)(moved, is_token)[is_token], kept)
    alone = ScalarMix(1, layer_norm=True)(layers[:, :1], is_token[:1])
    assert (alone[0] - mixed[0]).abs().max() > 1e-3  # it depends on the batch, as published


def test_what_cannot_be_mixed_is_refused():
    with pytest.raises(ValueError, match="n_layers must be 1 or more"):
        ScalarMix(0)
    with pytest.raises(ValueError, match="initial must have 3 numbers, received 2"):
        ScalarMix(3, initial=[0.0, 1.0])
    with pytest.raises(ValueError, match="expected 3 layers, received 2"):
        ScalarMix(3)(torch.zeros(2, B, T, D))
    with pytest.raises(ValueError, match="layer_norm needs is_token"):
        ScalarMix(3, layer_norm=True)(torch.zeros(L, B, T, D))
