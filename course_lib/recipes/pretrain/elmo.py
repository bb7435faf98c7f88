"""Pre-training of ELMo: a language model that reads a text in both directions."""

import hashlib
import math
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from course_lib.data.cache import cache_dir
from course_lib.data.running_text import RunningText
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.models.elmo_lm import BEGIN, END, NO_WORD, ElmoLanguageModel
from course_lib.recipes.pretrain.elmo_training import ElmoTuning, train_elmo
from course_lib.seeding import seed_everything
from course_lib.text.vocabulary import UNKNOWN, Vocabulary
from course_lib.training.distributed import processes
from course_lib.training.results import describe_machine, describe_versions
from course_lib.training.speed import FAST, Speed
from course_lib.training.weights import Card, save_checkpoint


@dataclass(frozen=True, kw_only=True)
class ElmoPretraining:
    """What the card says, what is trained, and for how long.

    n_out: words that can be named, `<S>`, `</S>` and `<unk>` included.
    passes: how often the text is read. batch_tokens: tokens a batch, padding included.
    longest: a longer sentence is cut into pieces of so many tokens.
    steps_a_piece: batches between two notes of where the run stands.
    speed: how training saves time.
    """

    name: str
    data: str
    command: str
    licence: str
    limits: str
    elmo: ElmoConfig = field(default_factory=ElmoConfig.small)
    n_out: int = 8_000
    passes: float = 4.0
    batch_tokens: int = 3_072
    longest: int = 60
    lr: float = 3e-3
    dropout: float = 0.1
    clip_norm: float = 1.0
    steps_a_piece: int = 50
    valid_batches: int = 10
    speed: Speed = FAST
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class EncodedText:
    """Sentences as ids of words that are read (see ElmoLanguageModel), and the words' tables.

    counts: how often each word that can be named stands in the training part.
    """

    train: list[list[int]]
    valid: list[list[int]]
    words: list[str]
    outputs: list[int]
    counts: list[int]


def encode(text: RunningText, config: ElmoPretraining) -> EncodedText:
    """Number the words of both parts; the most frequent ones of the training part can be named."""
    named = Vocabulary.build(text.train, max_size=config.n_out, special=("<S>", "</S>", UNKNOWN))
    words = sorted({token for side in (text.train, text.valid) for s in side for token in s})
    place = {word: i for i, word in enumerate(words, start=3)}

    def ids(sentences: list[list[str]]) -> list[list[int]]:
        return [
            [BEGIN, *(place[token] for token in sentence[start : start + config.longest]), END]
            for sentence in sentences
            for start in range(0, len(sentence), config.longest)
        ]

    outputs = [named.id_of("<S>"), named.id_of("</S>"), *named.encode(words)]
    train = ids(text.train)
    named_as = np.array([-1, *outputs])
    counts = np.bincount(named_as[[i for row in train for i in row]], minlength=max(outputs) + 1)
    return EncodedText(
        train=train,
        valid=ids(text.valid),
        words=words,
        outputs=outputs,
        counts=counts.tolist(),
    )


def batches(rows: list[list[int]], batch_tokens: int, seed: int) -> list[Tensor]:
    """Return the rows of one pass as padded batches of rows of about the same length."""
    rng = np.random.default_rng(seed)
    lengths = np.array([len(row) for row in rows])
    order = np.lexsort((rng.random(len(rows)), lengths))  # by length, equals in random order
    found, start = [], 0
    while start < len(order):
        n = 1
        while start + n < len(order) and (n + 1) * lengths[order[start + n]] <= batch_tokens:
            n += 1
        chosen = [torch.tensor(rows[i]) for i in order[start : start + n]]
        found.append(nn.utils.rnn.pad_sequence(chosen, True, float(NO_WORD)))
        start += n
    return [found[i] for i in rng.permutation(len(found))]


def pretrain_on(
    text: RunningText, config: ElmoPretraining
) -> tuple[ElmoLanguageModel, Card] | None:
    """Train, and return the best model by validation loss with its card (first process only).

    An interrupted run goes on from the last piece.
    """
    start = time.perf_counter()
    with processes() as process:
        seed_everything(config.seed)
        encoded = encode(text, config)
        elmo = Elmo(config.elmo, dropout=config.dropout)
        n_out = max(encoded.outputs) + 1
        model = ElmoLanguageModel(elmo, encoded.words, encoded.outputs, n_out)
        valid = batches(encoded.valid, config.batch_tokens, seed=0)[: config.valid_batches]
        first = batches(encoded.train, config.batch_tokens, seed=config.seed)
        each, world = config.steps_a_piece, process.world_size
        n_pieces = max(1, round(config.passes * len(first) / (each * world)))
        passes = {0: first}

        def piece(number: int):
            for step in range(number * each, (number + 1) * each):
                place = step * world + process.rank
                this_pass, at = divmod(place, len(first))
                if this_pass not in passes:
                    passes.clear()
                    seed = config.seed + 1000 * this_pass
                    passes[this_pass] = batches(encoded.train, config.batch_tokens, seed)
                yield passes[this_pass][min(at, len(passes[this_pass]) - 1)]

        history = train_elmo(
            model,
            piece,
            valid,
            torch.tensor(encoded.counts),
            ElmoTuning(
                n_pieces=n_pieces, steps_a_piece=each, lr=config.lr, clip_norm=config.clip_norm
            ),
            speed=config.speed,
            process=process,
            resume_from=_state_path(config, text, world),
            progress=config.name,
        )
        if not process.is_first:
            return None
        return model, Card(
            name=config.name,
            task="name the next word, and the word before, from either side of it",
            network=f"ELMo, 2 layers of {config.elmo.lstm_dim:,} cells, "
            f"{config.elmo.projection_dim} numbers a direction",
            data=f"{config.data}: {text.n_tokens()['train']:,} tokens, read "
            f"{config.passes:g} times (sha256 {text.fingerprint[:16]})",
            command=config.command,
            seed=config.seed,
            steps=n_pieces * each,
            machine=describe_machine() | {"processes": world},
            versions=describe_versions(),
            metric=f"perplexity of a word from one side ({n_out:,} words), validation part",
            value=round(math.exp(-max(history.scores)), 2),
            classes=[],
            parameters=sum(p.numel() for p in elmo.parameters()),
            licence=config.licence,
            limits=config.limits,
            wall_seconds=round(time.perf_counter() - start),
        )


def _state_path(config: ElmoPretraining, text: RunningText, world_size: int) -> Path:
    """Name the state of an interrupted run by everything that decides how the run goes on."""
    key = hashlib.sha256(repr((config, text.fingerprint, world_size)).encode()).hexdigest()[:12]
    return cache_dir() / "runs" / f"{config.name}-{key}.state"


def pretrain_elmo(config: ElmoPretraining, text: RunningText) -> Path | None:
    """Train, and ship the ELMo without the layer that names words."""
    done = pretrain_on(text, config)
    if done is None:
        return None
    model, card = done
    return save_checkpoint(model.elmo.state_dict(), card)
