"""Chapter 7, fourth row: the mean of word vectors that were trained on old books (chapter 4)."""

from functools import cache, partial
from pathlib import Path

from course_lib.data.running_text import load_books_text
from course_lib.embeddings.word2vec import Word2Vec, Word2VecConfig
from course_lib.recipes.axis.mean_vectors import mean_vectors
from course_lib.recipes.ch04.books import SETTINGS
from course_lib.recipes.ch07.common import record_row
from course_lib.recipes.ch07.frozen import Encoder, method_of
from course_lib.recipes.context import Context, Measured

NAME = "ch07_glue_vectors"
SEEDS = [0, 1, 2]
NEEDS_DATA = True


def run(context: Context) -> Measured:
    """Train the vectors once a seed, and record the row."""
    folder: Path = context.need_data("classic_books")

    @cache
    def encoder(seed: int) -> Encoder:
        books = load_books_text(folder)
        config = Word2VecConfig(**SETTINGS, workers=2, seed=seed)
        return partial(mean_vectors, vectors=Word2Vec(config).fit(books.train))

    return record_row(context, "word vectors, averaged", 3, method_of(encoder))
