"""ULMFiT's language model for film reviews: books first, then the reviews without their labels."""

from pathlib import Path

from course_lib.data.running_text import load_books_text
from course_lib.recipes.ch06.imdb_task import load_imdb, running_reviews
from course_lib.recipes.pretrain.language import (
    LanguagePretraining,
    Stage,
    first_tokens,
    pretrain_language_model,
)
from course_lib.transfer.ulmfit_stages import Tuning

CHECKPOINT = "lm_imdb"
NEEDS_DATA = "imdb"

CONFIG = LanguagePretraining(
    name=CHECKPOINT,
    task="predict the next token of a film review",
    data="3 M tokens of public-domain books, then 23,000 of IMDb's training reviews, unlabelled",
    command="course pretrain lm_imdb --data DIR",
    licence="weights: MIT; the reviews belong to their authors and are not part of the course",
    limits="lower-cased English of film reviews, 10,000 words, with their biases; teaching only",
)
BOOK_TOKENS = 3_000_000
GENERAL = Tuning(lr=4e-3, epochs=1, batch_size=64, factor=1.0, gradual=False)
TARGET = Tuning(lr=4e-3, epochs=1, batch_size=64, gradual=False)


def pretrain(data_dir: Path) -> Path | None:
    """Read the books once, then the reviews once, at discriminative rates."""
    books = load_books_text(data_dir / "classic_books")
    train, valid = running_reviews(load_imdb(data_dir / NEEDS_DATA))
    return pretrain_language_model(
        CONFIG,
        [
            Stage(
                name="books",
                train=first_tokens(books.train, BOOK_TOKENS),
                valid=books.valid,
                tuning=GENERAL,
                parts=16,
            ),
            Stage(name="reviews", train=train, valid=valid, tuning=TARGET, parts=24),
        ],
    )
