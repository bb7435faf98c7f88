"""Short turns of pre-training, to be timed one way after another: plain, and with each means.

The text is made up, words drawn as Zipf's law has it; networks, batches and vocabularies have the
sizes of the course's own checkpoints.
"""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.models.elmo_lm import ElmoLanguageModel
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import strips
from course_lib.recipes.pretrain.elmo_training import ElmoTuning, train_elmo
from course_lib.training.speed import FAST, PLAIN, Speed
from course_lib.transfer.ulmfit_stages import Tuning, train_language_model

BATCH, BPTT, WINDOWS, WORDS = 64, 70, 4, 10_000
ELMO_TOKENS, ELMO_LENGTH, ELMO_STEPS, ELMO_NAMED = 3_072, 24, 4, 8_000
TOKENS = {"awd_lstm": BATCH * BPTT * WINDOWS, "elmo": ELMO_TOKENS * ELMO_STEPS}  # of a turn

WAYS = {
    "plain": PLAIN,
    "blocks": Speed(sample=WORDS),  # the exact loss, block by block
    "sample": Speed(sample=FAST.sample),
    "fast_lstm": Speed(engine="fast"),
    "bfloat16": Speed(precision="bfloat16"),
    "float32": Speed(sample=FAST.sample, engine="fast"),  # all but bfloat16
    "fast": FAST,
}

Seconds = dict[str, float]


def timed(action: Callable[[], object]) -> Seconds:
    """Return the seconds of the clock, and those of the processor, added up over threads."""
    wall, core = time.perf_counter(), time.process_time()
    action()
    return {"wall": time.perf_counter() - wall, "core": time.process_time() - core}


def zipf(n: int, vocab_size: int) -> Tensor:
    """Draw ids; the k-th has a chance like 1 / k."""
    return torch.multinomial(1 / torch.arange(1.0, vocab_size + 1), n, replacement=True)


def language_turn(speed: Speed) -> Seconds:
    """Train a new AWD-LSTM for some windows."""
    torch.manual_seed(0)
    rows = strips(zipf(BATCH * BPTT * WINDOWS, WORDS), BATCH)
    model = LanguageModel(AwdLstmConfig.small(WORDS))
    tuning = Tuning(lr=4e-3, epochs=1, batch_size=BATCH)
    return timed(
        lambda: train_language_model(model, rows, rows[:1, :2], tuning, bptt=BPTT, speed=speed)
    )


def elmo_turn(speed: Speed) -> Seconds:
    """Train a new ELMo for some batches of sentences of one length."""
    torch.manual_seed(0)
    words = [f"word{i}" for i in range(WORDS)]
    outputs = [min(i, ELMO_NAMED - 1) for i in range(WORDS + 2)]
    elmo = Elmo(ElmoConfig.small(), dropout=0.1)
    model = ElmoLanguageModel(elmo, words, outputs, ELMO_NAMED)
    shape = ELMO_STEPS, ELMO_TOKENS // ELMO_LENGTH, ELMO_LENGTH
    batches = zipf(ELMO_TOKENS * ELMO_STEPS, WORDS).view(shape) + 3  # 0, 1 and 2 are no words
    counts = torch.bincount(model.named[batches].flatten(), minlength=ELMO_NAMED)
    tuning = ElmoTuning(n_pieces=1, steps_a_piece=ELMO_STEPS)
    return timed(
        lambda: train_elmo(
            model, lambda _: batches, [batches[0, :1, :2]], counts, tuning, speed=speed
        )
    )


TURNS = {"awd_lstm": language_turn, "elmo": elmo_turn}


def one_round(turn: Callable[[Speed], Seconds], ways: dict[str, Speed]) -> dict[str, Seconds]:
    """Time every way once, one straight after the other."""
    return {name: turn(speed) for name, speed in ways.items()}
