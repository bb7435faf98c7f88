"""GPT's sizes, and how GPT-2's published files write them and name the tensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError, UnknownNameError
from course_lib.models.published import Entry, Layout

ARCHITECTURES = ("GPT2LMHeadModel",)
THEIR_ACTIVATIONS = {"gelu_tanh": "gelu_new", "gelu": "gelu", "relu": "relu", "silu": "silu"}
NEEDED = {
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "add_cross_attention": False,
    "tie_word_embeddings": True,
}


@dataclass(frozen=True, kw_only=True)
class GptConfig:
    """Sizes and choices.

    d_ff: 4 · d_model unless given. max_len: places that have a vector. norm_first: GPT-1 is the
    one without. eos_id: ends a text, where there is such a mark.
    """

    vocab_size: int = 50_257
    d_model: int = 768
    n_heads: int = 12
    n_layers: int = 12
    d_ff: int | None = None
    max_len: int = 1_024
    activation: str = "gelu_tanh"
    norm_first: bool = True
    eps: float = 1e-5
    dropout: float = 0.1
    eos_id: int | None = None

    def __post_init__(self) -> None:
        for name in ("vocab_size", "n_layers", "max_len"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")

    @classmethod
    def named(cls, name: str) -> "GptConfig":
        """Return a published size: one of SIZES.

        Raises: UnknownNameError for another name.
        """
        if name not in SIZES:
            raise UnknownNameError("GPT", name, list(SIZES))
        return cls(**SIZES[name])

    @classmethod
    def tiny(cls, vocab_size: int) -> "GptConfig":
        """Return a model that trains in minutes on one core."""
        return cls(vocab_size=vocab_size, d_model=128, n_heads=4, n_layers=4, max_len=256)

    @classmethod
    def from_published(cls, config: Mapping[str, Any]) -> "GptConfig":
        """Read GPT-2's config.json.

        Raises: CourseError for choices that this model does not have.
        """
        ours = {theirs: own for own, theirs in THEIR_ACTIVATIONS.items()}
        activation = config.get("activation_function", "gelu_new")
        if activation not in ours:
            raise CourseError(
                f"activation_function among {', '.join(ours)}", repr(activation), "take another"
            )
        for name, needed in NEEDED.items():
            if config.get(name, needed) != needed:
                raise CourseError(f"{name} {needed}", repr(config[name]), "take a plain GPT-2")
        return cls(
            vocab_size=config.get("vocab_size", 50_257),
            d_model=config.get("n_embd", 768),
            n_heads=config.get("n_head", 12),
            n_layers=config.get("n_layer", 12),
            d_ff=config.get("n_inner"),
            max_len=config.get("n_positions", 1_024),
            activation=ours[activation],
            eps=config.get("layer_norm_epsilon", 1e-5),
            dropout=config.get("resid_pdrop", 0.1),
            eos_id=config.get("eos_token_id"),
        )

    def to_published(self) -> dict[str, Any]:
        """Return the entries of GPT-2's config.json."""
        return {
            "architectures": list(ARCHITECTURES),
            "model_type": "gpt2",
            "vocab_size": self.vocab_size,
            "n_embd": self.d_model,
            "n_head": self.n_heads,
            "n_layer": self.n_layers,
            "n_inner": self.d_ff,
            "n_positions": self.max_len,
            "activation_function": THEIR_ACTIVATIONS[self.activation],
            "layer_norm_epsilon": self.eps,
            "resid_pdrop": self.dropout,
            "embd_pdrop": self.dropout,
            "attn_pdrop": 0.0,
            "bos_token_id": self.eos_id,
            "eos_token_id": self.eos_id,
            **NEEDED,
        }


# from the configurations published with the weights; GPT-3's from table 2.1 of its paper, with
# GPT-2's vocabulary
SIZES: dict[str, dict[str, Any]] = {
    "gpt": {"vocab_size": 40_478, "max_len": 512, "norm_first": False},
    "gpt2": {},
    "gpt2-medium": {"n_layers": 24, "d_model": 1_024, "n_heads": 16},
    "gpt2-large": {"n_layers": 36, "d_model": 1_280, "n_heads": 20},
    "gpt2-xl": {"n_layers": 48, "d_model": 1_600, "n_heads": 25},
    "gpt3-small": {"max_len": 2_048},
    "gpt3-6.7b": {"n_layers": 32, "d_model": 4_096, "n_heads": 32, "max_len": 2_048},
    "gpt3-175b": {"n_layers": 96, "d_model": 12_288, "n_heads": 96, "max_len": 2_048},
}

_OF_A_BLOCK = {
    "ln_1": ("self_attention_norm",),
    "attn.c_attn": tuple(f"self_attention.{part}_proj" for part in ("query", "key", "value")),
    "attn.c_proj": ("self_attention.output_proj",),
    "ln_2": ("feed_forward_norm",),
    "mlp.c_fc": ("feed_forward.hidden_proj",),
    "mlp.c_proj": ("feed_forward.output_proj",),
}


def layout(config: GptConfig) -> Layout:
    """Return under which names GPT-2's files hold the parameters."""
    entries = {
        "transformer.wte.weight": Entry(("embedding.weight",), doubles=("lm_head.weight",)),
        "transformer.wpe.weight": Entry(("positions.weight",)),
    }
    for i in range(config.n_layers):
        for theirs, ours in _OF_A_BLOCK.items():
            for kind in ("weight", "bias"):
                own = tuple(f"layers.{i}.{part}.{kind}" for part in ours)
                entries[f"transformer.h.{i}.{theirs}.{kind}"] = Entry(own, "c_" in theirs)
    for kind in ("weight", "bias"):
        entries[f"transformer.ln_f.{kind}"] = Entry((f"norm.{kind}",))
    return Layout(entries, prefix="transformer.")
