"""Are layers and stacks torch's, in both orders of the norms? Does a cache change nothing?"""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from course_lib.layers.masks import causal, padding
from course_lib.models.cache import LayerCache
from course_lib.models.transformer import DecoderLayer, EncoderDecoder, EncoderLayer

B, T, S, D, H, WIDE = 2, 5, 7, 12, 3, 19


def randomise(module):
    """Give every weight a value of its own: torch starts biases at 0 and layers as copies."""
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.3)
    return module


def vectors(n, dtype=torch.float32):
    return torch.randn(B, n, D, dtype=dtype, requires_grad=True)


def assert_same_gradients(ours, theirs, *of):
    scale = torch.randn(ours.shape, dtype=ours.dtype)
    mine = torch.autograd.grad((ours * scale).sum(), of)
    yours = torch.autograd.grad((theirs * scale).sum(), of)
    for a, b in zip(mine, yours, strict=True):
        assert_close(a, b)


BOTH = pytest.mark.parametrize("norm_first", [False, True])
KINDS = pytest.mark.parametrize("activation", ["relu", "gelu"])
TYPES = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
FUSED = pytest.mark.parametrize("fused", [False, True])


@BOTH
@KINDS
@TYPES
@FUSED
def test_encoder_layer_is_torchs(norm_first, activation, dtype, fused):
    theirs = randomise(
        nn.TransformerEncoderLayer(
            D, H, WIDE, 0.0, activation, 1e-3, batch_first=True, norm_first=norm_first, dtype=dtype
        )
    )
    ours = EncoderLayer.from_torch(theirs, fused)
    x, lengths = vectors(S, dtype), torch.tensor([S, 4])
    mask = padding(lengths, S)
    own = ours(x, mask & causal(S))
    other = theirs(x, src_mask=~causal(S), src_key_padding_mask=~mask[:, 0, 0])
    assert_close(own, other)
    assert_same_gradients(own, other, x)
    assert_close(ours.eval()(x, mask), theirs.eval()(x, src_key_padding_mask=~mask[:, 0, 0]))


@BOTH
@KINDS
@TYPES
@FUSED
def test_decoder_layer_is_torchs(norm_first, activation, dtype, fused):
    theirs = randomise(
        nn.TransformerDecoderLayer(
            D, H, WIDE, 0.0, activation, 1e-3, batch_first=True, norm_first=norm_first, dtype=dtype
        )
    )
    ours = DecoderLayer.from_torch(theirs, fused)
    x, memory = vectors(T, dtype), vectors(S, dtype)
    mask = padding(torch.tensor([S, 4]), S)
    own = ours(x, memory, causal(T), mask)
    other = theirs(x, memory, tgt_mask=~causal(T), memory_key_padding_mask=~mask[:, 0, 0])
    assert_close(own, other)
    assert_same_gradients(own, other, x, memory)


@BOTH
@TYPES
@FUSED
def test_both_stacks_are_torchs(norm_first, dtype, fused):
    theirs = randomise(
        nn.Transformer(
            D, H, 2, 3, WIDE, 0.0, "gelu", batch_first=True, norm_first=norm_first, dtype=dtype
        )
    )
    ours = EncoderDecoder.from_torch(theirs, fused)
    source, target = vectors(S, dtype), vectors(T, dtype)
    mask = padding(torch.tensor([S, 4]), S)
    hidden = ~mask[:, 0, 0]
    own = ours(source, target, mask, causal(T), mask)
    other = theirs(
        source,
        target,
        tgt_mask=~causal(T),
        src_key_padding_mask=hidden,
        memory_key_padding_mask=hidden,
    )
    assert_close(own, other)
    assert_same_gradients(own, other, source, target)


def test_without_biases_they_are_zero():
    theirs = nn.TransformerEncoderLayer(D, H, WIDE, 0.0, batch_first=True, bias=False)
    x = vectors(S)
    assert_close(EncoderLayer.from_torch(theirs)(x), theirs(x))


def test_modes_and_dropout_are_taken_over():
    theirs = nn.TransformerEncoderLayer(D, H, WIDE, 0.25).eval()
    ours = EncoderLayer.from_torch(theirs)
    assert not ours.training
    assert ours.dropout == 0.25
    x = vectors(S)
    assert_close(ours(x), ours(x))
    assert not torch.equal(ours.train()(x), ours(x))


def test_other_activations_are_refused():
    for other in (torch.tanh, nn.GELU("tanh")):
        layer = nn.TransformerEncoderLayer(D, H, WIDE, activation=other)
        with pytest.raises(ValueError, match="activation must be ReLU or exact GELU"):
            EncoderLayer.from_torch(layer)
    for activation in (nn.ReLU(), nn.GELU()):
        layer = nn.TransformerEncoderLayer(D, H, WIDE, 0.0, activation, batch_first=True)
        x = vectors(S)
        assert_close(EncoderLayer.from_torch(layer)(x), layer(x))


def test_layers_start_unlike_each_other():
    """Torch's stacks start as deep copies of one layer."""
    stack = EncoderDecoder(D, H, WIDE, 2, 2)
    for layers in (stack.encoder, stack.decoder):
        weights = [layer.feed_forward.hidden_proj.weight for layer in layers]
        assert not torch.equal(*weights)


def test_norms_behind_the_stacks():
    assert isinstance(EncoderDecoder(D, H, WIDE, 1, 1).encoder_norm, nn.Identity)
    for options in ({"norm_first": True}, {"final_norm": True}):
        stack = EncoderDecoder(D, H, WIDE, 1, 1, **options)
        y = stack(vectors(S), vectors(T))
        assert_close(y.mean(dim=-1), torch.zeros(B, T), atol=1e-5, rtol=0)


@pytest.mark.parametrize("pieces", [[1] * T, [2, 3], [T]])
@BOTH
def test_a_cache_changes_nothing(pieces, norm_first):
    layer = randomise(DecoderLayer(D, H, WIDE, norm_first=norm_first))
    x, memory = vectors(T), vectors(S)
    mask = padding(torch.tensor([S, 4]), S)
    whole = layer(x, memory, causal(T), mask)
    cache, found, start = LayerCache(), [], 0
    for n in pieces:
        end = start + n
        found.append(layer(x[:, start:end], memory, causal(n, end), mask, cache))
        start = end
    assert_close(torch.cat(found, dim=1), whole)
    assert cache.target[0].shape == (B, H, T, D // H)


def test_a_cache_can_be_reordered():
    layer = randomise(DecoderLayer(D, H, WIDE))
    x, memory = vectors(T), vectors(S)
    rows = torch.tensor([1, 1, 0])
    cache = LayerCache()
    layer(x[:, :-1], memory, causal(T - 1), None, cache)
    cache.reorder(rows)
    last = layer(x[rows][:, -1:], memory[rows], None, None, cache)
    assert_close(last, layer(x, memory, causal(T))[rows][:, -1:])
    LayerCache().reorder(rows)


def test_a_dropout_outside_is_refused():
    with pytest.raises(ValueError, match=r"dropout must be at least 0 and below 1, received 1.0"):
        EncoderLayer(D, H, WIDE, dropout=1.0)


def test_what_torchs_stacks_do_besides():
    """The trap box of chapter 9: copies, norms behind both stacks, zeros at padded places."""
    layer = nn.TransformerEncoderLayer(12, 2, WIDE, 0.0, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 2)
    first, second = (own.linear1.weight for own in encoder.layers)
    assert torch.equal(first, second)
    assert encoder.norm is None
    whole = nn.Transformer(12, 2, 1, 1, WIDE, batch_first=True)
    assert isinstance(whole.encoder.norm, nn.LayerNorm)
    assert isinstance(whole.decoder.norm, nn.LayerNorm)

    right = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
    x = torch.randn(2, 5, 12)
    encoder.eval()
    with torch.no_grad():
        assert not encoder(x, src_key_padding_mask=right)[right].any()
        left = right.flip(1)
        assert encoder(x, src_key_padding_mask=left)[left].any()
    assert encoder(x, src_key_padding_mask=right)[right].any()
