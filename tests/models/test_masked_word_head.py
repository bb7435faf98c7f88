"""Is the loss of masked words a cross-entropy, way back included, however few are asked for?"""

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.models.masked_word_head import MaskedWordHead
from course_lib.models.text_encoder_config import TextEncoderConfig

B, T, D, V = 3, 7, 5, 11


def made(dtype=torch.float32):
    head = MaskedWordHead(TextEncoderConfig(vocab_size=V, d_model=D, n_heads=1)).to(dtype)
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    hidden = torch.randn(B, T, D, dtype=dtype, requires_grad=True)
    return head, hidden, torch.randn(V, D, dtype=dtype, requires_grad=True)


@pytest.mark.parametrize("n_asked", [0, 1, 10, 11, 20, 21])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_it_is_torchs_with_every_gradient(n_asked, dtype):
    head, hidden, table = made(dtype)
    labels = torch.full((B * T,), -100)
    labels[torch.randperm(B * T)[:n_asked]] = torch.randint(V, (n_asked,))
    labels = labels.view(B, T)
    logits = head(hidden, table)
    own = head.loss(hidden, table, logits, labels)
    other = F.cross_entropy(head(hidden, table).flatten(0, 1), labels.flatten())
    loose = {"rtol": 0.05, "atol": 0.05} if dtype is torch.bfloat16 else {}  # 8 bits of it
    assert_close(own, other, equal_nan=True, **loose)
    leaves = [hidden, table, *head.parameters()]
    grads = (torch.autograd.grad(loss, leaves) for loss in (own, other))
    for mine, yours in zip(*grads, strict=True):
        assert_close(mine, yours, **loose)


def test_what_else_is_made_of_the_logits_has_its_gradient():
    head, hidden, table = made()
    labels = torch.full((B, T), -100)
    labels[0, 0] = 3
    logits = head(hidden, table)
    both = logits.square().sum() + head.loss(hidden, table, logits, labels)
    plain = head(hidden, table)
    other = plain.square().sum() + F.cross_entropy(plain.flatten(0, 1), labels.flatten())
    for mine, yours in zip(
        torch.autograd.grad(both, [hidden, table]),
        torch.autograd.grad(other, [hidden, table]),
        strict=True,
    ):
        assert_close(mine, yours)


def test_a_second_way_back_gives_the_same():
    head, hidden, table = made()
    labels = torch.randint(V, (B, T))
    loss = head.loss(hidden, table, head(hidden, table), labels)
    first = torch.autograd.grad(loss, hidden, retain_graph=True)
    assert_close(torch.autograd.grad(loss, hidden), first)
