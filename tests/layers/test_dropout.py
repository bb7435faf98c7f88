"""Does each dropout drop what it should, for as long as it should, and nothing in eval mode?"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.layers.dropout import LockedDropout, dropped_rows, dropped_weights, keep_mask

B, T, D, V = 5, 7, 11, 13  # primes: a swapped axis cannot pass


def test_locked_dropout_holds_over_positions_and_differs_between_texts_and_features():
    torch.manual_seed(0)
    out = LockedDropout(0.5)(torch.ones(B, T, D))
    assert set(out.unique().tolist()) == {0.0, 2.0}  # 1 / (1 − 0.5) = 2
    assert torch.equal(out, out[:, :1].expand(B, T, D))
    assert not torch.equal(out[0], out[1])
    assert 0 < (out[0, 0] == 0).sum() < D


def test_dropped_rows_are_whole_rows():
    torch.manual_seed(1)
    out = dropped_rows(torch.ones(53, D), 0.2)
    assert set(out.unique().tolist()) == {0.0, 1.25}  # 1 / 0.8
    assert torch.equal(out, out[:, :1].expand_as(out))


def test_dropped_weights_are_single_ones():
    torch.manual_seed(2)
    out = dropped_weights(torch.ones(V, D), 0.5)
    assert set(out.unique().tolist()) == {0.0, 2.0}
    assert not torch.equal(out, out[:, :1].expand(V, D))
    assert not torch.equal(out, out[:1].expand(V, D))


@pytest.mark.parametrize("drop", [dropped_rows, dropped_weights])
def test_gradient_passes_through_what_is_kept_alone(drop):
    torch.manual_seed(3)
    weight = torch.randn(V, D, requires_grad=True)
    out = drop(weight, 0.5)
    out.sum().backward()
    assert_close(weight.grad, (out != 0) * 2.0)


@pytest.mark.parametrize("p", [0.0, 0.3, 0.9])
def test_nothing_happens_in_eval_mode(p):
    x, weight = torch.randn(B, T, D), torch.randn(V, D)
    assert LockedDropout(p).eval()(x) is x
    assert dropped_rows(weight, p, training=False) is weight
    assert torch.equal(dropped_weights(weight, p, training=False), weight)


def test_a_rate_of_zero_drops_nothing_in_train_mode():
    x, weight = torch.randn(B, T, D), torch.randn(V, D)
    assert LockedDropout(0.0)(x) is x
    assert dropped_rows(weight, 0.0) is weight
    assert torch.equal(dropped_weights(weight, 0.0), weight)


@settings(max_examples=15, deadline=None)
@given(p=st.floats(0.0, 0.95), seed=st.integers(0, 999))
def test_the_expected_value_stays(p, seed):
    torch.manual_seed(seed)
    mask = keep_mask(torch.empty(0), (400, 300), p)
    deviation = (p / (1 - p) / mask.numel()) ** 0.5  # of the mean of the mask
    assert abs(mask.mean().item() - 1) <= 5 * deviation + 1e-4


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5])
def test_a_rate_that_is_no_probability_is_refused(p):
    for drop in (
        LockedDropout,
        lambda rate: dropped_rows(torch.ones(V, D), rate),
        lambda rate: dropped_weights(torch.ones(V, D), rate),
    ):
        with pytest.raises(ValueError, match=rf"must lie in 0 \.\. 1 .* received {p}"):
            drop(p)
