"""What models return, under the attribute names that transformers gives them.

Axes: B batch, T places, S source places, D d_model, H heads, V vocabulary. hidden_states holds what
enters the first block and what leaves each; attentions the weights of each block. Both are None
unless asked for.
"""

from dataclasses import dataclass

from torch import Tensor

Maps = tuple[Tensor, ...]


@dataclass
class LanguageModelOutput:
    """logits (B, T, V); loss in nats a word, the mean, where labels were given."""

    logits: Tensor
    loss: Tensor | None = None
    hidden_states: Maps | None = None
    attentions: Maps | None = None
