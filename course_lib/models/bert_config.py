"""BERT's sizes, and how its published files write them and name the tensors."""

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

NEEDED = {
    "is_decoder": False,
    "add_cross_attention": False,
    "position_embedding_type": "absolute",
}
TIED = ("BertForPreTraining", "BertForMaskedLM")


@dataclass(frozen=True, kw_only=True)
class BertConfig(TextEncoderConfig):
    """Sizes and choices: those of TextEncoderConfig, and those that BERT alone has.

    n_token_types: kinds of text in one input, such as question and passage.
    """

    n_token_types: int = 2

    @classmethod
    def named(cls, name: str) -> "BertConfig":
        """Return a published size: one of SIZES.

        Raises: UnknownNameError for another name.
        """
        if name not in SIZES:
            raise UnknownNameError("BERT", name, list(SIZES))
        return cls(**SIZES[name])

    @classmethod
    def tiny(cls, vocab_size: int) -> "BertConfig":
        """Return a model that trains in minutes on one core."""
        return cls(vocab_size=vocab_size, d_model=128, n_heads=4, n_layers=4, max_len=256)

    @classmethod
    def base(cls) -> "BertConfig":
        """Return the size of bert-base."""
        return cls.named("bert-base")

    @classmethod
    def large(cls) -> "BertConfig":
        """Return the size of bert-large."""
        return cls.named("bert-large")

    @classmethod
    def from_published(cls, config: Mapping[str, Any]) -> "BertConfig":
        """Read BERT's config.json.

        Raises: CourseError for choices that this model does not have.
        """
        require(config, NEEDED)
        if set(TIED) & set(config.get("architectures") or ()):
            require(config, {"tie_word_embeddings": True})
        return cls(
            vocab_size=config.get("vocab_size", 30_522),
            d_model=config.get("hidden_size", 768),
            n_heads=config.get("num_attention_heads", 12),
            n_layers=config.get("num_hidden_layers", 12),
            d_ff=config.get("intermediate_size", 3_072),
            max_len=config.get("max_position_embeddings", 512),
            activation=activation_of(config, "hidden_act"),
            eps=config.get("layer_norm_eps", 1e-12),
            dropout=config.get("hidden_dropout_prob", 0.1),
            pad_id=config.get("pad_token_id", 0),
            classifier_dropout=config.get("classifier_dropout"),
            n_token_types=config.get("type_vocab_size", 2),
            **labels_of(config),
        )

    def to_published(self, architecture: str) -> dict[str, Any]:
        """Return the entries of BERT's config.json."""
        return {
            "architectures": [architecture],
            "model_type": "bert",
            "vocab_size": self.vocab_size,
            "hidden_size": self.d_model,
            "num_attention_heads": self.n_heads,
            "num_hidden_layers": self.n_layers,
            "intermediate_size": self.d_ff or 4 * self.d_model,
            "max_position_embeddings": self.max_len,
            "hidden_act": published_activation(self.activation),
            "layer_norm_eps": self.eps,
            "hidden_dropout_prob": self.dropout,
            "attention_probs_dropout_prob": 0.0,
            "pad_token_id": self.pad_id,
            "classifier_dropout": self.classifier_dropout,
            "type_vocab_size": self.n_token_types,
            "tie_word_embeddings": True,
            "is_decoder": False,
            "add_cross_attention": False,
            **published_labels(self),
        }


# from the configurations published with the uncased weights
SIZES: dict[str, dict[str, Any]] = {
    "bert-base": {},
    "bert-large": {"n_layers": 24, "d_model": 1_024, "n_heads": 16},
}

_OF_A_BLOCK = {
    "attention.self.query": "self_attention.query_proj",
    "attention.self.key": "self_attention.key_proj",
    "attention.self.value": "self_attention.value_proj",
    "attention.output.dense": "self_attention.output_proj",
    "attention.output.LayerNorm": "self_attention_norm",
    "intermediate.dense": "feed_forward.hidden_proj",
    "output.dense": "feed_forward.output_proj",
    "output.LayerNorm": "feed_forward_norm",
}
_WORD_HEAD = {
    "cls.predictions.transform.dense": "word_head.hidden_proj",
    "cls.predictions.transform.LayerNorm": "word_head.norm",
}
_CLASSIFIER = {"classifier": "classifier"}
# what stands on the body
_HEADS = {
    "BertModel": {},
    "BertForPreTraining": {**_WORD_HEAD, "cls.seq_relationship": "next_sentence"},
    "BertForMaskedLM": _WORD_HEAD,
    "BertForSequenceClassification": _CLASSIFIER,
    "BertForTokenClassification": _CLASSIFIER,
    "BertForQuestionAnswering": {"qa_outputs": "span_proj"},
}
WITH_POOLER = ("BertModel", "BertForPreTraining", "BertForSequenceClassification")


def layout(config: BertConfig, architecture: str, pooler: bool) -> Layout:
    """Return under which names BERT's files hold the parameters. pooler: whether there is one."""
    inside = "" if architecture == "BertModel" else "bert."
    tables = {"word": "embedding", "position": "positions", "token_type": "token_types"}
    both = {"embeddings.LayerNorm": "norm"}
    for i in range(config.n_layers):
        both |= {f"encoder.layer.{i}.{t}": f"layers.{i}.{o}" for t, o in _OF_A_BLOCK.items()}
    if pooler:
        both["pooler.dense"] = "pooler"
    entries = {
        **same_names(
            {f"{inside}embeddings.{t}_embeddings": inside + o for t, o in tables.items()}, "weight"
        ),
        **same_names({inside + t: inside + o for t, o in both.items()}, "weight", "bias"),
        **same_names(_HEADS[architecture], "weight", "bias"),
    }
    if architecture in TIED:
        words = "bert.embeddings.word_embeddings.weight"
        entries[words] = Entry(
            ("bert.embedding.weight",), doubles=("cls.predictions.decoder.weight",)
        )
        entries["cls.predictions.bias"] = Entry(
            ("word_head.bias",), doubles=("cls.predictions.decoder.bias",)
        )
    return Layout(entries, prefix="bert.")
