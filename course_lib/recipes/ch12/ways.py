"""Chapter 12: what each part of the Multi30k run is worth, and torch's own modules beside ours.

One seed and half of the budget of `ch12_multi30k` each; "ours" is the whole at that budget.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from course_lib.models.translation import Transformer
from course_lib.recipes.ch12.multi30k import PLAN, data, hashes, model_of, state_of
from course_lib.recipes.ch12.translation_training import (
    TorchTransformer,
    TrainingPlan,
    judged,
    train,
)
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything

NAME = "ch12_ways"
SEEDS = [0]
NEEDS_DATA = True

HALF = replace(PLAN, epochs=10)
WAYS: dict[str, tuple[dict[str, Any], TrainingPlan, type[Transformer]]] = {
    "ours": ({}, HALF, Transformer),
    "torch": ({}, HALF, TorchTransformer),
    "no_smoothing": ({}, replace(HALF, smoothing=0.0), Transformer),
    "no_warmup": ({}, replace(HALF, rises=False), Transformer),
    "one_head": ({"n_heads": 1}, HALF, Transformer),
    "untied": ({"tied": False}, HALF, Transformer),
}


def ablated(folder: Path, way: str, seed: int) -> dict[str, Any]:
    """Train one way with half of the budget; judge its best epoch by greedy search."""
    parts, codec, encoded = data(folder)
    options, budget, kind = WAYS[way]
    seed_everything(seed)
    model = model_of(options, codec, kind)
    found = train(
        model,
        encoded["train"],
        encoded["valid"],
        budget,
        seed=seed,
        state=state_of(way, seed, budget, WAYS[way]),
        progress=way,
    )
    if isinstance(model, TorchTransformer):
        model = model.as_ours()
    found["parameters"] = sum(p.numel() for p in model.parameters())
    return found | judged(model, parts["test"], codec, (1,))


def run(context: Context) -> Measured:
    """Record {way: {greedy, valid_loss, parameters, …}}."""
    folder = context.need_data("multi30k")
    pieces: dict[str, Piece] = {
        f"{way}/{seed}": (ablated, (folder, way, seed)) for seed in context.seeds for way in WAYS
    }
    found = spread(context, pieces, "training")
    metrics: dict[str, Any] = {
        way: columns([found[f"{way}/{seed}"] for seed in context.seeds]) for way in WAYS
    }
    return Measured(metrics=metrics | {"epochs": HALF.epochs}, data=hashes(data(folder)[0]))
