"""Does PyTorch do at masked rows, and with its hints, what chapters 10 and 11 say of it?"""

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.layers.masks import causal
from course_lib.vision.torchvision import torchvision  # noqa: F401  before transformers, which loads it

T, D, EMPTY = 5, 8, 2


def vectors(n):
    torch.manual_seed(0)
    return torch.randn(n, 1, T, D)


def mask_with_an_empty_row():
    mask = torch.ones(T, T, dtype=torch.bool)
    mask[EMPTY] = False
    return mask


def torchs_attention():
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(D, 2, batch_first=True)
    nn.init.normal_(theirs.out_proj.bias)
    return theirs


def test_the_function_gives_zeros_for_bool_and_infinity_and_the_mean_for_the_lowest_number():
    q, k, v = vectors(3)
    mask = mask_with_an_empty_row()
    for low, expected in (
        (float("-inf"), torch.zeros(D)),
        (torch.finfo(q.dtype).min, v[0].mean(dim=0)),
    ):
        numbers = torch.zeros(T, T).masked_fill(~mask, low)
        assert_close(F.scaled_dot_product_attention(q, k, v, numbers)[0, EMPTY], expected)
    assert_close(F.scaled_dot_product_attention(q, k, v, mask)[0, EMPTY], torch.zeros(D))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("same", [True, False], ids=["self-attention", "three tensors"])
@pytest.mark.parametrize("need_weights", [True, False])
def test_what_the_module_gives_depends_on_its_mode(training, grad, same, need_weights):
    theirs, x = torchs_attention().train(training), vectors(3)
    q, k, v = (x[0],) * 3 if same else x
    with torch.set_grad_enabled(grad):
        row = theirs(q, k, v, attn_mask=~mask_with_an_empty_row(), need_weights=need_weights)
    fast_path = not training and not grad and same
    if need_weights or fast_path:
        assert row[0][0, EMPTY].isnan().all()
    else:
        assert_close(row[0][0, EMPTY], theirs.out_proj.bias)


def test_is_causal_is_aligned_to_the_upper_left():
    q, k, v = torch.randn(1, 2, D), torch.randn(1, 6, D), torch.eye(6)[None]
    weights = F.scaled_dot_product_attention(q, k, v, is_causal=True)[0]
    assert torch.equal(weights > 0, torch.ones(2, 6, dtype=torch.bool).tril())
    assert not torch.equal(weights > 0, causal(2, 6))


@pytest.mark.parametrize(
    ("training", "grad", "uses_mask"),
    [(True, True, False), (False, True, False), (False, False, True)],
)
def test_the_hint_drops_another_mask_but_on_the_fast_path(training, grad, uses_mask):
    theirs, (x,) = torchs_attention().train(training), vectors(1)
    other = ~causal(T)
    other[-1, 0] = True  # the last place may not see the first
    with torch.set_grad_enabled(grad):
        hinted, masked, plain = (
            theirs(x, x, x, attn_mask=mask, is_causal=hint, need_weights=False)[0]
            for mask, hint in ((other, True), (other, False), (~causal(T), False))
        )
        with_weights = theirs(x, x, x, attn_mask=other, is_causal=True)[0]
    assert_close(hinted, masked if uses_mask else plain)
    assert_close(with_weights, masked)
    assert not torch.allclose(masked, plain)


def test_both_at_once_are_combined_for_four_axes_and_refused_for_three():
    q, k, v = vectors(3)
    mask = torch.ones(T, T, dtype=torch.bool)
    mask[-1, 0] = False
    both = F.scaled_dot_product_attention(q[None], k[None], v[None], mask, is_causal=True)
    assert_close(both, F.scaled_dot_product_attention(q[None], k[None], v[None], mask & causal(T)))
    with pytest.raises(RuntimeError, match="is_causal"):
        F.scaled_dot_product_attention(q, k, v, mask, is_causal=True)


def test_gpt2_counts_places_from_its_padding_unless_told():
    from transformers import GPT2Config, GPT2Model

    torch.manual_seed(0)
    model = GPT2Model(GPT2Config(vocab_size=23, n_positions=16, n_embd=12, n_layer=2, n_head=3))
    model.eval()
    words = torch.tensor([[5, 7, 11, 13]])
    padded = torch.cat([torch.zeros(1, 3, dtype=torch.long), words], dim=1)
    mask = torch.tensor([[0, 0, 0, 1, 1, 1, 1]])
    with torch.no_grad():
        alone = model(words).last_hidden_state
        moved = model(padded, attention_mask=mask).last_hidden_state[:, 3:]
        told = model(
            padded, attention_mask=mask, position_ids=(mask.cumsum(-1) - 1).clamp(min=0)
        ).last_hidden_state[:, 3:]
    assert not torch.allclose(moved, alone, atol=1e-2)
    assert_close(told, alone)
