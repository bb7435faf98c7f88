"""What the runs of chapter 3 share: texts over a fixed vocabulary, cut to a number of tokens.

Perplexities compare only over one vocabulary, so each curve has one: the most frequent words of
the whole training part. All other words become `<unk>`, in training and test alike, and a model
that saw ten thousand tokens predicts from the same words as one that saw a million.
"""

import random
from collections import Counter
from dataclasses import dataclass, field

from course_lib.data.running_text import RunningText, load_books_text, load_docs_text
from course_lib.embeddings.ngram_counts import UNKNOWN
from course_lib.recipes.context import Context

Sentences = list[list[str]]


@dataclass(frozen=True, kw_only=True)
class FixedText:
    """A text whose words all stand in `vocabulary`, which holds `<unk>` and not `</s>`.

    train: its sentences in an order drawn once, so that a prefix is a sample of the whole.
    """

    train: Sentences = field(repr=False)
    valid: Sentences = field(repr=False)
    test: Sentences = field(repr=False)
    vocabulary: list[str] = field(repr=False)

    def first(self, n_tokens: int) -> Sentences:
        """Return the first training sentences with about so many tokens, each `</s>` counted."""
        taken = 0
        for place, sentence in enumerate(self.train):
            taken += len(sentence) + 1
            if taken >= n_tokens:
                return self.train[: place + 1]
        return self.train

    def describe(self) -> dict[str, float]:
        """Return the number of tokens of each side (`</s>` counted) and the share of `<unk>`."""
        sides = {"train": self.train, "valid": self.valid, "test": self.test}
        sizes = {name: sum(len(s) + 1 for s in side) for name, side in sides.items()}
        unknown = sum(sentence.count(UNKNOWN) for sentence in self.test)
        return {**sizes, "V": len(self.vocabulary) + 1, "test_unknown": unknown / sizes["test"]}


def fix(text: RunningText, vocab_size: int) -> FixedText:
    """Keep the most frequent words, so that V with `<unk>` and `</s>` is vocab_size."""
    counts = Counter(word for sentence in text.train for word in sentence)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = {word for word, _ in ranked[: vocab_size - 2]}

    def replaced(side: Sentences) -> Sentences:
        return [[word if word in kept else UNKNOWN for word in sentence] for sentence in side]

    train = replaced(text.train)
    random.Random(0).shuffle(train)
    return FixedText(
        train=train,
        valid=replaced(text.valid),
        test=replaced(text.test),
        vocabulary=[*sorted(kept), UNKNOWN],
    )


def load(context: Context, corpus: str) -> RunningText:
    """Return `docs` or `books`; books come from the data folder."""
    if corpus == "docs":
        return load_docs_text(progress=context.show_progress)
    return load_books_text(context.need_data("classic_books"))
