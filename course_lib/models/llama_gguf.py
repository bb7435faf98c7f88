"""GGUF, llama.cpp's format: sizes, packed weights and tokenizer, all in one file.

What is read: a plain llama, its weights as F32, F16, Q8_0, Q4_0 or Q4_1, its tokenizer of byte
pairs. Whatever else a file asks for is an error: without it the numbers would be other ones.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import regex
import torch
from torch import Tensor, nn

from course_lib.errors import CorruptFileError, CourseError
from course_lib.layers.positional import rotary_order
from course_lib.models.gguf_blocks import UNPACK
from course_lib.models.llama_config import LlamaConfig
from course_lib.text.bpe import BytePairTokenizer
from course_lib.text.byte_pairs import BYTE_OF, WORDS

CONTROL, USER_DEFINED = 3, 4  # kinds of pieces that stand for themselves in a text

# llama 3's words: endings of any case, up to three digits, one sign in front of letters, line
# breaks with the signs or spaces before them
_LLAMA_3 = regex.compile(
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# GPT-2's words after every digit was cut out, so that the spaces before one belong together
_SINGLE_DIGITS = regex.compile(
    r"\p{N}|'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+"
)
# subtle: smollm means single digits, as in the model's training; transformers takes GPT-2's words
PATTERNS = {
    "default": WORDS,
    "gpt-2": WORDS,
    "smollm": WORDS,
    "llama-bpe": _LLAMA_3,
    "llama3": _LLAMA_3,
    "llama-v3": _LLAMA_3,
}

_NEEDED = {
    "embedding_length": "d_model",
    "attention.head_count": "n_heads",
    "block_count": "n_layers",
    "feed_forward_length": "d_ff",
    "context_length": "max_len",
    "attention.layer_norm_rms_epsilon": "eps",
}
_OPTIONAL = {
    "attention.head_count_kv": "n_key_heads",
    "attention.key_length": "d_head",
    "rope.freq_base": "rotary_base",
}
_SAME_AS_D_HEAD = ("rope.dimension_count", "attention.value_length")
_TOLD_ELSEWHERE = ("vocab_size", "tensor_data_layout")

_OF_A_MODEL = {"embedding": "token_embd", "norm": "output_norm", "head": "output"}
_OF_A_BLOCK = {
    "self_attention_norm": "attn_norm",
    "self_attention.query_proj": "attn_q",
    "self_attention.key_proj": "attn_k",
    "self_attention.value_proj": "attn_v",
    "self_attention.output_proj": "attn_output",
    "feed_forward_norm": "ffn_norm",
    "feed_forward.gate_proj": "ffn_gate",
    "feed_forward.hidden_proj": "ffn_up",
    "feed_forward.output_proj": "ffn_down",
}


def read(path: Path | str) -> "GgufFile":
    """Open a file; weights are read when they are asked for.

    Raises: CourseError where the package gguf or the file is missing; CorruptFileError for bytes
    that are no GGUF.
    """
    try:
        from gguf import GGUFReader
    except ImportError as error:
        raise CourseError(
            "the package gguf, which knows llama.cpp's format",
            str(error),
            "install the extra: pip install 'course-lib[models]'",
        ) from error
    path = Path(path)
    try:
        reader = GGUFReader(path)
    except OSError as error:
        raise CourseError("a GGUF file", str(error), "give the path of one") from error
    except Exception as error:  # where it is cut or not one, the reader falls over its own numbers
        raise CorruptFileError(
            "a whole GGUF file", f"{path.name}: {error}", "fetch it again"
        ) from error
    return GgufFile(path.name, reader.fields, {tensor.name: tensor for tensor in reader.tensors})


@dataclass(frozen=True)
class GgufFile:
    """What the reader of the package gguf found: entries and tensors by name."""

    name: str
    fields: dict[str, Any]
    tensors: dict[str, Any]

    def entry(self, name: str, otherwise: Any = None) -> Any:
        """Return the value of an entry."""
        return self.fields[name].contents() if name in self.fields else otherwise

    def config(self) -> LlamaConfig:
        """Return the model's sizes.

        Raises: CourseError for a model that is not a plain llama, or where a size is missing.
        """
        family = self.entry("general.architecture")
        if family != "llama":
            raise self._other("general.architecture 'llama'", repr(family))
        own = {name.removeprefix("llama.") for name in self.fields if name.startswith("llama.")}
        sizes: dict[str, Any] = {"rotary_base": 10_000.0}
        for name, ours in (_NEEDED | _OPTIONAL).items():
            if name in own:
                sizes[ours] = self.entry(f"llama.{name}")
            elif name in _NEEDED:
                raise self._other(f"an entry llama.{name}", "none")
            if isinstance(sizes.get(ours), list):
                raise self._other(f"one llama.{name} for all blocks", "one for each")
        d_head = sizes.get("d_head") or sizes["d_model"] // sizes["n_heads"]
        for name in own.difference(_NEEDED, _OPTIONAL, _TOLD_ELSEWHERE):
            value = self.entry(f"llama.{name}")
            if value != d_head if name in _SAME_AS_D_HEAD else value not in (0, "none"):
                raise self._other("no scaled or partial rotation, no experts", f"{name} {value}")
        if "token_embd.weight" not in self.tensors:
            raise self._other("a tensor token_embd.weight", "none")
        return LlamaConfig(
            vocab_size=int(self.tensors["token_embd.weight"].shape[1]),
            tied="output.weight" not in self.tensors,
            bos_id=self.entry("tokenizer.ggml.bos_token_id"),
            eos_id=self.entry("tokenizer.ggml.eos_token_id"),
            pad_id=self.entry("tokenizer.ggml.padding_token_id"),
            **sizes,
        )

    def weights(self, model: nn.Module, config: LlamaConfig) -> dict[str, Tensor]:
        """Return the parameters of a model of these sizes, as numbers of the default type.

        Rows of queries and keys lie in the paper's rotary order, neighbours making a pair. They are
        put into that of halves once, here: the model then has one order, that of published folders.

        Raises: CourseError for missing tensors, others than the model has, or another packing;
        CorruptFileError for another shape.
        """
        state = {}
        left = dict(self.tensors)
        for name, parameter in model.named_parameters():
            theirs = _their_name(name)
            tensor = left.pop(theirs, None)
            if tensor is None:
                raise self._other(f"a tensor {theirs}", "none")
            packing = tensor.tensor_type.name
            if packing not in UNPACK:
                raise self._other(f"weights as {', '.join(UNPACK)}", f"{packing} for {theirs}")
            shape = tuple(int(n) for n in reversed(tensor.shape))
            if shape != parameter.shape:
                raise CorruptFileError(
                    f"{theirs} of shape {tuple(parameter.shape)} in {self.name}",
                    str(shape),
                    "fetch it again",
                )
            raw = torch.from_numpy(tensor.data.reshape(-1).view(np.uint8).copy())
            own = UNPACK[packing](raw).reshape(shape)
            if "query_proj" in name or "key_proj" in name:
                d_head = config.d_head or config.d_model // config.n_heads
                own = own.unflatten(0, (-1, d_head))[:, rotary_order(d_head)].flatten(0, 1)
            state[name] = own.to(torch.get_default_dtype())
        if left:
            raise self._other("no tensors but those of a plain llama", f"also {next(iter(left))}")
        return state

    def tokenizer(self, single_digits: bool = False) -> BytePairTokenizer:
        """Return the tokenizer; it adds no marks, whatever the file asks for in front of a text.

        single_digits: as `llama.from_gguf` says.

        Raises: CourseError for one of another kind; CorruptFileError for tables that do not fit.
        """
        kind = self.entry("tokenizer.ggml.model")
        if kind != "gpt2":
            raise self._other("tokenizer.ggml.model 'gpt2', byte pairs", repr(kind))
        words = self.entry("tokenizer.ggml.pre", "default")
        if words not in PATTERNS:
            raise self._other(f"tokenizer.ggml.pre among {', '.join(PATTERNS)}", repr(words))
        pieces = self.entry("tokenizer.ggml.tokens", [])
        kinds = self.entry("tokenizer.ggml.token_type", [])
        special = [
            piece
            for piece, kind in zip(pieces, kinds, strict=False)
            # subtle: a piece with other letters is no mark but was labelled wrongly in conversion
            if kind in (CONTROL, USER_DEFINED) and set(piece) <= BYTE_OF.keys()
        ]
        return BytePairTokenizer.from_tables(
            {piece: i for i, piece in enumerate(pieces)},
            self.entry("tokenizer.ggml.merges", []),
            special,
            pattern=_SINGLE_DIGITS if single_digits and words == "smollm" else PATTERNS[words],
            names=("tokenizer.ggml.tokens", "tokenizer.ggml.merges"),
        )

    def _other(self, expected: str, received: str) -> CourseError:
        return CourseError(
            expected, f"{received} in {self.name}", "take a plain llama, SmolLM2 say"
        )


def _their_name(name: str) -> str:
    """Return how a file calls a parameter: blk.0.attn_q.weight."""
    own, kind = name.rsplit(".", 1)
    if not own.startswith("layers."):
        return f"{_OF_A_MODEL[own]}.{kind}"
    _, i, part = own.split(".", 2)
    return f"blk.{i}.{_OF_A_BLOCK[part]}.{kind}"
