"""ULMFiT's language model on the docs corpus, without the modules that the axis is tested on."""

from pathlib import Path

from course_lib.data.running_text import load_docs_text
from course_lib.recipes.pretrain.language import (
    LanguagePretraining,
    Stage,
    pretrain_language_model,
)
from course_lib.transfer.ulmfit_stages import Tuning

CHECKPOINT = "lm_docs"

CONFIG = LanguagePretraining(
    name=CHECKPOINT,
    task="predict the next token of documentation",
    data="docs corpus, training modules, without those of the library task's held-out passages",
    command="course pretrain lm_docs",
    licence="weights: MIT; the docstrings belong to their packages",
    limits="lower-cased English of Python documentation, 10,000 words; for teaching only",
)
TUNING = Tuning(lr=4e-3, epochs=4, batch_size=64, factor=1.0, gradual=False)
PARTS = 8  # of a pass; after each the state is saved


def pretrain() -> Path | None:
    """Read the corpus four times."""
    text = load_docs_text()
    stage = Stage(name="docs", train=text.train, valid=text.valid, tuning=TUNING, parts=PARTS)
    return pretrain_language_model(CONFIG, [stage])
