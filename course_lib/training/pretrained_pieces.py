"""Our own Transformers over pieces of text: weights, sizes and merges in one checkpoint."""

import json
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from course_lib.data.sentence_pairs import Codec
from course_lib.models.causal_lm import CausalLm, CausalLmConfig
from course_lib.models.gpt import Gpt
from course_lib.models.gpt_config import GptConfig
from course_lib.models.translation import Transformer, TransformerConfig
from course_lib.models.translator import Translator
from course_lib.text.bpe import BytePairTokenizer
from course_lib.text.byte_pairs import from_printable, printable
from course_lib.training.weights import load_checkpoint

ABOUT = "about"  # the tensor with config, merges and special tokens: JSON in UTF-8


def pieces_state(
    model: CausalLm | Gpt | Transformer, tokenizer: BytePairTokenizer
) -> dict[str, Tensor]:
    """Return what a checkpoint holds: the weights, and the rest as bytes.

    Parameters that share a table are stored once.

    Raises: ValueError when the table has another number of rows than there are pieces.
    """
    if len(tokenizer) != model.config.vocab_size:
        raise ValueError(
            f"the tokenizer has {len(tokenizer)} pieces, the model's table "
            f"{model.config.vocab_size} rows"
        )
    about = {
        "config": asdict(model.config),
        "merges": [f"{printable(a)} {printable(b)}" for a, b in tokenizer.merges],
        "special_tokens": list(tokenizer.special_tokens),
    }
    raw = bytearray(json.dumps(about, ensure_ascii=False).encode())
    # named_parameters gives a shared one under its first name alone, as a file must hold it
    weights = {name: value.detach() for name, value in model.named_parameters()}
    return weights | {ABOUT: torch.frombuffer(raw, dtype=torch.uint8)}


def causal_from(state: dict[str, Tensor]) -> tuple[CausalLm, BytePairTokenizer]:
    """Return the language model that `pieces_state` described, in eval mode, and its tokenizer."""
    config, tokenizer = _about(state)
    return _filled(CausalLm(CausalLmConfig(**config)), state), tokenizer


def gpt_from(state: dict[str, Tensor]) -> tuple[Gpt, BytePairTokenizer]:
    """Return the GPT that `pieces_state` described, in eval mode, and its tokenizer."""
    config, tokenizer = _about(state)
    return _filled(Gpt(GptConfig(**config)), state), tokenizer


def translator_from(state: dict[str, Tensor]) -> Translator:
    """Return the translation model that `pieces_state` described, in eval mode, and its codec."""
    config, tokenizer = _about(state)
    return Translator(_filled(Transformer(TransformerConfig(**config)), state), Codec(tokenizer))


def causal_model(name: str) -> tuple[CausalLm, BytePairTokenizer]:
    """Return a shipped causal language model in eval mode, and its tokenizer.

    Raises: UnknownNameError for an unknown name, CorruptFileError where the file was damaged.
    """
    return causal_from(load_checkpoint(name))


def gpt_model(name: str) -> tuple[Gpt, BytePairTokenizer]:
    """Return a shipped GPT in eval mode, and its tokenizer.

    Raises: UnknownNameError for an unknown name, CorruptFileError where the file was damaged.
    """
    return gpt_from(load_checkpoint(name))


def translator(name: str) -> Translator:
    """Return a shipped translation model in eval mode, ready to translate.

    Raises: UnknownNameError for an unknown name, CorruptFileError where the file was damaged.
    """
    return translator_from(load_checkpoint(name))


def _about(state: dict[str, Tensor]) -> tuple[dict[str, Any], BytePairTokenizer]:
    about = json.loads(bytes(state[ABOUT].tolist()).decode())
    merges = []
    for line in about["merges"]:
        a, b = line.split(" ")
        merges.append((from_printable(a), from_printable(b)))
    return about["config"], BytePairTokenizer.from_merges(merges, about["special_tokens"])


def _filled(model: Any, state: dict[str, Tensor]) -> Any:
    own = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in own.items():
            value.copy_(state[name])
    return model.eval()
