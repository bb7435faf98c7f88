"""The body that BERT and DistilBERT share.

Axes: B batch, T places, S places that are looked at, D d_model, H heads.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.layer_norm import LayerNorm
from course_lib.models.attention_maps import attention_maps
from course_lib.models.outputs import EncoderOutput
from course_lib.models.text_encoder_config import TextEncoderConfig
from course_lib.models.transformer import EncoderLayer


class TextEncoder(nn.Module):
    """Words and places as vectors, normalised, then post-norm blocks that see the whole text.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 3.
    Differs from the paper: attention weights are not dropped in training.
    Raises: ValueError where sizes do not fit.
    """

    config: TextEncoderConfig

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.config = config
        D = config.d_model
        self.embedding = nn.Embedding(config.vocab_size, D, padding_idx=config.pad_id)
        self.positions = nn.Embedding(config.max_len, D)
        self.norm = LayerNorm(D, config.eps, fused=True)
        self.layers = nn.ModuleList(
            EncoderLayer(
                D,
                config.n_heads,
                config.d_ff or 4 * D,
                activation=config.activation,
                dropout=config.dropout,
                eps=config.eps,
                fused=True,
            )
            for _ in range(config.n_layers)
        )

    def places(self, T: int, position_ids: Tensor | None) -> Float[Tensor, "*B T D"]:
        """Return the vectors of places 0, 1, 2, … or of those that are given.

        Raises: ValueError for more places than have positions.
        """
        if T > self.config.max_len:
            raise ValueError(
                f"there are {self.config.max_len} positions, received a text of {T} places"
            )
        return self.positions.weight[:T] if position_ids is None else self.positions(position_ids)

    def encode(
        self,
        x: Float[Tensor, "B T D"],
        attention_mask: Tensor | None,
        output_hidden_states: bool,
        output_attentions: bool,
    ) -> EncoderOutput:
        """Return what the blocks make of the sum of vectors at each place.

        attention_mask: (B, S), 0 where there is no word; (B, T, S), 0 where the first place does
        not see the second; (B, H, T, S), of which B and H may be 1: bool, True where it does, or
        numbers that are added to the scores.
        """
        x = F.dropout(self.norm(x), self.config.dropout, self.training)
        may_attend, bias = _read_mask(attention_mask)
        states = [x]
        layers: list[Any] = list(self.layers) if output_attentions else []
        with attention_maps(layer.self_attention for layer in layers) as maps:
            for layer in self.layers:
                x = layer(x, may_attend, bias=bias)
                states.append(x)
        return EncoderOutput(
            last_hidden_state=x,
            hidden_states=tuple(states) if output_hidden_states else None,
            attentions=tuple(maps) if output_attentions else None,
        )


def draw_weights(*models: nn.Module) -> None:
    """Let modules start as BERT does: weights from N(0, 0.02), biases 0, the padding's vector 0.

    Paper: none; the code of Devlin et al., 2019.
    Differs from that code: what lies beyond two deviations is not drawn again, and the padding has
    no vector of its own, both as in transformers.
    """
    for module in (part for model in models for part in model.modules()):
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        if isinstance(module, nn.Linear):
            nn.init.zeros_(module.bias)
        if isinstance(module, nn.Embedding) and module.padding_idx is not None:
            with torch.no_grad():
                module.weight[module.padding_idx] = 0


def _read_mask(attention_mask: Tensor | None) -> tuple[Tensor | None, Tensor | None]:
    """Return what may be looked at, and what is added to the scores."""
    if attention_mask is None:
        return None, None
    if attention_mask.dim() == 4 and attention_mask.is_floating_point():
        return None, attention_mask
    seen = attention_mask.bool()
    if seen.all():  # torch's kernel is faster without a mask
        return None, None
    if seen.dim() == 2:
        seen = seen[:, None]
    return (seen[:, None] if seen.dim() == 3 else seen), None
