"""ELMo on the docs corpus: a language model that reads documentation in both directions."""

from pathlib import Path

from course_lib.data.running_text import load_docs_text
from course_lib.recipes.pretrain.elmo import ElmoPretraining, pretrain_elmo

CHECKPOINT = "elmo_docs"

CONFIG = ElmoPretraining(
    name=CHECKPOINT,
    data="docs corpus, training part",
    command="course pretrain elmo_docs",
    licence="weights: MIT; the texts belong to the packages they document",
    limits="documentation in English, lower case; for teaching only",
)


def pretrain() -> Path | None:
    """Read the corpus four times."""
    return pretrain_elmo(CONFIG, load_docs_text())
