"""ShuffleNet on 60 classes of photographs, none of them a bird (64 × 64 pixels)."""

from pathlib import Path

from course_lib.data import images
from course_lib.recipes.pretrain.images import Pretraining, pretrain_classifier

CHECKPOINT = "photos60"
NEEDS_DATA = "tiny_imagenet_source"

CONFIG = Pretraining(
    name=CHECKPOINT,
    task="name one of 60 things in a photograph of 64 × 64 pixels",
    data="60 Tiny ImageNet classes, no bird: 15,000 training and 3,000 validation images",
    command="course pretrain photos60 --data DIR",
    licence="weights: MIT; the images belong to their owners and are not part of the course",
    limits="60 everyday classes, tiny pictures, Western web photographs; for teaching only",
    epochs=16,
)


def pretrain(data_dir: Path) -> Path | None:
    """Train on `DIR/tiny_imagenet_source/{train,validation}.parquet`."""
    folder = data_dir / NEEDS_DATA
    return pretrain_classifier(
        CONFIG, images.load(folder, "train"), images.load(folder, "validation")
    )
