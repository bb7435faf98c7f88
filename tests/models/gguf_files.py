"""Tiny GGUF files of llamas, as llama.cpp's converter writes them."""

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import torch
from gguf.quants import quantize

from course_lib.layers.positional import rotary_order
from course_lib.models.llama import Llama
from course_lib.models.llama_config import LlamaConfig
from course_lib.text.byte_pairs import BYTE_OF

TRAINED_ON = ["the lower the newest the widest lower low\n\n    x  = 1999", "1 + 1 = 2, it's   é고"]
MARKS = ["<|end|>", "<|start|>", "<|end|>s"]
NAMES = {
    "embedding": "token_embd",
    "norm": "output_norm",
    "head": "output",
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
ROTARY = rotary_order(16)
PIECES = [
    *MARKS,
    *sorted(BYTE_OF),
    "ll",
    "Ġl",
    "Ġlo",
    "we",
    "wer",
    "ĠĠ",
    "ĊĊ",
    "ĠĠĠĠ",
    "19",
    "Ġ1",
    "1919",
]
MERGES = ["l l", "Ġ l", "Ġl o", "w e", "we r", "Ġ Ġ", "Ċ Ċ", "ĠĠ ĠĠ", "1 9", "Ġ 1", "19 19"]


def config(**options: Any) -> LlamaConfig:
    """Widths are multiples of 32, the size of a block."""
    sizes = {"d_model": 96, "n_heads": 6, "n_key_heads": 3, "n_layers": 2, "d_ff": 160}
    marks = {"bos_id": 1, "eos_id": 0, "pad_id": 2}
    sizes |= {"max_len": 23, "rotary_base": 7_000.0, "eps": 2.0**-7, "vocab_size": len(PIECES)}
    return LlamaConfig(**sizes | marks | options)


def random_llama(**options: Any) -> Llama:
    torch.manual_seed(0)
    model = Llama(config(**options)).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return model


def write(
    path: Path,
    model: Llama,
    packing: str = "F32",
    *,
    entries: dict[str, Any] | None = None,
    left_out: tuple[str, ...] = (),
    extra: dict[str, np.ndarray] | None = None,
) -> Path:
    """Write a model and its tokenizer; vectors stay F32, as everywhere.

    entries: what else or otherwise stands in the file. left_out: entries and tensors.
    """
    c = model.config
    writer = gguf.GGUFWriter(path, "llama")
    found: dict[str, Any] = {
        "llama.vocab_size": c.vocab_size,
        "llama.embedding_length": c.d_model,
        "llama.attention.head_count": c.n_heads,
        "llama.attention.head_count_kv": c.n_key_heads,
        "llama.rope.dimension_count": 16,
        "llama.block_count": c.n_layers,
        "llama.feed_forward_length": c.d_ff,
        "llama.context_length": c.max_len,
        "llama.rope.freq_base": c.rotary_base,
        "llama.attention.layer_norm_rms_epsilon": c.eps,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "smollm",
        "tokenizer.ggml.tokens": PIECES,
        "tokenizer.ggml.merges": MERGES,
        "tokenizer.ggml.token_type": [3] * len(MARKS) + [1] * (len(PIECES) - len(MARKS)),
        "tokenizer.ggml.bos_token_id": c.bos_id,
        "tokenizer.ggml.eos_token_id": c.eos_id,
        "tokenizer.ggml.padding_token_id": c.pad_id,
    }
    for name, value in (found | (entries or {})).items():
        if name not in left_out:
            add(writer, name, value)
    for name, parameter in model.named_parameters():
        part = name.removesuffix(".weight")
        if part.startswith("layers."):
            _, i, part = part.split(".", 2)
            theirs = f"blk.{i}.{NAMES[part]}.weight"
        else:
            theirs = f"{NAMES[part]}.weight"
        own = parameter.detach()
        if "query_proj" in name or "key_proj" in name:  # neighbours make a pair in these files
            own = own.unflatten(0, (-1, 16))[:, ROTARY.argsort()].flatten(0, 1)
        kind = gguf.GGMLQuantizationType[packing if own.dim() == 2 else "F32"]
        if theirs not in left_out:
            writer.add_tensor(theirs, quantize(own.numpy(), kind), raw_dtype=kind)
    for name, array in (extra or {}).items():
        writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def add(writer: gguf.GGUFWriter, name: str, value: Any) -> None:
    if isinstance(value, str):
        writer.add_string(name, value)
    elif isinstance(value, bool):
        writer.add_bool(name, value)
    elif isinstance(value, list):
        writer.add_array(name, value)
    elif isinstance(value, float):
        writer.add_float32(name, value)
    else:
        writer.add_uint32(name, value)
