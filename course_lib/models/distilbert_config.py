"""DistilBERT's sizes, and how its published files write them and name the tensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.errors import UnknownNameError
from course_lib.models.published import Entry, Layout, same_names
from course_lib.models.text_encoder_config import (
    TextEncoderConfig,
    activation_of,
    labels_of,
    published_activation,
    published_labels,
    require,
)

EPS = 1e-12  # stands in no config.json


@dataclass(frozen=True, kw_only=True)
class DistilBertConfig(TextEncoderConfig):
    """Sizes and choices: those of TextEncoderConfig, and those that DistilBERT alone has.

    span_dropout: share of what enters the search for an answer that is dropped in training.
    """

    n_layers: int = 6
    eps: float = EPS
    classifier_dropout: float | None = 0.2
    span_dropout: float = 0.1

    @classmethod
    def named(cls, name: str) -> "DistilBertConfig":
        """Return a published size: one of SIZES.

        Raises: UnknownNameError for another name.
        """
        if name not in SIZES:
            raise UnknownNameError("DistilBERT", name, list(SIZES))
        return cls(**SIZES[name])

    @classmethod
    def tiny(cls, vocab_size: int) -> "DistilBertConfig":
        """Return a student for `BertConfig.tiny`: half its layers."""
        return cls(vocab_size=vocab_size, d_model=128, n_heads=4, n_layers=2, max_len=256)

    @classmethod
    def base(cls) -> "DistilBertConfig":
        """Return the size of distilbert-base."""
        return cls.named("distilbert-base")

    @classmethod
    def from_published(cls, config: Mapping[str, Any]) -> "DistilBertConfig":
        """Read DistilBERT's config.json.

        Raises: CourseError for choices that this model does not have.
        """
        if "DistilBertForMaskedLM" in (config.get("architectures") or ()):
            require(config, {"tie_word_embeddings": True})
        return cls(
            vocab_size=config.get("vocab_size", 30_522),
            d_model=config.get("dim", 768),
            n_heads=config.get("n_heads", 12),
            n_layers=config.get("n_layers", 6),
            d_ff=config.get("hidden_dim", 3_072),
            max_len=config.get("max_position_embeddings", 512),
            activation=activation_of(config, "activation"),
            dropout=config.get("dropout", 0.1),
            pad_id=config.get("pad_token_id", 0),
            classifier_dropout=config.get("seq_classif_dropout", 0.2),
            span_dropout=config.get("qa_dropout", 0.1),
            **labels_of(config),
        )

    def to_published(self, architecture: str) -> dict[str, Any]:
        """Return the entries of DistilBERT's config.json."""
        return {
            "architectures": [architecture],
            "model_type": "distilbert",
            "vocab_size": self.vocab_size,
            "dim": self.d_model,
            "n_heads": self.n_heads,
            "n_layers": self.n_layers,
            "hidden_dim": self.d_ff or 4 * self.d_model,
            "max_position_embeddings": self.max_len,
            "activation": published_activation(self.activation),
            "dropout": self.dropout,
            "attention_dropout": 0.0,
            "pad_token_id": self.pad_id,
            "seq_classif_dropout": self.head_dropout,
            "qa_dropout": self.span_dropout,
            "sinusoidal_pos_embds": False,
            "tie_word_embeddings": True,
            **published_labels(self),
        }


# from the configuration published with the uncased weights
SIZES: dict[str, dict[str, Any]] = {"distilbert-base": {}}

_OF_A_BLOCK = {
    "attention.q_lin": "self_attention.query_proj",
    "attention.k_lin": "self_attention.key_proj",
    "attention.v_lin": "self_attention.value_proj",
    "attention.out_lin": "self_attention.output_proj",
    "sa_layer_norm": "self_attention_norm",
    "ffn.lin1": "feed_forward.hidden_proj",
    "ffn.lin2": "feed_forward.output_proj",
    "output_layer_norm": "feed_forward_norm",
}
# what stands on the body
_HEADS = {
    "DistilBertModel": {},
    "DistilBertForMaskedLM": {
        "vocab_transform": "word_head.hidden_proj",
        "vocab_layer_norm": "word_head.norm",
    },
    "DistilBertForSequenceClassification": {
        "pre_classifier": "hidden_proj",
        "classifier": "classifier",
    },
    "DistilBertForQuestionAnswering": {"qa_outputs": "span_proj"},
}


def layout(config: DistilBertConfig, architecture: str) -> Layout:
    """Return under which names DistilBERT's files hold the parameters."""
    inside = "" if architecture == "DistilBertModel" else "distilbert."
    tables = {"word": "embedding", "position": "positions"}
    both = {"embeddings.LayerNorm": "norm"}
    for i in range(config.n_layers):
        both |= {f"transformer.layer.{i}.{t}": f"layers.{i}.{o}" for t, o in _OF_A_BLOCK.items()}
    entries = {
        **same_names(
            {f"{inside}embeddings.{t}_embeddings": inside + o for t, o in tables.items()}, "weight"
        ),
        **same_names({inside + t: inside + o for t, o in both.items()}, "weight", "bias"),
        **same_names(_HEADS[architecture], "weight", "bias"),
    }
    if architecture == "DistilBertForMaskedLM":
        entries["distilbert.embeddings.word_embeddings.weight"] = Entry(
            ("distilbert.embedding.weight",), doubles=("vocab_projector.weight",)
        )
        entries["vocab_projector.bias"] = Entry(("word_head.bias",))
    return Layout(entries, prefix="distilbert.")
