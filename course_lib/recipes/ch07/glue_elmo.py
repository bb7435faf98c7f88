"""Chapter 7, fifth row: the mean of a frozen ELMo's vectors (chapter 5), layers side by side."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from course_lib.models.elmo import Elmo
from course_lib.recipes.ch05.features import means_of_passages
from course_lib.recipes.ch07.common import record_row
from course_lib.recipes.ch07.frozen import Encoder, method_of
from course_lib.recipes.context import Context, Measured
from course_lib.training.pretrained_elmo import pretrained_elmo
from course_lib.training.weights import load_card

NAME = "ch07_glue_elmo"
SEEDS = [0]  # the optimum is found, not drawn; there is one ELMo
NEEDS_DATA = True

SOURCE = "elmo_imdb"


def encode(elmo: Elmo, texts: Sequence[str]) -> np.ndarray:
    """Return (texts, 3 layers · 2 P)."""
    parts = [texts[start : start + 1000] for start in range(0, len(texts), 1000)]
    return np.concatenate([means_of_passages(elmo, part).flatten(1).numpy() for part in parts])


def run(context: Context) -> Measured:
    """Record the row."""

    def encoder(seed: int) -> Encoder:
        return partial(encode, pretrained_elmo(SOURCE))

    measured = record_row(context, "ELMo (film reviews), frozen", 4, method_of(encoder))
    checkpoint = {"checkpoint": f"{SOURCE}, sha256 {load_card(SOURCE).sha256[:12]}"}
    return Measured(metrics=measured.metrics, data=measured.data | checkpoint)
