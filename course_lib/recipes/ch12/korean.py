"""Chapter 12: English to Korean on the grammar, with combinations that training never shows.

A small Transformer is trained on more and more pairs, as many steps each, and judged on sentences
of known and of new combinations. Each way leaves out one part, at the largest number of pairs.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import torch

from course_lib.data.sentence_pairs import Codec, EncodedPairs, Pairs, english_korean
from course_lib.models.translation import Transformer, TransformerConfig
from course_lib.models.translator import Translator
from course_lib.recipes.ch12.translation_training import TrainingPlan, train
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything

NAME = "ch12_korean"
SEEDS = [0, 1, 2]

VOCAB_SIZE = 800  # more than are found: every word, with its particle, becomes one piece
N_PAIRS = [30, 60, 125, 250, 500, 1_000, 8_000]
N_JUDGED = 500
STEPS = 600
PLAN = TrainingPlan(epochs=1, warmup=200)
SIZES: dict[str, Any] = {"d_model": 64, "n_heads": 4, "d_ff": 128, "n_layers": 2, "max_len": 128}
WAYS = ("no_positions", "no_smoothing")


@cache
def _data() -> tuple[dict[str, Pairs], Codec]:
    parts = {
        "train": english_korean(max(N_PAIRS), "train"),
        "known": english_korean(N_JUDGED, "valid"),
        "new": english_korean(N_JUDGED, "test"),
    }
    return parts, Codec.trained(parts["train"], VOCAB_SIZE)


def model_of(codec: Codec) -> Transformer:
    """Return an untrained model of the recorded size."""
    config = TransformerConfig(
        vocab_size=len(codec), pad_id=codec.pad_id, dropout=0.1, fused=True, **SIZES
    )
    return Transformer(config)


def fitted(model: Transformer, codec: Codec, pairs: Pairs, plan: TrainingPlan, seed: int) -> int:
    """Train for STEPS steps or the epoch that passes them; return how many epochs that were."""
    data = EncodedPairs.of(pairs, codec)
    per_epoch = sum(1 for _ in data.batches(codec.pad_id, seed))
    plan = replace(plan, epochs=-(-STEPS // per_epoch))
    train(model, data, None, plan, seed=seed)
    return plan.epochs


def trained(n_pairs: int, way: str, seed: int) -> dict[str, Any]:
    """Train one model; return how it translates known and new combinations."""
    parts, codec = _data()
    seed_everything(seed)
    model = model_of(codec)
    plan = PLAN
    if way == "no_positions":
        model.positions = torch.zeros_like(model.positions)
    if way == "no_smoothing":
        plan = replace(plan, smoothing=0.0)
    epochs = fitted(model, codec, parts["train"].part(slice(n_pairs)), plan, seed)
    found: dict[str, Any] = {name: judged(model, codec, parts[name]) for name in ("known", "new")}
    return found | {"epochs": epochs, "parameters": sum(p.numel() for p in model.parameters())}


def judged(model: Transformer, codec: Codec, pairs: Pairs) -> dict[str, Any]:
    """Return the share of sentences that are exactly right, and chrF (0 to 100)."""
    from sacrebleu.metrics.chrf import CHRF

    texts = Translator(model, codec).translate(pairs.source)
    metric = CHRF()
    score = metric.corpus_score(texts, [pairs.target]).score
    right = sum(text == target for text, target in zip(texts, pairs.target, strict=True))
    return {
        "exact": right / len(pairs), "chrf": score, "signature": str(metric.get_signature())
    }  # fmt: skip


def run(context: Context) -> Measured:
    """Record {pairs: {n: {known, new: {exact, chrf}}}, ways: the same of each way}."""
    pieces: dict[str, Piece] = {
        f"{n}/{seed}": (trained, (n, "whole", seed)) for n in N_PAIRS for seed in context.seeds
    }
    pieces |= {
        f"{way}/{seed}": (trained, (max(N_PAIRS), way, seed))
        for way in WAYS
        for seed in context.seeds
    }
    found = spread(context, pieces, "training")
    metrics: dict[str, Any] = {
        "pairs": {f"n_{n}": columns([found[f"{n}/{s}"] for s in context.seeds]) for n in N_PAIRS},
        "ways": {way: columns([found[f"{way}/{s}"] for s in context.seeds]) for way in WAYS},
        "sizes": SIZES | {"steps": STEPS, "judged": N_JUDGED, "vocab_size": VOCAB_SIZE},
        "n_pairs": N_PAIRS,
    }
    parts, _ = _data()
    data = {name: f"sha256 {pairs.fingerprint[:16]}" for name, pairs in parts.items()}
    return Measured(metrics=metrics, data=data)
