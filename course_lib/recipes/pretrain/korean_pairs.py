"""The small Transformer of chapter 12 that translates the grammar's English into Korean."""

import time
from pathlib import Path

from course_lib.data.sentence_pairs import Codec, english_korean
from course_lib.recipes.ch12.korean import (
    N_JUDGED,
    N_PAIRS,
    PLAN,
    SIZES,
    STEPS,
    VOCAB_SIZE,
    fitted,
    judged,
    model_of,
)
from course_lib.seeding import seed_everything
from course_lib.training.pretrained_pieces import pieces_state
from course_lib.training.results import describe_machine, describe_versions
from course_lib.training.weights import Card, save_checkpoint

CHECKPOINT = "korean_pairs"
SEED = 0


def pretrain() -> Path | None:
    """Train as the recorded run does with all pairs; it takes a minute."""
    start = time.perf_counter()
    pairs = english_korean(max(N_PAIRS), "train")
    codec = Codec.trained(pairs, VOCAB_SIZE)
    seed_everything(SEED)
    model = model_of(codec)
    fitted(model, codec, pairs, PLAN, SEED)
    found = judged(model, codec, english_korean(N_JUDGED, "test"))
    card = Card(
        name=CHECKPOINT,
        task="translate sentences of a small grammar from English to Korean",
        network=f"Transformer, post-norm, {SIZES['n_layers']} layers a stack, {SIZES['n_heads']} "
        f"heads, {SIZES['d_model']} wide, tied embeddings",
        data=f"{len(pairs):,} pairs made by course_lib.data.korean; some adjectives and objects "
        "never meet in them",
        command=f"course pretrain {CHECKPOINT}",
        seed=SEED,
        steps=STEPS,
        machine=describe_machine(),
        versions=describe_versions(),
        metric=f"share of {N_JUDGED} sentences with new combinations that are exactly right",
        value=found["exact"],
        classes=[],
        parameters=sum(p.numel() for p in model.parameters()),
        licence="MIT",
        limits=f"{len(codec)} pieces, sentences of one form; for teaching only",
        chosen=False,
        wall_seconds=round(time.perf_counter() - start),
    )
    return save_checkpoint(pieces_state(model, codec.tokenizer), card)
