"""What the small GPT, BERT and T5 read: documentation several times, then as much of old books.

Both as lower-cased sentences of tokens, like all running text of this book, so that models over
words and over pieces can be held against each other on the same held-out text.
"""

from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import torch
from torch import Tensor

from course_lib.data.running_text import RunningText, Sentences, load_books_text, load_docs_text
from course_lib.text.bpe import BytePairTokenizer

NEEDS_DATA = "classic_books"
DOCS_TIMES = 3


@dataclass(frozen=True, kw_only=True)
class GeneralText:
    """The two texts, each in its three parts."""

    docs: RunningText
    books: RunningText

    @property
    def fingerprint(self) -> str:
        """Return the hashes of both."""
        return f"docs {self.docs.fingerprint[:16]}, books {self.books.fingerprint[:16]}"


@cache
def general_text(data_dir: Path) -> GeneralText:
    """Load both."""
    return GeneralText(
        docs=load_docs_text(progress=False), books=load_books_text(data_dir / NEEDS_DATA)
    )


def learned_pieces(text: GeneralText, vocab_size: int, end: str) -> BytePairTokenizer:
    """Learn pieces from the training parts, each as often as it is read."""
    read = chain(*[text.docs.train] * DOCS_TIMES, text.books.train)
    return BytePairTokenizer.train(map(" ".join, read), vocab_size, [end])


def as_row(sentences: Sentences, tokenizer: BytePairTokenizer, end: str) -> Tensor:
    """Return all sentences as one row of ids, each with the end mark behind it."""
    mark = tokenizer.special_tokens[end]
    return torch.tensor([i for s in sentences for i in [*tokenizer.encode(" ".join(s)), mark]])
