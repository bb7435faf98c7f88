"""T5's sizes, and how its published files write them and name the tensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError, UnknownNameError
from course_lib.models.published import Entry, Layout

ARCHITECTURES = ("T5ForConditionalGeneration",)
THEIR_ACTIVATIONS = {"relu": "relu", "gelu_tanh": "gelu_new", "gelu": "gelu", "silu": "silu"}


@dataclass(frozen=True, kw_only=True)
class T5Config:
    """Sizes and choices.

    n_layers: of the encoder, and of the decoder unless n_decoder_layers is given.
    d_head: numbers a head; n_heads · d_head need not be d_model. n_buckets, max_distance: as in
    `layers.positional.relative_buckets`. activation, gated: ReLU in T5, gated GELU in T5 1.1.
    tied: the table of words scores them too, which has its own in T5 1.1. scaled: what is scored is
    multiplied by 1/√d_model first, in T5 but not in T5 1.1.
    pad_id: fills shorter texts. start_id: begins what is written; eos_id, or one of several,
    ends it, where there is such a mark.
    """

    vocab_size: int = 32_128
    d_model: int = 512
    n_heads: int = 8
    d_head: int = 64
    d_ff: int = 2_048
    n_layers: int = 6
    n_decoder_layers: int | None = None
    n_buckets: int = 32
    max_distance: int = 128
    activation: str = "relu"
    gated: bool = False
    tied: bool = True
    scaled: bool = True
    eps: float = 1e-6
    dropout: float = 0.1
    pad_id: int = 0
    start_id: int = 0
    eos_id: int | tuple[int, ...] | None = 1

    def __post_init__(self) -> None:
        for name in ("vocab_size", "n_layers", "n_decoder_layers", "d_head"):
            if (size := getattr(self, name)) is not None and size < 1:
                raise ValueError(f"{name} must be 1 or more, received {size}")

    @classmethod
    def named(cls, name: str) -> "T5Config":
        """Return a published size: one of SIZES.

        Raises: UnknownNameError for another name.
        """
        if name not in SIZES:
            raise UnknownNameError("T5", name, list(SIZES))
        return cls(**SIZES[name])

    @classmethod
    def tiny(cls, vocab_size: int) -> "T5Config":
        """Return a model that trains in minutes on one core."""
        return cls(vocab_size=vocab_size, d_model=128, n_heads=4, d_head=32, d_ff=512, n_layers=2)

    @classmethod
    def small(cls) -> "T5Config":
        """Return t5-small's sizes."""
        return cls.named("t5-small")

    @classmethod
    def base(cls) -> "T5Config":
        """Return t5-base's sizes, those of two BERTs."""
        return cls.named("t5-base")

    @classmethod
    def from_published(cls, config: Mapping[str, Any]) -> "T5Config":
        """Read T5's config.json.

        Raises: CourseError for choices that this model does not have.
        """
        activation, gated = _feed_forward(config)
        ends = config.get("eos_token_id", 1)
        tied = config.get("tie_word_embeddings") is not False
        pad_id = config.get("pad_token_id") or 0
        return cls(
            vocab_size=config.get("vocab_size", 32_128),
            d_model=config.get("d_model", 512),
            n_heads=config.get("num_heads", 8),
            d_head=config.get("d_kv", 64),
            d_ff=config.get("d_ff", 2_048),
            n_layers=config.get("num_layers", 6),
            n_decoder_layers=config.get("num_decoder_layers"),
            n_buckets=config.get("relative_attention_num_buckets", 32),
            max_distance=config.get("relative_attention_max_distance", 128),
            activation=activation,
            gated=gated,
            tied=tied,
            scaled=config.get("scale_decoder_outputs", tied),
            eps=config.get("layer_norm_epsilon", 1e-6),
            dropout=config.get("dropout_rate", 0.1),
            pad_id=pad_id,
            start_id=config.get("decoder_start_token_id", pad_id),
            eos_id=tuple(ends) if isinstance(ends, list) else ends,
        )

    def to_published(self) -> dict[str, Any]:
        """Return the entries of T5's config.json."""
        activation = THEIR_ACTIVATIONS[self.activation]
        written = "gelu" if self.gated and activation == "gelu_new" else activation
        return {
            "architectures": list(ARCHITECTURES),
            "model_type": "t5",
            "is_encoder_decoder": True,
            "vocab_size": self.vocab_size,
            "d_model": self.d_model,
            "num_heads": self.n_heads,
            "d_kv": self.d_head,
            "d_ff": self.d_ff,
            "num_layers": self.n_layers,
            "num_decoder_layers": self.n_decoder_layers or self.n_layers,
            "relative_attention_num_buckets": self.n_buckets,
            "relative_attention_max_distance": self.max_distance,
            "feed_forward_proj": f"gated-{written}" if self.gated else written,
            "dense_act_fn": activation,
            "is_gated_act": self.gated,
            "tie_word_embeddings": self.tied,
            "scale_decoder_outputs": self.scaled,
            "layer_norm_epsilon": self.eps,
            "dropout_rate": self.dropout,
            "pad_token_id": self.pad_id,
            "decoder_start_token_id": self.start_id,
            "eos_token_id": self.eos_id,
        }


# from the configurations published with the weights
SIZES: dict[str, dict[str, Any]] = {
    "t5-small": {},
    "t5-base": {"d_model": 768, "n_heads": 12, "d_ff": 3_072, "n_layers": 12},
    "t5-large": {"d_model": 1_024, "n_heads": 16, "d_ff": 4_096, "n_layers": 24},
    "t5-3b": {"d_model": 1_024, "n_heads": 32, "d_head": 128, "d_ff": 16_384, "n_layers": 24},
    "t5-11b": {"d_model": 1_024, "n_heads": 128, "d_head": 128, "d_ff": 65_536, "n_layers": 24},
}

PREFIX = "transformer."
TABLES = (
    "shared.weight",
    "encoder.embed_tokens.weight",
    "decoder.embed_tokens.weight",
    "lm_head.weight",
)

_PROJECTIONS = {"q": "query_proj", "k": "key_proj", "v": "value_proj", "o": "output_proj"}


def _feed_forward(config: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the activation, and whether it is a gate."""
    written = config.get("feed_forward_proj", "relu")
    kind, _, name = written.rpartition("-")
    if written == "gated-gelu":  # the one by tanh; files of today say so under dense_act_fn
        name = "gelu_new"
    name = config.get("dense_act_fn", name)
    ours = {theirs: own for own, theirs in THEIR_ACTIVATIONS.items()}
    if kind not in ("", "gated") or name not in ours:
        raise CourseError(
            f"feed_forward_proj among {', '.join(ours)}, or one of them with gated- in front",
            repr(name if kind in ("", "gated") else written),
            "take another",
        )
    return ours[name], config.get("is_gated_act", kind == "gated")


def layout(config: T5Config) -> Layout:
    """Return under which names T5's files hold the parameters."""
    table, *doubles, head = TABLES
    if config.tied:
        entries = {table: Entry(("embedding.weight",), doubles=(*doubles, head))}
    else:
        entries = {
            table: Entry(("embedding.weight",), doubles=tuple(doubles)),
            head: Entry(("head.weight",)),
        }
    for side, n_layers in (
        ("encoder", config.n_layers),
        ("decoder", config.n_decoder_layers or config.n_layers),
    ):
        ours = _of_a_block(config, side)
        for i in range(n_layers):
            for theirs, own in ours.items():
                entries[f"{side}.block.{i}.layer.{theirs}.weight"] = Entry(
                    (f"{side}.layers.{i}.{own}.weight",)
                )
        entries[f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"] = Entry(
            (f"{side}.relative_bias.table.weight",)
        )
        entries[f"{side}.final_layer_norm.weight"] = Entry((f"{side}.norm.weight",))
    return Layout(entries, PREFIX)


def _of_a_block(config: T5Config, side: str) -> dict[str, str]:
    parts = {"SelfAttention": "self_attention", "EncDecAttention": "cross_attention"}
    if side == "encoder":
        del parts["EncDecAttention"]
    names = {}
    for i, (theirs, own) in enumerate(parts.items()):
        names[f"{i}.layer_norm"] = f"{own}_norm"
        for their_proj, our_proj in _PROJECTIONS.items():
            names[f"{i}.{theirs}.{their_proj}"] = f"{own}.{our_proj}"
    last = len(parts)
    names[f"{last}.layer_norm"] = "feed_forward_norm"
    hidden = {"wi_0": "gate_proj", "wi_1": "hidden_proj"} if config.gated else {"wi": "hidden_proj"}
    for their_proj, our_proj in (hidden | {"wo": "output_proj"}).items():
        names[f"{last}.DenseReluDense.{their_proj}"] = f"feed_forward.{our_proj}"
    return names
