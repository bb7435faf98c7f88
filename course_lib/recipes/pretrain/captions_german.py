"""The Transformer of chapter 12 that translates captions of pictures from English into German."""

from pathlib import Path

from course_lib.models.translation import Transformer
from course_lib.recipes.ch12.multi30k import (
    BEAM,
    PLAN,
    SEEDS,
    SIZES,
    data,
    finished,
    full,
    model_of,
)
from course_lib.training.pretrained_pieces import pieces_state
from course_lib.training.results import describe_machine, describe_versions
from course_lib.training.state import load_state
from course_lib.training.weights import Card, save_checkpoint

CHECKPOINT = "captions_german"
NEEDS_DATA = "multi30k"


def pretrain(folder: Path) -> Path | None:
    """Take the first seed of the recorded run, averaged; train it where that was not done here."""
    folder, seed = folder / NEEDS_DATA, SEEDS[0]
    done = finished("full", seed)
    if not done.exists():
        full(folder, seed)
    state = load_state(done)
    parts, codec, encoded = data(folder)
    model = model_of({}, codec, Transformer)
    model.load_state_dict(state["model"])
    card = Card(
        name=CHECKPOINT,
        task="translate captions of pictures from English to German",
        network=f"Transformer, post-norm, {SIZES['n_layers']} layers a stack, {SIZES['n_heads']} "
        f"heads, {SIZES['d_model']} wide, tied embeddings; mean of the last five epochs",
        data=f"Multi30k, {len(parts['train']):,} pairs of its training part",
        command=f"course pretrain {CHECKPOINT} --data DIR",
        seed=seed,
        steps=PLAN.epochs * sum(1 for _ in encoded["train"].batches(codec.pad_id, None)),
        machine=describe_machine(),
        versions=describe_versions(),
        metric=f"BLEU on Multi30k's validation part, beam of {BEAM}; "
        f"{state['found']['averaged']['signature']}",
        value=round(state["found"]["averaged"][f"beam_{BEAM}"], 2),
        classes=[],
        parameters=sum(p.numel() for p in model.parameters()),
        licence="weights: MIT; the captions belong to their authors",
        limits=f"captions of everyday scenes, {len(codec):,} pieces; for teaching only",
        chosen=False,
        wall_seconds=round(state["seconds"]),
    )
    return save_checkpoint(pieces_state(model, codec.tokenizer), card)
