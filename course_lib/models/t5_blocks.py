"""T5's stacks: chapter 12's blocks with RMS norms, no biases, and distances told to the scores.

Axes: B batch, T places, S places with those before or those of the source, D d_model, H heads.
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.attention import MultiHeadAttention, Rotate
from course_lib.layers.feed_forward import FeedForward, GatedFeedForward
from course_lib.layers.layer_norm import RmsNorm
from course_lib.layers.positional import relative_buckets
from course_lib.models.cache import LayerCache
from course_lib.models.t5_config import T5Config
from course_lib.models.transformer import DecoderLayer, EncoderLayer


class T5Attention(MultiHeadAttention):
    """Attention without biases and without 1/√K, which the first weights of its queries hold.

    Paper: Raffel et al., 2020, arXiv:1910.10683, section 2.1, and the authors' code.
    Differs from the paper: weights are not dropped in training. A query that may attend to nothing
    takes the mean of all values, as in transformers, and not zeros as in MultiHeadAttention.
    """

    def __init__(self, config: T5Config) -> None:
        D, H = config.d_model, config.n_heads
        super().__init__(D, H, True, d_head=config.d_head, scale=1.0, biases=False)

    def attend(
        self,
        x: Float[Tensor, "B T D"],
        key: Float[Tensor, "B H S K"],
        value: Float[Tensor, "B H S K"],
        may_attend: Tensor | None = None,
        return_weights: bool = False,
        *,
        bias: Tensor | None = None,
        rotate: Rotate | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Do what MultiHeadAttention does, with the mask as a part of what is added to scores."""
        if may_attend is not None:
            bias = hidden_far_below(x.new_zeros(()) if bias is None else bias, may_attend)
        # the fused kernel has no way back to a bias that is learned: torch's detour costs more
        explicit = return_weights or (bias is not None and bias.requires_grad)
        found = super().attend(x, key, value, None, explicit, bias=bias, rotate=rotate)
        return found[0] if explicit and not return_weights else found


def hidden_far_below(bias: Float[Tensor, "*N"], may_attend: Bool[Tensor, "*M"]) -> Tensor:
    """Return what is added to scores, the lowest number where a key is hidden."""
    return torch.where(may_attend, bias, torch.finfo(bias.dtype).min)


class RelativeBias(nn.Module):
    """A number for each head and each bucket of distance, added to the scores.

    Paper: Raffel et al., 2020, arXiv:1910.10683, section 2.1: one table for all blocks of a stack.
    """

    def __init__(self, config: T5Config, bidirectional: bool) -> None:
        super().__init__()
        self.bidirectional = bidirectional
        self.max_distance = config.max_distance
        self.table = nn.Embedding(config.n_buckets, config.n_heads)

    def forward(self, T: int, S: int) -> Float[Tensor, "1 H T S"]:
        """Return the numbers for T queries and S keys; the last query stands at the last key."""
        places = torch.arange(S, device=self.table.weight.device)
        buckets = relative_buckets(
            places - places[S - T :, None],
            self.bidirectional,
            self.table.num_embeddings,
            self.max_distance,
        )
        return self.table(buckets).permute(2, 0, 1)[None].contiguous()


class T5EncoderLayer(EncoderLayer):
    """An encoder layer made of T5's parts."""

    def __init__(self, config: T5Config) -> None:
        super().__init__(config.d_model, 1, 1, norm_first=True, dropout=config.dropout)
        _put_parts(self, config)


class T5DecoderLayer(DecoderLayer):
    """A decoder layer made of T5's parts; distances count among its own places alone."""

    def __init__(self, config: T5Config) -> None:
        super().__init__(config.d_model, 1, 1, norm_first=True, dropout=config.dropout)
        _put_parts(self, config)
        self.cross_attention = T5Attention(config)
        self.cross_attention_norm = RmsNorm(config.d_model, config.eps)


def _put_parts(layer: Any, config: T5Config) -> None:
    D, d_ff = config.d_model, config.d_ff
    layer.self_attention = T5Attention(config)
    layer.self_attention_norm = RmsNorm(D, config.eps)
    layer.feed_forward_norm = RmsNorm(D, config.eps)
    if config.gated:
        layer.feed_forward = GatedFeedForward(D, d_ff, config.activation)
    else:
        layer.feed_forward = FeedForward(D, d_ff, config.activation, biases=False)


class T5Stack(nn.Module):
    """The encoder or the decoder: blocks under one table of distances, a norm at the end.

    Paper: Raffel et al., 2020, arXiv:1910.10683, section 2.1.
    Differs from the paper: the numbers inside the feed-forward parts are not dropped in training.
    """

    def __init__(self, config: T5Config, is_decoder: bool) -> None:
        super().__init__()
        n_layers = (is_decoder and config.n_decoder_layers) or config.n_layers
        make = T5DecoderLayer if is_decoder else T5EncoderLayer
        self.dropout = config.dropout
        self.relative_bias = RelativeBias(config, bidirectional=not is_decoder)
        self.layers = nn.ModuleList(make(config) for _ in range(n_layers))
        self.norm = RmsNorm(config.d_model, config.eps)

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        may_attend: Tensor | None = None,
        memory: Float[Tensor, "B S D"] | None = None,
        memory_may_attend: Tensor | None = None,
        *,
        caches: Sequence[LayerCache] | None = None,
        states: list[Tensor] | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return what the blocks make of each place.

        memory: the encoder's output, for the decoder. caches: one a layer, as in DecoderLayer.
        states: a list that gets what enters the first block and what leaves each, the last one
            behind the norm.
        """
        T = x.shape[1]
        bias = self.relative_bias(T, T + (caches[0].n_places if caches else 0))
        if may_attend is not None:
            bias = hidden_far_below(bias, may_attend)  # once for all blocks
        source = () if memory is None else (memory, None, memory_may_attend)
        x = F.dropout(x, self.dropout, self.training)
        found = [x]
        for i, layer in enumerate(self.layers):
            x = layer(x, *source, bias=bias, cache=caches[i] if caches else None)
            found.append(x)
        found[-1] = F.dropout(self.norm(x), self.dropout, self.training)
        if states is not None:
            states.extend(found)
        return found[-1]
