"""ShuffleNet on 16 kinds of drawn things, none of them a bird (64 × 64 pixels)."""

from pathlib import Path

from course_lib.data import things
from course_lib.recipes.pretrain.images import Pretraining, pretrain_classifier

CHECKPOINT = "things16"

CONFIG = Pretraining(
    name=CHECKPOINT,
    task="name one of 16 drawn things in a picture of 64 × 64 pixels",
    data="course_lib.data.things: 8,000 training (seed 1), 800 validation (seed 2) pictures",
    command="course pretrain things16",
    licence="MIT, weights and pictures",
    limits="drawings made by the course; says nothing of photographs; for teaching only",
    epochs=12,
    batch_size=32,
)


def pretrain() -> Path | None:
    """Draw the pictures and train on them."""
    train = things.dataset(8_000, seed=1, progress=True)
    return pretrain_classifier(CONFIG, train, things.dataset(800, seed=2, progress=True))
