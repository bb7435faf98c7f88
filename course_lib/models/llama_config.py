"""Llama's sizes, and how llama's published files write them and name the tensors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from course_lib.errors import CourseError, UnknownNameError
from course_lib.models.published import Entry, Layout

ARCHITECTURES = ("LlamaForCausalLM",)
NEEDED = {"hidden_act": "silu", "attention_bias": False, "mlp_bias": False}


@dataclass(frozen=True, kw_only=True)
class LlamaConfig:
    """Sizes and choices; SmolLM2-135M's, unless given.

    n_key_heads: heads of keys and values, n_heads unless given. d_head: d_model / n_heads unless
    given. max_len: the longest text that training saw; longer ones are read, and turn further.
    rotary_base: of the angles (`layers.positional.rotary`). tied: the table of words also scores
    them. bos_id, eos_id, pad_id: marks of begin, end and padding, where there are such; several
    marks may end a text.
    """

    vocab_size: int = 49_152
    d_model: int = 576
    n_heads: int = 9
    n_key_heads: int | None = 3
    d_head: int | None = None
    n_layers: int = 30
    d_ff: int = 1_536
    max_len: int = 8_192
    rotary_base: float = 100_000.0
    eps: float = 1e-5
    tied: bool = True
    bos_id: int | None = None
    eos_id: int | tuple[int, ...] | None = None
    pad_id: int | None = None

    def __post_init__(self) -> None:
        for name in ("vocab_size", "n_layers", "max_len"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")

    @classmethod
    def named(cls, name: str) -> "LlamaConfig":
        """Return a published size: one of SIZES.

        Raises: UnknownNameError for another name.
        """
        if name not in SIZES:
            raise UnknownNameError("llama", name, list(SIZES))
        return cls(**SIZES[name])

    @classmethod
    def tiny(cls, vocab_size: int) -> "LlamaConfig":
        """Return a model that trains in minutes on one core."""
        return cls(
            vocab_size=vocab_size,
            d_model=128,
            n_heads=4,
            n_key_heads=2,
            n_layers=4,
            d_ff=344,
            max_len=256,
            rotary_base=10_000.0,
        )

    @classmethod
    def from_published(cls, config: Mapping[str, Any]) -> "LlamaConfig":
        """Read llama's config.json, of transformers 5 or of earlier ones.

        Raises: CourseError for choices that this model does not have.
        """
        rotary = config.get("rope_parameters") or config.get("rope_scaling") or {}
        kind = rotary.get("rope_type", rotary.get("type", "default"))
        if kind != "default":
            raise CourseError(
                "rope_type 'default': angles as in the paper", repr(kind), "take a plain llama"
            )
        for name, needed in NEEDED.items():
            if config.get(name, needed) != needed:
                raise CourseError(f"{name} {needed!r}", repr(config[name]), "take a plain llama")
        ends = config.get("eos_token_id", 2)
        return cls(
            vocab_size=config.get("vocab_size", 32_000),
            d_model=config.get("hidden_size", 4_096),
            n_heads=config.get("num_attention_heads", 32),
            n_key_heads=config.get("num_key_value_heads"),
            d_head=config.get("head_dim"),
            n_layers=config.get("num_hidden_layers", 32),
            d_ff=config.get("intermediate_size", 11_008),
            max_len=config.get("max_position_embeddings", 2_048),
            rotary_base=rotary.get("rope_theta", config.get("rope_theta", 10_000.0)),
            eps=config.get("rms_norm_eps", 1e-6),
            tied=config.get("tie_word_embeddings", False),
            bos_id=config.get("bos_token_id", 1),
            eos_id=tuple(ends) if isinstance(ends, list) else ends,
            pad_id=config.get("pad_token_id"),
        )

    def to_published(self) -> dict[str, Any]:
        """Return the entries of llama's config.json."""
        return {
            "architectures": list(ARCHITECTURES),
            "model_type": "llama",
            "vocab_size": self.vocab_size,
            "hidden_size": self.d_model,
            "num_attention_heads": self.n_heads,
            "num_key_value_heads": self.n_key_heads or self.n_heads,
            "head_dim": self.d_head or self.d_model // self.n_heads,
            "num_hidden_layers": self.n_layers,
            "intermediate_size": self.d_ff,
            "max_position_embeddings": self.max_len,
            "rope_parameters": {"rope_type": "default", "rope_theta": self.rotary_base},
            "rms_norm_eps": self.eps,
            "tie_word_embeddings": self.tied,
            "bos_token_id": self.bos_id,
            "eos_token_id": self.eos_id,
            "pad_token_id": self.pad_id,
            **NEEDED,
        }


_LLAMA_1 = {
    "vocab_size": 32_000,
    "n_key_heads": None,
    "max_len": 2_048,
    "rotary_base": 10_000.0,
    "eps": 1e-6,
    "tied": False,
}
# SmolLM2's from its file; the others from table 2 of Touvron et al., 2023, arXiv:2302.13971, whose
# d_ff is two thirds of 4 · d_model, rounded up to a multiple of 256
SIZES: dict[str, dict[str, Any]] = {
    "smollm2-135m": {},
    "llama-7b": {"n_layers": 32, "d_model": 4_096, "n_heads": 32, "d_ff": 11_008, **_LLAMA_1},
    "llama-13b": {"n_layers": 40, "d_model": 5_120, "n_heads": 40, "d_ff": 13_824, **_LLAMA_1},
    "llama-33b": {"n_layers": 60, "d_model": 6_656, "n_heads": 52, "d_ff": 17_920, **_LLAMA_1},
    "llama-65b": {"n_layers": 80, "d_model": 8_192, "n_heads": 64, "d_ff": 22_016, **_LLAMA_1},
}

_OF_A_BLOCK = {
    "input_layernorm": "self_attention_norm",
    "self_attn.q_proj": "self_attention.query_proj",
    "self_attn.k_proj": "self_attention.key_proj",
    "self_attn.v_proj": "self_attention.value_proj",
    "self_attn.o_proj": "self_attention.output_proj",
    "post_attention_layernorm": "feed_forward_norm",
    "mlp.gate_proj": "feed_forward.gate_proj",
    "mlp.up_proj": "feed_forward.hidden_proj",
    "mlp.down_proj": "feed_forward.output_proj",
}


def layout(config: LlamaConfig) -> Layout:
    """Return under which names llama's files hold the parameters."""
    names = {"model.embed_tokens": "embedding", "model.norm": "norm"}
    if not config.tied:
        names["lm_head"] = "head"
    for i in range(config.n_layers):
        for theirs, ours in _OF_A_BLOCK.items():
            names[f"model.layers.{i}.{theirs}"] = f"layers.{i}.{ours}"
    entries = {f"{theirs}.weight": Entry((f"{own}.weight",)) for theirs, own in names.items()}
    return Layout(entries, prefix="model.")
