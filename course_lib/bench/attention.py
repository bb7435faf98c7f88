"""`course bench --attention`: ours and torch's attention, block and Transformer, in turns."""

from collections.abc import Callable, Iterator
from typing import Any

import click
import torch
from torch import Tensor, nn

from course_lib.bench.pairs import print_pair
from course_lib.layers.attention import MultiHeadAttention
from course_lib.layers.masks import causal
from course_lib.models.decoding import greedy_batch
from course_lib.models.transformer import EncoderDecoder, EncoderLayer
from course_lib.models.translation import Transformer, TransformerConfig

Call = Callable[[], Any]
SIZES = [(8, 128, 256), (1, 1024, 512)]
N_HEADS = 8
LENGTH = 128  # of decoded texts
MULTI30K: dict[str, Any] = {
    "vocab_size": 4_000,
    "d_model": 192,
    "n_heads": 4,
    "d_ff": 384,
    "n_layers": 3,
}


class WithWeights(nn.TransformerEncoderLayer):
    """torch's block with the attention that also gives its weights."""

    def _sa_block(self, x: Tensor, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False):
        return self.self_attn(x, x, x, need_weights=True)[0]


def layer_pairs() -> Iterator[tuple[str, Call, Call]]:
    """Give name, ours, torch's: attention and block, explicit and fused."""
    for B, T, D in SIZES:
        x = torch.randn(B, T, D, requires_grad=True)
        theirs = nn.MultiheadAttention(D, N_HEADS, batch_first=True)
        block = nn.TransformerEncoderLayer(D, N_HEADS, 4 * D, dropout=0.0, batch_first=True)
        weighing = WithWeights(D, N_HEADS, 4 * D, dropout=0.0, batch_first=True)
        for fused in (False, True):
            kind = f"{'fused' if fused else 'explicit'}, ({B}, {T}, {D})"
            ours = MultiHeadAttention.from_torch(theirs, fused)
            own_block = EncoderLayer.from_torch(block, fused)

            def attend(x: Tensor, weights: bool = not fused, own: nn.Module = theirs) -> Tensor:
                return own(x, x, x, need_weights=weights)[0]

            pairs = {
                "attention": (ours, attend),
                "block": (own_block, block if fused else weighing),
            }
            for name, (first, second) in pairs.items():
                yield f"{name}, {kind}, forward", _forward(first, x), _forward(second, x)
                yield f"{name}, {kind}, step", _step(first, x), _step(second, x)
            if fused:
                sleeping = nn.MultiheadAttention(D, N_HEADS, batch_first=True).eval()
                yield (
                    f"attention, {kind}, eval",
                    _quiet(MultiHeadAttention.from_torch(sleeping, True), x),
                    _quiet(lambda x, own=sleeping: own(x, x, x, need_weights=False)[0], x),
                )
                resting = nn.TransformerEncoderLayer(
                    D, N_HEADS, 4 * D, dropout=0.0, batch_first=True
                ).eval()
                yield (
                    f"block, {kind}, eval",
                    _quiet(EncoderLayer.from_torch(resting, True), x),
                    _quiet(resting, x),
                )


def stack_pair() -> tuple[str, Call, Call]:
    """Return a training step of the encoder-decoder and of torch's."""
    theirs = nn.Transformer(192, 4, 3, 3, 384, 0.0, batch_first=True)
    ours = EncoderDecoder.from_torch(theirs, fused=True)
    source, target = torch.randn(64, 18, 192), torch.randn(64, 19, 192)
    mask = causal(19)

    def step(model: nn.Module, **masks: Tensor) -> Call:
        def run() -> None:
            model.zero_grad()
            model(source, target, **masks).sum().backward()

        return run

    return (
        "encoder-decoder, (64, 18 and 19, 192), step",
        step(ours, target_may_attend=mask),
        step(theirs, tgt_mask=~mask),
    )


def decoding_pairs() -> Iterator[tuple[str, Call, Call]]:
    """Give decoding with a cache, beside without one and beside half the length."""
    torch.manual_seed(0)
    config = TransformerConfig(max_len=2 * LENGTH + 32, dropout=0.0, fused=True, **MULTI30K)
    model = Transformer(config).eval()
    for B in (1, 16):
        source = torch.randint(1, 4_000, (B, 18))

        def cached(n: int, source: Tensor = source) -> Call:
            return lambda: _decode(model.decoder(source), len(source), n)

        def plain(n: int, source: Tensor = source) -> Call:
            def step(ids: Tensor) -> Tensor:
                return model(source, ids)[:, -1].log_softmax(dim=-1)

            return lambda: _decode(step, len(source), n)

        yield f"decoding {LENGTH}, batch {B}, cached / not", cached(LENGTH), plain(LENGTH)
        yield f"decoding {LENGTH} / {LENGTH // 2}, batch {B}", cached(LENGTH), cached(LENGTH // 2)


@torch.no_grad()
def _decode(step: Callable[[Tensor], Tensor], n_rows: int, n: int) -> None:
    never = -1  # no end mark: all texts reach the limit
    greedy_batch(step, torch.ones(n_rows, 1, dtype=torch.long), never, n)


def _forward(function: Callable[[Tensor], Any], x: Tensor) -> Call:
    return lambda: function(x)


def _step(function: Callable[[Tensor], Any], x: Tensor) -> Call:
    return lambda: function(x).sum().backward()


def _quiet(function: Callable[[Tensor], Any], x: Tensor) -> Call:
    def run() -> None:
        with torch.no_grad():
            function(x)

    return run


def bench_attention(rounds: int) -> None:
    """Print milliseconds of ours and torch's, and their ratio: below 1 ours is faster."""
    torch.manual_seed(0)
    click.echo(f"{'ours / torch':50}{'ours':>12}{'other':>12}{'ratio':>9}")
    for name, ours, other in (*layer_pairs(), stack_pair()):
        print_pair(name, ours, other, rounds, warm_up=2)
    for name, ours, other in decoding_pairs():
        print_pair(name, ours, other, max(1, rounds // 4), warm_up=2)
