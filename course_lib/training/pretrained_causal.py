"""The course's own causal language models: weights, sizes and merges in one checkpoint."""

import json
from dataclasses import asdict

import torch
from torch import Tensor

from course_lib.models.causal_lm import CausalLm, CausalLmConfig
from course_lib.text.bpe import BytePairTokenizer
from course_lib.text.byte_pairs import from_printable, printable
from course_lib.training.weights import load_checkpoint

ABOUT = "about"  # the tensor with config, merges and special tokens: JSON in UTF-8


def causal_state(model: CausalLm, tokenizer: BytePairTokenizer) -> dict[str, Tensor]:
    """Return what a checkpoint holds: the weights, and the rest as bytes.

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
    return model.state_dict() | {ABOUT: torch.frombuffer(raw, dtype=torch.uint8)}


def from_state(state: dict[str, Tensor]) -> tuple[CausalLm, BytePairTokenizer]:
    """Return the model that `causal_state` described, in eval mode, and its tokenizer."""
    about = json.loads(bytes(state[ABOUT].tolist()).decode())
    merges = []
    for line in about["merges"]:
        a, b = line.split(" ")
        merges.append((from_printable(a), from_printable(b)))
    model = CausalLm(CausalLmConfig(**about["config"]))
    model.load_state_dict({name: value for name, value in state.items() if name != ABOUT})
    return model.eval(), BytePairTokenizer.from_merges(merges, about["special_tokens"])


def causal_model(name: str) -> tuple[CausalLm, BytePairTokenizer]:
    """Return a shipped causal language model in eval mode, and its tokenizer.

    Raises: UnknownNameError for an unknown name, CorruptFileError where the file was damaged.
    """
    return from_state(load_checkpoint(name))
