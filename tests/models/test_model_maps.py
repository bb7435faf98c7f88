"""Does a look from outside show each call's weights, and leave nothing behind?"""

import torch
from torch.testing import assert_close

from course_lib.layers.attention import MultiHeadAttention
from course_lib.models.attention_maps import attention_maps


def test_each_call_gives_its_weights_in_order():
    torch.manual_seed(0)
    fused, plain = MultiHeadAttention(12, 3, fused=True), MultiHeadAttention(12, 2)
    x, memory, bias = torch.randn(2, 5, 12), torch.randn(2, 7, 12), torch.randn(3, 5, 5)
    with attention_maps([plain, fused]) as found:
        fused(x, bias=bias)
        plain(x, memory)
        fused(x)
    expected = [
        fused(x, return_weights=True, bias=bias)[1],
        plain(x, memory, return_weights=True)[1],
        fused(x, return_weights=True)[1],
    ]
    assert len(found) == 3
    for own, other in zip(found, expected, strict=True):
        assert_close(own, other)


def test_nothing_is_kept_when_it_is_closed():
    attention = MultiHeadAttention(12, 3)
    with attention_maps([attention]) as found:
        pass
    attention(torch.randn(1, 2, 12))
    assert found == []
    assert not attention._forward_hooks
