"""ELMo on film reviews, without their labels."""

from pathlib import Path

from course_lib.data.running_text import RunningText
from course_lib.recipes.ch06.imdb_task import load_imdb, running_reviews
from course_lib.recipes.pretrain.elmo import ElmoPretraining, pretrain_elmo

CHECKPOINT = "elmo_imdb"
NEEDS_DATA = "imdb"

CONFIG = ElmoPretraining(
    name=CHECKPOINT,
    data="IMDb's training reviews but the 2,000 that choose settings, without labels",
    command="course pretrain elmo_imdb --data DIR",
    licence="weights: MIT; the reviews belong to their authors and are not part of the course",
    limits="lower-cased English of film reviews, with their biases; for teaching only",
    passes=1.0,
)


def pretrain(data_dir: Path) -> Path | None:
    """Read the reviews once."""
    train, valid = running_reviews(load_imdb(data_dir / NEEDS_DATA))
    return pretrain_elmo(CONFIG, RunningText(train=train, valid=valid, test=[]))
