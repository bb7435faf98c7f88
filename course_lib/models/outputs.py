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


@dataclass
class EncoderOutput:
    """last_hidden_state (B, T, D); pooler_output (B, D), BERT's view of the whole text."""

    last_hidden_state: Tensor
    pooler_output: Tensor | None = None
    hidden_states: Maps | None = None
    attentions: Maps | None = None


@dataclass
class PreTrainingOutput:
    """prediction_logits (B, T, V); seq_relationship_logits (B, 2), class 0 is "comes next"."""

    prediction_logits: Tensor
    seq_relationship_logits: Tensor
    loss: Tensor | None = None
    hidden_states: Maps | None = None
    attentions: Maps | None = None


@dataclass
class LabelOutput:
    """logits (B, C), or (B, T, C) where each place has a label."""

    logits: Tensor
    loss: Tensor | None = None
    hidden_states: Maps | None = None
    attentions: Maps | None = None


@dataclass
class SpanOutput:
    """start_logits and end_logits (B, T): where an answer starts, and its last place."""

    start_logits: Tensor
    end_logits: Tensor
    loss: Tensor | None = None
    hidden_states: Maps | None = None
    attentions: Maps | None = None


@dataclass
class TextToTextOutput:
    """logits (B, T, V) and loss as above; of the encoder (S places) and the decoder (T) the rest.

    cross_attentions: weights (B, H, T, S) with which the decoder looks at the encoder's output.
    """

    logits: Tensor
    loss: Tensor | None = None
    encoder_last_hidden_state: Tensor | None = None
    encoder_hidden_states: Maps | None = None
    decoder_hidden_states: Maps | None = None
    encoder_attentions: Maps | None = None
    decoder_attentions: Maps | None = None
    cross_attentions: Maps | None = None
