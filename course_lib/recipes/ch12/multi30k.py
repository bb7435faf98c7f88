"""Chapter 12: English to German on Multi30k, what each part is worth, and torch's own modules.

Some 3 million weights and 28,000 pairs. Three seeds read them twenty times; each ablation, and
`nn.Transformer` of the same size, with one seed and half as often, beside ours at that budget.
"""

import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from course_lib.data.cache import cache_dir
from course_lib.data.sentence_pairs import Codec, EncodedPairs, Pairs, multi30k
from course_lib.models.translation import Transformer, TransformerConfig
from course_lib.models.translator import BEAM
from course_lib.recipes.ch12.translation_training import (
    TorchTransformer,
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
HALF = replace(PLAN, epochs=10)
SIZES: dict[str, Any] = {"d_model": 192, "n_heads": 4, "d_ff": 384, "n_layers": 3, "max_len": 128}
WAYS: dict[str, tuple[dict[str, Any], TrainingPlan, type[Transformer]]] = {
    "ours": ({}, HALF, Transformer),
    "torch": ({}, HALF, TorchTransformer),
    "no_smoothing": ({}, replace(HALF, smoothing=0.0), Transformer),
    "no_warmup": ({}, replace(HALF, rises=False), Transformer),
    "one_head": ({"n_heads": 1}, HALF, Transformer),
    "untied": ({"tied": False}, HALF, Transformer),
    "pre_norm": ({"norm_first": True}, HALF, Transformer),
}


@cache
def _data(folder: Path) -> tuple[dict[str, Pairs], Codec, dict[str, EncodedPairs]]:
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


def state_of(way: str, seed: int, budget: TrainingPlan) -> Path:
    """Return the file that an interrupted run goes on from."""
    digest = hashlib.sha256(repr((SIZES, WAYS.get(way), budget)).encode()).hexdigest()[:12]
    return cache_dir() / "runs" / f"{NAME}-{way}-{seed}-{digest}.state"


def finished(way: str, seed: int) -> Path:
    """Return where the weights of a finished run lie."""
    return state_of(way, seed, PLAN).with_suffix(".done")


def full(folder: Path, seed: int) -> dict[str, Any]:
    """Train with the whole budget; judge the best epoch and the mean of the last ones."""
    parts, codec, encoded = _data(folder)
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
    save_state(finished("full", seed), {"model": model.state_dict(), "found": found})
    return found


def ablated(folder: Path, way: str, seed: int) -> dict[str, Any]:
    """Train one way with half of the budget; judge its best epoch by greedy search."""
    parts, codec, encoded = _data(folder)
    options, budget, kind = WAYS[way]
    seed_everything(seed)
    model = model_of(options, codec, kind)
    found = train(
        model,
        encoded["train"],
        encoded["valid"],
        budget,
        seed=seed,
        state=state_of(way, seed, budget),
        progress=way,
    )
    if isinstance(model, TorchTransformer):
        model = model.as_ours()
    found["parameters"] = sum(p.numel() for p in model.parameters())
    return found | judged(model, parts["test"], codec, (1,))


def run(context: Context) -> Measured:
    """Record {full: one a seed, ways: {way: one seed}, sizes}."""
    folder = context.need_data("multi30k")
    first, *others = context.seeds
    pieces: dict[str, Piece] = {f"full/{first}": (full, (folder, first))}
    pieces |= {f"{way}/{first}": (ablated, (folder, way, first)) for way in WAYS}
    pieces |= {f"full/{seed}": (full, (folder, seed)) for seed in others}
    found = spread(context, pieces, "training")
    parts, _, _ = _data(folder)
    metrics: dict[str, Any] = {
        "full": columns([found[f"full/{seed}"] for seed in context.seeds]),
        "ways": {way: columns([found[f"{way}/{first}"]]) for way in WAYS},
        "sizes": SIZES | {"pairs": len(parts["train"]), "test": len(parts["test"])},
        "beam": BEAM,
    }
    data = {name: f"sha256 {pairs.fingerprint[:16]}" for name, pairs in parts.items()}
    return Measured(metrics=metrics, data=data)
