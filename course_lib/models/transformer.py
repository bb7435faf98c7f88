"""The Transformer's layers and stacks, on vectors; `models.translation` puts words around them.

Axes: B batch, T target places, S source places, D d_model.
Masks are bool and True means "may attend" (`course_lib.layers.masks`).
"""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.attention import MultiHeadAttention, Rotate
from course_lib.layers.feed_forward import FeedForward
from course_lib.layers.layer_norm import LayerNorm
from course_lib.models.cache import LayerCache


class EncoderLayer(nn.Module):
    """Attention over all places, then a small network on each place; both add to what enters.

    norm_first: normalise what enters a part (pre-norm); otherwise the sum behind it (post-norm).
    dropout: share of what a part adds that is dropped in training.
    fused: let torch's kernels compute attention and normalisation.

    Paper: Vaswani et al., 2017, arXiv:1706.03762, section 3.1, which is post-norm; pre-norm: Xiong
    et al., 2020, arXiv:2002.04745.
    Differs from the paper: nothing. torch's layers also drop attention weights and hidden numbers.
    Raises: ValueError for sizes that do not fit, and for a dropout outside 0 to 1.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        *,
        activation: str = "relu",
        norm_first: bool = False,
        dropout: float = 0.0,
        eps: float = 1e-5,
        fused: bool = False,
    ) -> None:
        super().__init__()
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must be at least 0 and below 1, received {dropout}")
        self.norm_first = norm_first
        self.dropout = dropout
        self.self_attention = MultiHeadAttention(d_model, n_heads, fused)
        self.feed_forward = FeedForward(d_model, d_ff, activation)
        self.self_attention_norm = LayerNorm(d_model, eps, fused)
        self.feed_forward_norm = LayerNorm(d_model, eps, fused)

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        may_attend: Tensor | None = None,
        *,
        bias: Tensor | None = None,
        rotate: Rotate | None = None,
        cache: LayerCache | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return x after both parts; may_attend broadcasts to (B, H, T, T).

        bias, rotate: where places are told to the attention (MultiHeadAttention.forward).
        cache: keys and values of earlier places; x then holds the new places alone, may_attend is
            (new, earlier and new), and the cache grows by them.
        """
        look = self._look(may_attend, bias, rotate, cache)
        x = self._add(x, self.self_attention_norm, look)
        return self._add(x, self.feed_forward_norm, self.feed_forward)

    def _look(
        self,
        may_attend: Tensor | None,
        bias: Tensor | None,
        rotate: Rotate | None,
        cache: LayerCache | None,
    ) -> Callable[[Tensor], Any]:
        attention = self.self_attention
        if cache is None:
            return lambda h: attention(h, None, may_attend, bias=bias, rotate=rotate)

        def look(h: Tensor) -> Any:
            key, value = cache.extend(attention.keys_and_values(h, rotate))
            return attention.attend(h, key, value, may_attend, bias=bias, rotate=rotate)

        return look

    def _add(self, x: Tensor, norm: nn.Module, part: Callable[[Tensor], Any]) -> Tensor:
        if self.norm_first:
            return x + self._drop(part(norm(x)))
        return norm(x + self._drop(part(x)))

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.dropout, self.training) if self.dropout else x

    @classmethod
    def from_torch(cls, theirs: Any, fused: bool = False) -> "EncoderLayer":
        """Return the same layer with the weights of torch's, which may be batch first or not.

        Its dropout is taken over for what a part adds, and left out where ours has none.

        Raises: ValueError for an activation other than ReLU and (exact) GELU.
        """
        attention = theirs.self_attn
        ours = cls(
            attention.embed_dim,
            attention.num_heads,
            theirs.linear1.out_features,
            activation=_activation_of(theirs),
            norm_first=theirs.norm_first,
            dropout=theirs.dropout1.p,
            eps=theirs.norm1.eps,
            fused=fused,
        ).to(attention.out_proj.weight)
        ours._copy_from(theirs, fused)
        return ours.train(theirs.training)

    def _copy_from(self, theirs: Any, fused: bool) -> None:
        self.self_attention = MultiHeadAttention.from_torch(theirs.self_attn, fused)
        self.self_attention_norm = LayerNorm.from_torch(theirs.norm1, fused)
        self.feed_forward_norm = LayerNorm.from_torch(theirs.norm2, fused)
        _copy_linear(self.feed_forward.hidden_proj, theirs.linear1)
        _copy_linear(self.feed_forward.output_proj, theirs.linear2)


class DecoderLayer(EncoderLayer):
    """An encoder layer with a second attention between its parts: over the encoder's output.

    Paper, options and errors: as EncoderLayer.
    """

    def __init__(
        self, d_model: int, n_heads: int, d_ff: int, *, eps: float = 1e-5, **options: Any
    ) -> None:
        super().__init__(d_model, n_heads, d_ff, eps=eps, **options)
        fused = self.self_attention.fused
        self.cross_attention = MultiHeadAttention(d_model, n_heads, fused)
        self.cross_attention_norm = LayerNorm(d_model, eps, fused)

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"],
        may_attend: Tensor | None = None,
        memory_may_attend: Tensor | None = None,
        cache: LayerCache | None = None,
        *,
        bias: Tensor | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return x after the three parts.

        memory: what the encoder made of the source; with a filled cache it is not looked at.
        may_attend: of the target's places among themselves, usually `masks.causal(T)`.
        cache: keys and values of earlier places, as in EncoderLayer.
        bias: added to the scores of the target's places among themselves.
        """

        def look_at_memory(h: Tensor) -> Any:
            if cache is None:
                return self.cross_attention(h, memory, memory_may_attend)
            if cache.memory is None:
                cache.memory = self.cross_attention.keys_and_values(memory)
            return self.cross_attention.attend(h, *cache.memory, memory_may_attend)

        look_at_self = self._look(may_attend, bias, None, cache)
        x = self._add(x, self.self_attention_norm, look_at_self)
        x = self._add(x, self.cross_attention_norm, look_at_memory)
        return self._add(x, self.feed_forward_norm, self.feed_forward)

    def _copy_from(self, theirs: Any, fused: bool) -> None:
        super()._copy_from(theirs, fused)
        self.cross_attention = MultiHeadAttention.from_torch(theirs.multihead_attn, fused)
        self.cross_attention_norm = LayerNorm.from_torch(theirs.norm2, fused)
        self.feed_forward_norm = LayerNorm.from_torch(theirs.norm3, fused)


class EncoderDecoder(nn.Module):
    """Both stacks, on vectors: the encoder reads the source once, the decoder looks at its output.

    final_norm: normalise what leaves each stack. Pre-norm needs it, since nothing else scales the
    sum of all parts; `nn.Transformer` does it in post-norm as well. None: where norm_first is set.
    options: those of EncoderLayer.

    Paper: Vaswani et al., 2017, arXiv:1706.03762, section 3.1.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        n_encoder_layers: int,
        n_decoder_layers: int,
        *,
        final_norm: bool | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self.encoder = nn.ModuleList(
            EncoderLayer(d_model, n_heads, d_ff, **options) for _ in range(n_encoder_layers)
        )
        self.decoder = nn.ModuleList(
            DecoderLayer(d_model, n_heads, d_ff, **options) for _ in range(n_decoder_layers)
        )
        needs_norm = options.get("norm_first", False) if final_norm is None else final_norm
        eps, fused = options.get("eps", 1e-5), options.get("fused", False)
        self.encoder_norm = LayerNorm(d_model, eps, fused) if needs_norm else nn.Identity()
        self.decoder_norm = LayerNorm(d_model, eps, fused) if needs_norm else nn.Identity()

    def forward(
        self,
        source: Float[Tensor, "B S D"],
        target: Float[Tensor, "B T D"],
        source_may_attend: Tensor | None = None,
        target_may_attend: Tensor | None = None,
        memory_may_attend: Tensor | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return what the decoder makes of the target, having looked at the source.

        source_may_attend: broadcasts to (B, H, S, S), target_may_attend to (B, H, T, T),
        memory_may_attend to (B, H, T, S).
        """
        memory = self.encode(source, source_may_attend)
        return self.decode(target, memory, target_may_attend, memory_may_attend)

    def encode(
        self, source: Float[Tensor, "B S D"], may_attend: Tensor | None = None
    ) -> Float[Tensor, "B S D"]:
        """Return the memory that the decoder looks at."""
        for layer in self.encoder:
            source = layer(source, may_attend)
        return self.encoder_norm(source)

    def decode(
        self,
        target: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"],
        may_attend: Tensor | None = None,
        memory_may_attend: Tensor | None = None,
        caches: list[LayerCache] | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return what the decoder makes of the target; caches as in DecoderLayer, one a layer."""
        for i, layer in enumerate(self.decoder):
            cache = None if caches is None else caches[i]
            target = layer(target, memory, may_attend, memory_may_attend, cache)
        return self.decoder_norm(target)

    @classmethod
    def from_torch(cls, theirs: nn.Transformer, fused: bool = False) -> "EncoderDecoder":
        """Return the same stacks with the weights of torch's module."""
        encoder = [EncoderLayer.from_torch(layer, fused) for layer in theirs.encoder.layers]
        decoder = [DecoderLayer.from_torch(layer, fused) for layer in theirs.decoder.layers]
        first = (encoder or decoder)[0]
        width = first.self_attention_norm.weight.numel()
        ours = cls(width, first.self_attention.n_heads, 1, 0, 0, norm_first=first.norm_first)
        ours.encoder, ours.decoder = nn.ModuleList(encoder), nn.ModuleList(decoder)
        for name in ("encoder", "decoder"):
            norm = getattr(theirs, name).norm
            own = nn.Identity() if norm is None else LayerNorm.from_torch(norm, fused)
            setattr(ours, f"{name}_norm", own)
        return ours.train(theirs.training)


def _activation_of(theirs: Any) -> str:
    activation = theirs.activation
    if activation is F.relu or isinstance(activation, nn.ReLU):
        return "relu"
    exact = isinstance(activation, nn.GELU) and activation.approximate == "none"
    if activation is F.gelu or exact:
        return "gelu"
    raise ValueError(f"activation must be ReLU or exact GELU, received {activation!r}")


def _copy_linear(ours: nn.Linear, theirs: nn.Linear) -> None:
    with torch.no_grad():
        ours.weight.copy_(theirs.weight)
        if theirs.bias is None:
            nn.init.zeros_(ours.bias)
        else:
            ours.bias.copy_(theirs.bias)
