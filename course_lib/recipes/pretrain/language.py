"""Pre-training of ULMFiT's language model, the same for documentation and for film reviews."""

import hashlib
import math
import time
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from course_lib.data.cache import cache_dir
from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import SPECIAL, stream, strips
from course_lib.seeding import seed_everything
from course_lib.text.vocabulary import Vocabulary
from course_lib.training.distributed import Process, processes
from course_lib.training.pretrained_language import DROPS, language_state
from course_lib.training.results import describe_machine, describe_versions
from course_lib.training.speed import FAST, Speed
from course_lib.training.state import load_state, save_state
from course_lib.training.weights import Card, save_checkpoint
from course_lib.transfer.ulmfit_stages import Tuning, train_language_model

Sentences = list[list[str]]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One text to learn from: sentences for training and for judging, and how to train."""

    name: str
    train: Sentences
    valid: Sentences
    tuning: Tuning
    parts: int


@dataclass(frozen=True, kw_only=True)
class LanguagePretraining:
    """What the card says, and the sizes: 3.4 million weights, 6.7 MB as 16-bit floats."""

    name: str
    task: str
    data: str
    command: str
    licence: str
    limits: str
    max_vocabulary: int = 10_000
    d_model: int = 160
    d_hidden: int = 320
    bptt: int = 70
    n_valid_tokens: int = 60_000
    speed: Speed = FAST
    seed: int = 0


def vocabulary_of(sentences: Sentences, size: int) -> Vocabulary:
    """Return the commonest words that occur three times or more, special tokens in front."""
    return Vocabulary.build(sentences, min_count=3, max_size=size, special=SPECIAL)


def pretrain_language_model(config: LanguagePretraining, stages: list[Stage]) -> Path | None:
    """Learn from each stage's text in turn, moving to its vocabulary; write checkpoint and card.

    An interrupted run goes on from its last part; a finished stage is not repeated. Under torchrun
    each process reads its own strips.
    Returns: the checkpoint's path on the first process, None on the others.
    """
    start = time.perf_counter()
    with processes() as process:
        seed_everything(config.seed)
        model, vocabulary, score, n_steps = None, None, 0.0, 0
        for stage in stages:
            new = vocabulary_of(stage.train, config.max_vocabulary)
            if model is None or vocabulary is None:
                sizes = AwdLstmConfig(
                    vocab_size=len(new), d_model=config.d_model, d_hidden=config.d_hidden
                )
                model = LanguageModel(sizes.with_drops(DROPS))
            else:
                model = model.for_vocabulary(vocabulary, new)
            vocabulary = new
            score, steps = _finish(config, stage, model, vocabulary, process)
            n_steps += steps
        if not process.is_first or model is None or vocabulary is None:
            return None
        card = Card(
            name=config.name,
            task=config.task,
            network=f"AWD-LSTM, {model.encoder.config.n_layers} layers, "
            f"{config.d_model} and {config.d_hidden} wide",
            data=config.data,
            command=config.command,
            seed=config.seed,
            steps=n_steps,
            machine=describe_machine() | {"processes": process.world_size},
            versions=describe_versions(),
            metric="perplexity on the validation part (tokens with punctuation, `</s>` counted)",
            value=round(score, 2),
            classes=[],
            parameters=sum(p.numel() for p in model.parameters()),
            licence=config.licence,
            limits=config.limits,
            wall_seconds=round(time.perf_counter() - start),
        )
        return save_checkpoint(language_state(model.cpu(), vocabulary), card)


def _finish(
    config: LanguagePretraining,
    stage: Stage,
    model: LanguageModel,
    vocabulary: Vocabulary,
    process: Process,
) -> tuple[float, int]:
    """Train a stage, or read what an earlier run made of it; return perplexity and steps."""
    rows, valid = _rows(stage, vocabulary, config.n_valid_tokens)
    key = repr((config, stage.name, stage.tuning, stage.parts, process.world_size, rows.shape))
    digest = hashlib.sha256(key.encode() + rows.numpy().tobytes()).hexdigest()[:12]
    path = cache_dir() / "runs" / f"{config.name}-{stage.name}-{digest}.state"
    done = path.with_suffix(".done")
    n_steps = stage.tuning.epochs * math.ceil(rows.shape[1] / config.bptt)
    if done.exists():
        state = load_state(done)
        model.load_state_dict(state["model"])
        return state["score"], n_steps
    history = train_language_model(
        model,
        rows,
        valid,
        stage.tuning,
        bptt=config.bptt,
        parts=stage.parts,
        seed=config.seed,
        speed=config.speed,
        process=process,
        resume_from=path,
        progress=f"{config.name}: {stage.name}",
    )
    score = -max(history.scores)
    if process.is_first:
        save_state(done, {"model": model.state_dict(), "score": score})
    return score, n_steps


def _rows(stage: Stage, vocabulary: Vocabulary, n_valid: int) -> tuple[Tensor, Tensor]:
    train = strips(stream(stage.train, vocabulary), stage.tuning.batch_size)
    valid = stream(stage.valid, vocabulary)[:n_valid]
    return train, strips(valid, 16).contiguous()


def first_tokens(sentences: Sentences, limit: int) -> Sentences:
    """Return the sentences up to the one with which `limit` tokens are reached."""
    kept, total = [], 0
    for sentence in sentences:
        if total >= limit:
            break
        kept.append(sentence)
        total += len(sentence) + 1
    return kept
