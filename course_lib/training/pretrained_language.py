"""The course's own pre-trained language models: weights and vocabulary in one checkpoint."""

import torch
from torch import Tensor

from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.ulmfit import LanguageModel
from course_lib.text.vocabulary import UNKNOWN, Vocabulary
from course_lib.training.weights import load_checkpoint

WORDS = "vocabulary"  # the tensor with the tokens, as UTF-8 bytes with a line break between two
DROPS = 0.3  # of the published rates: what the small models were trained with


def language_state(model: LanguageModel, vocabulary: Vocabulary) -> dict[str, Tensor]:
    """Return what a checkpoint holds: the weights, and the tokens as bytes.

    Raises: ValueError when a token holds a line break, or the table has another number of rows.
    """
    if any("\n" in token for token in vocabulary):
        raise ValueError("a token must not hold a line break")
    if len(vocabulary) != model.encoder.config.vocab_size:
        raise ValueError(
            f"the vocabulary has {len(vocabulary)} tokens, the model's table "
            f"{model.encoder.config.vocab_size} rows"
        )
    raw = bytearray("\n".join(vocabulary).encode())
    return model.state_dict() | {WORDS: torch.frombuffer(raw, dtype=torch.uint8)}


def from_state(state: dict[str, Tensor], drops: float = DROPS) -> tuple[LanguageModel, Vocabulary]:
    """Return the model that `language_state` described, in eval mode, and its vocabulary.

    drops: the share of the published dropout rates that training goes on with.
    """
    tokens = bytes(state[WORDS].tolist()).decode().split("\n")
    weights = {name: value for name, value in state.items() if name != WORDS}
    vocab_size, d_model = weights["encoder.embedding.weight"].shape
    config = AwdLstmConfig(
        vocab_size=vocab_size,
        d_model=d_model,
        d_hidden=weights["encoder.layers.0.weight_hh_l0"].shape[1],
        n_layers=sum(name.endswith("weight_hh_l0") for name in weights),
    )
    model = LanguageModel(config.with_drops(drops))
    model.load_state_dict(weights)
    return model.eval(), Vocabulary(tokens, unknown=UNKNOWN)


def language_model(name: str, drops: float = DROPS) -> tuple[LanguageModel, Vocabulary]:
    """Return a shipped language model in eval mode, and its vocabulary.

    Raises: UnknownNameError for an unknown name, CorruptFileError where the file was damaged.
    """
    return from_state(load_checkpoint(name), drops)
