"""A small language model of pre-norm blocks under a causal mask, with any encoding of places.

Axes: B batch, T places, D d_model, H heads, V words. Chapters 10 and 11 compare its variants; the
family that it belongs to, GPT, has a module of its own.
"""

from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.layer_norm import LayerNorm
from course_lib.layers.masks import causal
from course_lib.layers.positional import (
    LearnedPositions,
    alibi,
    relative_buckets,
    rotary,
    sinusoidal,
)
from course_lib.models.transformer import EncoderLayer

POSITIONS = ("none", "learned", "sinusoidal", "t5", "rotary", "alibi")


@dataclass(frozen=True, kw_only=True)
class CausalLmConfig:
    """Sizes and choices.

    positions: one of POSITIONS. max_len: places with a vector, for "learned" alone. masked: whether
    the future is hidden; without it the model is no language model (chapter 11 shows why).
    """

    vocab_size: int
    d_model: int = 128
    n_heads: int = 4
    n_layers: int = 2
    d_ff: int = 512
    positions: str = "sinusoidal"
    max_len: int = 128
    dropout: float = 0.0
    masked: bool = True
    fused: bool = False
    n_buckets: int = 32
    max_distance: int = 128

    def __post_init__(self) -> None:
        if self.positions not in POSITIONS:
            raise ValueError(
                f"positions is one of {', '.join(POSITIONS)}, received {self.positions!r}"
            )
        for name in ("vocab_size", "n_layers", "max_len"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")


class CausalLm(nn.Module):
    """Score the next word at each place, from the words up to it.

    Paper: the decoder of Liu et al., 2018, arXiv:1801.10198, section 4.2.3, as GPT took it over.
    Differs from the paper: pre-norm; input and output share their table; the encoding of places is
    chosen by the config.
    Raises: ValueError where sizes do not fit.
    """

    def __init__(self, config: CausalLmConfig) -> None:
        super().__init__()
        self.config = config
        D = config.d_model
        self.embedding = nn.Embedding(config.vocab_size, D)
        nn.init.normal_(self.embedding.weight, std=D**-0.5)
        if config.positions == "learned":
            self.positions = LearnedPositions(config.max_len, D)
        if config.positions == "t5":
            self.relative_bias = nn.Embedding(config.n_buckets, config.n_heads)
            nn.init.normal_(self.relative_bias.weight, std=0.02)
        self.layers = nn.ModuleList(
            EncoderLayer(
                D,
                config.n_heads,
                config.d_ff,
                activation="gelu",
                norm_first=True,
                dropout=config.dropout,
                fused=config.fused,
            )
            for _ in range(config.n_layers)
        )
        self.norm = LayerNorm(D, fused=config.fused)

    def forward(self, input_ids: Int[Tensor, "B T"]) -> Float[Tensor, "B T V"]:
        """Return logits of the word after each place."""
        return F.linear(self.hidden(input_ids), self.embedding.weight)

    def hidden(self, input_ids: Int[Tensor, "B T"]) -> Float[Tensor, "B T D"]:
        """Return what the blocks make of each place; its products with the table are the logits."""
        T, rotate = input_ids.shape[1], None
        x, bias = self.embedded(input_ids), self.bias(T)
        if self.config.positions == "rotary":
            rotate = partial(rotary, positions=torch.arange(T))
        mask = causal(T).to(x.device) if self.config.masked else None
        for layer in self.layers:
            x = layer(x, mask, bias=bias, rotate=rotate)
        return self.norm(x)

    def embedded(self, input_ids: Int[Tensor, "B T"]) -> Float[Tensor, "B T D"]:
        """Return the words' vectors, with those of their places where places have any."""
        T, D = input_ids.shape[1], self.config.d_model
        x = self.embedding(input_ids) * D**0.5
        if self.config.positions == "learned":
            x = self.positions(x)
        if self.config.positions == "sinusoidal":
            x = x + sinusoidal(T, D).to(x)
        return F.dropout(x, self.config.dropout, self.training)

    def bias(self, T: int) -> Float[Tensor, "H T T"] | None:
        """Return what distance adds to the scores, where it adds anything."""
        config, device = self.config, self.embedding.weight.device
        if config.positions == "alibi":
            return alibi(config.n_heads, T).to(device)
        if config.positions == "t5":
            places = torch.arange(T, device=device)
            buckets = relative_buckets(
                places - places[:, None], False, config.n_buckets, config.max_distance
            )
            return self.relative_bias(buckets).permute(2, 0, 1)
        return None
