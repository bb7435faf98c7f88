"""The Transformer that translates: words in, scores of words out, and a decoder that keeps a cache.

Axes: B batch, T target places, S source places, D d_model, V words. Source and target share one
vocabulary, as in the paper.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.masks import causal
from course_lib.layers.positional import sinusoidal
from course_lib.models.attention_maps import attention_maps
from course_lib.models.cache import LayerCache
from course_lib.models.transformer import EncoderDecoder


@dataclass(frozen=True, kw_only=True)
class TransformerConfig:
    """Sizes and choices of a translation model.

    n_layers: of each stack. max_len: places that have a position. pad_id: an id that is no word; as
    a key it is hidden. tied: source, target and output use one table of vectors, as in the paper.
    """

    vocab_size: int
    d_model: int = 512
    n_heads: int = 8
    d_ff: int = 2048
    n_layers: int = 6
    max_len: int = 512
    pad_id: int = 0
    tied: bool = True
    activation: str = "relu"
    norm_first: bool = False
    dropout: float = 0.1
    fused: bool = False

    def __post_init__(self) -> None:
        for name in ("vocab_size", "n_layers", "max_len"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")
        if not 0 <= self.pad_id < self.vocab_size:
            raise ValueError(
                f"pad_id must lie between 0 and {self.vocab_size - 1}, received {self.pad_id}"
            )

    @classmethod
    def base(cls, vocab_size: int) -> "TransformerConfig":
        """Return the paper's base model."""
        return cls(vocab_size=vocab_size)


class Transformer(nn.Module):
    """Two stacks with embeddings before them and a score for every word behind.

    Paper: Vaswani et al., 2017, arXiv:1706.03762, section 3.
    Differs from the paper: pre-norm on request; the output has no bias. Vectors start with a
    deviation of 1 / √D, so that times √D they are as large as the positions.
    Raises: ValueError where sizes do not fit.
    """

    positions: Tensor

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.stacks = EncoderDecoder(
            config.d_model,
            config.n_heads,
            config.d_ff,
            config.n_layers,
            config.n_layers,
            activation=config.activation,
            norm_first=config.norm_first,
            dropout=config.dropout,
            fused=config.fused,
        )
        tables = [nn.Embedding(config.vocab_size, config.d_model) for _ in range(3)]
        for table in tables:
            nn.init.normal_(table.weight, std=config.d_model**-0.5)
        self.source_embedding = tables[0]
        self.target_embedding = tables[0] if config.tied else tables[1]
        self.output_embedding = tables[0] if config.tied else tables[2]
        self.register_buffer(
            "positions", sinusoidal(config.max_len, config.d_model), persistent=False
        )

    def forward(
        self, source_ids: Int[Tensor, "B S"], target_ids: Int[Tensor, "B T"]
    ) -> Float[Tensor, "B T V"]:
        """Return logits of the word after each target place.

        target_ids: what stands before it, the mark of the beginning first.
        """
        source_may_attend = self.is_word(source_ids)
        memory = self.encode(source_ids)
        target = self._embed(self.target_embedding, target_ids)
        # subtle: the causal mask hides padding behind a sentence as well; there is none before it
        mask = causal(target_ids.shape[1]).to(target.device)
        return self._logits(self.stacks.decode(target, memory, mask, source_may_attend))

    @torch.no_grad()
    def cross_attention(
        self, source_ids: Int[Tensor, "B S"], target_ids: Int[Tensor, "B T"]
    ) -> list[Float[Tensor, "B H T S"]]:
        """Return each decoder layer's weights over the source."""
        layers: list[Any] = list(self.stacks.decoder)
        with attention_maps(layer.cross_attention for layer in layers) as found:
            self(source_ids, target_ids)
        return found

    def encode(self, source_ids: Int[Tensor, "B S"]) -> Float[Tensor, "B S D"]:
        """Return the memory that the decoder looks at."""
        source = self._embed(self.source_embedding, source_ids)
        return self.stacks.encode(source, self.is_word(source_ids))

    def is_word(self, ids: Int[Tensor, "B S"]) -> Bool[Tensor, "B 1 1 S"]:
        """Return the mask that hides padding among the keys."""
        return (ids != self.config.pad_id)[:, None, None, :]

    def decoder(self, source_ids: Int[Tensor, "B S"]) -> "CachedStep":
        """Read the source; return the step that `course_lib.models.decoding` asks for."""
        return CachedStep(self, source_ids)

    def _embed(self, table: nn.Embedding, ids: Tensor, start: int = 0) -> Tensor:
        end = start + ids.shape[1]
        if end > len(self.positions):
            raise ValueError(
                f"there are {len(self.positions)} positions, received a text of {end} places: "
                "make max_len larger or the text shorter"
            )
        x = table(ids) * math.sqrt(self.config.d_model) + self.positions[start:end]
        return F.dropout(x, self.config.dropout, self.training)

    def _logits(self, x: Tensor) -> Tensor:
        return F.linear(x, self.output_embedding.weight)


class CachedStep:
    """Log-probabilities of the next word; what was computed for earlier words is kept.

    Each call may bring more places than the one before, whose beginnings must be the same: a search
    that reorders its rows calls `reorder` first. The model is used in the mode it is in.
    """

    def __init__(self, model: Transformer, source_ids: Int[Tensor, "B S"]) -> None:
        self.model = model
        self.memory_may_attend = model.is_word(source_ids)
        with torch.no_grad():
            self.memory = model.encode(source_ids)
        self.caches = [LayerCache() for _ in range(model.config.n_layers)]
        self.n_seen = 0

    @torch.no_grad()
    def __call__(self, ids: Int[Tensor, "B T"]) -> Float[Tensor, "B V"]:
        """Return log-probabilities (nats) of the word that follows each row.

        Raises: ValueError where no place is new.
        """
        if ids.shape[1] <= self.n_seen:
            raise ValueError(f"{self.n_seen} places were seen before, received {ids.shape[1]}")
        new = self.model._embed(self.model.target_embedding, ids[:, self.n_seen :], self.n_seen)
        mask = causal(new.shape[1], ids.shape[1]).to(new.device) if new.shape[1] > 1 else None
        hidden = self.model.stacks.decode(
            new, self.memory, mask, self.memory_may_attend, self.caches
        )
        self.n_seen = ids.shape[1]
        return self.model._logits(hidden[:, -1]).log_softmax(dim=-1)

    def reorder(self, rows: Int[Tensor, " N"]) -> None:
        """Keep these rows of the batch, in this order; a row may be kept more than once."""
        self.memory = self.memory[rows]
        self.memory_may_attend = self.memory_may_attend[rows]
        for cache in self.caches:
            cache.reorder(rows)
