"""Pre-training: tokens per second of plain training and of the fast means, and the loss of both.

Speed: short turns on made-up text, every way straight after the one before, so that what else the
machine does hits all of them. Loss: both ways read the same tokens of the docs corpus with the
same settings, and are judged by the exact loss on its validation part.
"""

import math
from dataclasses import replace
from statistics import median
from typing import Any

import torch

from course_lib.data.running_text import RunningText, load_docs_text
from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_lm import ElmoLanguageModel
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import stream, strips
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.pretrain import elmo_docs, lm_docs, turns
from course_lib.recipes.pretrain.elmo import batches, encode
from course_lib.recipes.pretrain.elmo_training import ElmoTuning, train_elmo
from course_lib.recipes.pretrain.language import vocabulary_of
from course_lib.training.precision import chosen, gain
from course_lib.training.speed import FAST, PLAIN, Speed
from course_lib.transfer.ulmfit_stages import train_language_model

NAME = "pretrain_speed"
SEEDS = [0, 1, 2]
THREADS = (1, 2)
ROUNDS = 5
PIECES = 4  # after each the model is judged
WINDOWS, STEPS = 120, 120  # batches that each network learns from
WAYS = {"plain": PLAIN, "fast": FAST}


def run(context: Context) -> Measured:
    """Record losses, and {network: {threads: {way: tokens per second of each round, ratios}}}."""
    torch.set_num_threads(1)
    text = load_docs_text(progress=context.show_progress)
    metrics: dict[str, Any] = {
        "bfloat16_gain": gain("cpu"),
        "precision": chosen("auto"),
        "sample": FAST.sample,
        "turn_tokens": dict(turns.TOKENS),
    }
    for name, train in {"awd_lstm": language_losses, "elmo": elmo_losses}.items():
        courses = {
            way: [
                context.once(f"{name}-{way}-{s}", lambda s=s, w=speed, t=train: t(text, w, s))
                for s in context.progress(context.seeds, f"{name}, {way}")
            ]
            for way, speed in WAYS.items()
        }
        metrics[f"{name}_loss"] = compared(courses)
    for name, turn in turns.TURNS.items():
        turn(FAST)  # compiles
        metrics[name] = {}
        for n_threads in THREADS:
            torch.set_num_threads(n_threads)
            rounds = [
                context.once(
                    f"{name}-{n_threads}-round-{n}", lambda turn=turn: turns.one_round(turn, WAYS)
                )
                for n in context.progress(range(ROUNDS), f"{name}, threads: {n_threads}")
            ]
            metrics[name][f"threads_{n_threads}"] = speeds(rounds, turns.TOKENS[name])
    return Measured(metrics=metrics, data={"docs text": f"sha256 {text.fingerprint[:16]}"})


def speeds(rounds: list[dict[str, turns.Seconds]], n_tokens: int) -> dict[str, Any]:
    """Return tokens per second of every way in every round, and how many times plain's they are."""
    found: dict[str, Any] = {}
    for way in rounds[0]:
        found[way] = {kind: [n_tokens / r[way][kind] for r in rounds] for kind in ("wall", "core")}
        for kind in ("wall", "core"):
            ratios = [r["plain"][kind] / r[way][kind] for r in rounds]
            found[way][f"ratio_{kind}"] = median(ratios)
    return found


def compared(courses: dict[str, list[list[float]]]) -> dict[str, Any]:
    """Return the last loss of each seed, by how many percent fast's is above, and the courses."""
    last = {way: [losses[-1] for losses in runs] for way, runs in courses.items()}
    percent = [100 * (f / p - 1) for p, f in zip(last["plain"], last["fast"], strict=True)]
    pieces = {
        way: {f"piece_{i}": list(column) for i, column in enumerate(zip(*runs, strict=True), 1)}
        for way, runs in courses.items()
    }
    return last | {"percent": percent, "pieces": pieces}


def language_losses(text: RunningText, speed: Speed, seed: int) -> list[float]:
    """Train an AWD-LSTM as `lm_docs` is, on its first tokens; return the loss after each piece."""
    config = lm_docs.CONFIG
    vocabulary = vocabulary_of(text.train, config.max_vocabulary)
    n_tokens = WINDOWS * turns.BATCH * config.bptt
    rows = strips(stream(text.train, vocabulary)[:n_tokens], turns.BATCH)
    valid = strips(stream(text.valid, vocabulary)[: config.n_valid_tokens], 16)
    torch.manual_seed(seed)
    sizes = AwdLstmConfig.small(len(vocabulary))
    history = train_language_model(
        LanguageModel(sizes),
        rows,
        valid,
        replace(lm_docs.TUNING, epochs=1),
        bptt=config.bptt,
        parts=PIECES,
        seed=seed,
        speed=speed,
    )
    return [math.log(-score) for score in history.scores]


def elmo_losses(text: RunningText, speed: Speed, seed: int) -> list[float]:
    """Train an ELMo as `elmo_docs` is, on some batches; return the loss after each piece."""
    config = elmo_docs.CONFIG
    encoded = encode(text, config)
    drawn = batches(encoded.train, config.batch_tokens, seed)
    valid = batches(encoded.valid, config.batch_tokens, 0)[: config.valid_batches]
    torch.manual_seed(seed)
    elmo = Elmo(config.elmo, dropout=config.dropout)
    model = ElmoLanguageModel(elmo, encoded.words, encoded.outputs, len(encoded.counts))
    each = STEPS // PIECES
    history = train_elmo(
        model,
        lambda piece: drawn[piece * each : (piece + 1) * each],
        valid,
        torch.tensor(encoded.counts),
        ElmoTuning(n_pieces=PIECES, steps_a_piece=each, lr=config.lr, clip_norm=config.clip_norm),
        speed=speed,
    )
    return [-score for score in history.scores]
