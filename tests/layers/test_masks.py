"""Do masks hide what they should, and is a leak found?"""

from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from course_lib.layers.attention import MultiHeadAttention
from course_lib.layers.masks import assert_causal, causal, combine, padding, prefix

B, T, V, D = 3, 7, 11, 12
IDS = torch.randint(V, (B, T), generator=torch.Generator().manual_seed(0))


def rows(*texts):
    return torch.tensor([[letter == "x" for letter in text] for text in texts])


def test_causal_by_hand():
    assert_close(causal(3), rows("x..", "xx.", "xxx"))


def test_with_more_keys_the_last_query_stands_at_the_last_key():
    assert_close(causal(2, 4), rows("xxx.", "xxxx"))
    assert_close(causal(3, 2), rows("..", "x.", "xx"))
    assert_close(causal(1, 4), rows("xxxx"))


@given(st.integers(0, 6), st.integers(0, 6))
def test_with_earlier_keys_it_is_the_end_of_the_whole(n_new, n_old):
    n = n_new + n_old
    assert_close(causal(n_new, n), causal(n)[n_old:])


def test_padding_hides_keys():
    mask = padding(torch.tensor([3, 0, 1]), 4)
    assert mask.shape == (3, 1, 1, 4)
    assert_close(mask[:, 0, 0], rows("xxx.", "....", "x..."))


def test_prefix_by_hand():
    expected = rows("xx..", "xx..", "xxx.", "xxxx")
    assert_close(prefix(2, 4), expected)
    both = prefix(torch.tensor([2, 0]), 4)
    assert both.shape == (2, 1, 4, 4)
    assert_close(both[0, 0], expected)
    assert_close(both[1, 0], causal(4))
    assert_close(prefix(4, 4), torch.ones(4, 4, dtype=torch.bool))


def test_combined_masks_allow_what_all_allow():
    both = combine(None, causal(4), padding(torch.tensor([2, 4]), 4))
    assert_close(both[0, 0], rows("x...", "xx..", "xx..", "xx.."))
    assert_close(both[1, 0], causal(4))
    assert combine() is None
    assert combine(None, None) is None
    with pytest.raises(TypeError, match="bool mask"):
        combine(causal(3), torch.zeros(3, 3))


def test_lengths_outside_are_refused():
    with pytest.raises(ValueError, match=r"between 0 and S=4, received \[5, 1\]"):
        padding(torch.tensor([5, 1]), 4)
    with pytest.raises(ValueError, match="between 0 and T=4, received -1"):
        prefix(-1, 4)


class Model(nn.Module):
    """Attention under a mask, with dropout and batch norm, which assert_causal must not disturb."""

    def __init__(self, mask=None, leak=0.0):
        super().__init__()
        torch.manual_seed(5)
        self.embedding = nn.Embedding(V, D)
        self.attention = MultiHeadAttention(D, 3)
        self.norm = nn.BatchNorm1d(D)
        self.mask, self.leak = mask, leak

    def forward(self, ids):
        x = self.embedding(ids)
        mask = causal(ids.shape[1]) if self.mask is None else self.mask
        x = nn.functional.dropout(self.attention(x, None, mask), 0.5, self.training)
        x = self.norm(x.mT).mT
        if self.leak:
            x = x + torch.tensor([1.0] + [0.0] * (D - 1)) * self.leak * (ids[:, -1:, None] % 2)
        return x


@pytest.mark.parametrize("training", [False, True])
def test_a_causal_model_passes_and_keeps_its_modes(training):
    model = Model().train(training)
    model.norm.eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert_causal(model, IDS)
    assert model.training is training
    assert not model.norm.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_logits_of_an_output_are_looked_at():
    class Wrapped(Model):
        def forward(self, ids):
            return SimpleNamespace(logits=super().forward(ids))

    assert_causal(Wrapped(), IDS)
    with pytest.raises(AssertionError, match="the future leaks"):
        assert_causal(Wrapped(torch.ones(T, T, dtype=torch.bool)), IDS)


def test_a_mask_that_is_off_by_one_leaks():
    with pytest.raises(AssertionError, match=r"place 0 of row . moved by .* the id at place 1"):
        assert_causal(Model(torch.ones(T, T, dtype=torch.bool).tril(1)), IDS)


def test_one_key_too_many_at_the_end_is_found():
    mask = causal(T).clone()
    mask[0, T - 1] = True
    with pytest.raises(AssertionError, match=f"place 0 of row . moved .* the id at place {T - 1}"):
        assert_causal(Model(mask), IDS)


def test_a_hundred_roundings_from_far_ahead_are_a_leak():
    model = Model().eval()
    size = float(model(IDS).detach().abs().max())
    faint = 100 * torch.finfo(torch.float32).eps * size
    with pytest.raises(AssertionError, match="the future leaks"):
        assert_causal(Model(leak=faint), IDS)


class Rounding(nn.Module):
    """Adds up in an order that depends on later ids: a rounding's difference and no leak."""

    def forward(self, ids):
        x = torch.rand(V, D, generator=torch.Generator().manual_seed(1))[ids]
        there, back = x.cumsum(dim=1), x.flip(1).cumsum(dim=1).flip(1)
        total = x.sum(dim=1, keepdim=True)
        mixed = total - back + x
        return torch.where((ids[:, -1] % 2 == 0)[:, None, None], there, mixed)


def test_a_rounding_is_no_leak():
    assert_causal(Rounding(), IDS)


@given(st.integers(0, 1000))
def test_the_mean_over_all_places_leaks_for_any_ids(seed):
    ids = torch.randint(V, (B, T), generator=torch.Generator().manual_seed(seed))
    table = torch.rand(V, D, generator=torch.Generator().manual_seed(1))

    class Mean(nn.Module):
        def forward(self, ids):
            return table[ids] + 0.1 * table[ids].mean(dim=1, keepdim=True)

    with pytest.raises(AssertionError, match="the future leaks"):
        assert_causal(Mean(), ids)


def test_only_ids_of_the_input_are_used():
    seen = set()

    class Watch(Model):
        def forward(self, ids):
            seen.update(ids.unique().tolist())
            return super().forward(ids)

    assert_causal(Watch(), IDS)
    assert seen == set(IDS.unique().tolist())


def test_what_cannot_be_judged_is_refused():
    for ids in (torch.ones(2, 5, dtype=torch.long), torch.tensor([[3]])):
        with pytest.raises(ValueError, match="two places and two different ids"):
            assert_causal(Model(), ids)

    class Wrong(nn.Module):
        def __init__(self, result):
            super().__init__()
            self.result = result

        def forward(self, ids):
            return self.result

    with pytest.raises(ValueError, match="received \\(5, 5\\)"):
        assert_causal(Wrong(torch.zeros(5, 5)), IDS)
    with pytest.raises(ValueError, match="received str"):
        assert_causal(Wrong("text"), IDS)
    with pytest.raises(ValueError, match="NaN"):
        assert_causal(Wrong(torch.full((B, T, D), torch.nan)), IDS)
