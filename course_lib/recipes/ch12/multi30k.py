"""Chapter 12: English to German on Multi30k: 3 million weights, 28,000 pairs read twenty times."""

import hashlib
import time
from functools import cache
from pathlib import Path
from typing import Any

from course_lib.data.cache import cache_dir
from course_lib.data.sentence_pairs import Codec, EncodedPairs, Pairs, multi30k
from course_lib.models.translation import Transformer, TransformerConfig
from course_lib.models.translator import BEAM
from course_lib.recipes.ch12.translation_training import (
    TrainingPlan,
    averaged,
    judged,
    train,
)
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything
from course_lib.training.state import save_state

NAME = "ch12_multi30k"
SEEDS = [0, 1, 2]
NEEDS_DATA = True
VOCAB_SIZE = 4_000

PLAN = TrainingPlan(epochs=20)
SIZES: dict[str, Any] = {"d_model": 192, "n_heads": 4, "d_ff": 384, "n_layers": 3, "max_len": 128}


@cache
def data(folder: Path) -> tuple[dict[str, Pairs], Codec, dict[str, EncodedPairs]]:
    """Return the parts as texts, the vocabulary of both languages, the parts as ids."""
    parts = multi30k(folder)
    codec = Codec.trained(parts["train"], VOCAB_SIZE)
    return parts, codec, {name: EncodedPairs.of(pairs, codec) for name, pairs in parts.items()}


def model_of(options: dict[str, Any], codec: Codec, kind: type[Transformer]) -> Transformer:
    """Return an untrained model of the recorded size."""
    sizes: dict[str, Any] = SIZES | options
    config = TransformerConfig(
        vocab_size=len(codec), pad_id=codec.pad_id, dropout=0.1, fused=True, **sizes
    )
    return kind(config)


def state_of(way: str, seed: int, budget: TrainingPlan, options: object = None) -> Path:
    """Return the file that an interrupted run goes on from."""
    digest = hashlib.sha256(repr((SIZES, options, budget)).encode()).hexdigest()[:12]
    return cache_dir() / "runs" / f"{NAME}-{way}-{seed}-{digest}.state"


def finished(way: str, seed: int) -> Path:
    """Return where the weights of a finished run lie."""
    return state_of(way, seed, PLAN).with_suffix(".done")


def full(folder: Path, seed: int) -> dict[str, Any]:
    """Train with the whole budget; judge the best epoch and the mean of the last ones.

    The averaged weights are left in `finished`, for `course pretrain captions_german`.
    """
    start = time.perf_counter()
    parts, codec, encoded = data(folder)
    seed_everything(seed)
    model = model_of({}, codec, Transformer)
    state = state_of("full", seed, PLAN)
    found = train(
        model,
        encoded["train"],
        encoded["valid"],
        PLAN,
        seed=seed,
        state=state,
        progress=f"seed {seed}",
    )
    found |= {"best": judged(model, parts["test"], codec)}
    averaged(model, state)
    found |= {"averaged": judged(model, parts["test"], codec)}
    found["parameters"] = sum(p.numel() for p in model.parameters())
    seconds = time.perf_counter() - start
    weights = {"model": model.state_dict(), "found": found, "seconds": seconds}
    save_state(finished("full", seed), weights)
    return found


def run(context: Context) -> Measured:
    """Record {full: {best, averaged: BLEU, valid_loss, …}, sizes}."""
    folder = context.need_data("multi30k")
    pieces: dict[str, Piece] = {f"full/{s}": (full, (folder, s)) for s in context.seeds}
    found = spread(context, pieces, "training")
    parts, _, _ = data(folder)
    metrics: dict[str, Any] = {
        "full": columns([found[f"full/{seed}"] for seed in context.seeds]),
        "sizes": SIZES | {"pairs": len(parts["train"]), "test": len(parts["test"])},
        "beam": BEAM,
    }
    return Measured(metrics=metrics, data=hashes(parts))


def hashes(parts: dict[str, Pairs]) -> dict[str, str]:
    """Say what was measured on."""
    return {name: f"sha256 {pairs.fingerprint[:16]}" for name, pairs in parts.items()}
