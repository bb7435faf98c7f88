"""Pairs of sentences as ids: the vocabulary that both languages share, and batches of like length.

Multi30k (Elliott et al., 2016, arXiv:1605.00459) is read from a folder of Parquet files; none of
its sentences is part of the course. The last 1,000 training pairs choose among epochs; the
published validation part is the test.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from course_lib.data import korean
from course_lib.text.bpe import BytePairTokenizer

PAD, BEGIN, END = "<pad>", "<s>", "</s>"
N_VALID = 1_000
BATCH_TOKENS = 2_500  # of both languages together, padding included

Inputs = tuple[Tensor, Tensor]


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Sentences in two languages, the same place in both lists."""

    source: list[str]
    target: list[str]

    def __len__(self) -> int:
        return len(self.source)

    def part(self, places: slice) -> "Pairs":
        """Return the pairs at these places."""
        return Pairs(source=self.source[places], target=self.target[places])

    @property
    def fingerprint(self) -> str:
        """A hash of all sentences."""
        return hashlib.sha256("\n".join([*self.source, *self.target]).encode()).hexdigest()


@cache
def multi30k(folder: Path) -> dict[str, Pairs]:
    """Return the parts train, valid and test, English first."""
    from datasets import load_dataset

    files = {name: str(folder / f"{name}.parquet") for name in ("train", "validation")}
    rows = load_dataset("parquet", data_files=files)
    whole, test = (
        Pairs(source=list(rows[name]["en"]), target=list(rows[name]["de"])) for name in files
    )
    valid = whole.part(slice(len(whole) - N_VALID, None))
    return {"train": whole.part(slice(len(whole) - N_VALID)), "valid": valid, "test": test}


def english_korean(n: int, split: str) -> Pairs:
    """Return pairs of the grammar in `data.korean`, English first."""
    found = korean.pairs(n, split)
    return Pairs(source=[pair.english for pair in found], target=[pair.korean for pair in found])


class Codec:
    """Texts to ids and back, for both languages.

    tokenizer: its special tokens are PAD, BEGIN and END, in this order.
    """

    def __init__(self, tokenizer: BytePairTokenizer) -> None:
        self.tokenizer = tokenizer
        self.pad_id, self.begin_id, self.end_id = tokenizer.special_tokens.values()

    @classmethod
    def trained(cls, pairs: Pairs, vocab_size: int) -> "Codec":
        """Learn one vocabulary from both languages."""
        texts = [*pairs.source, *pairs.target]
        return cls(BytePairTokenizer.train(texts, vocab_size, [PAD, BEGIN, END]))

    def __len__(self) -> int:
        return len(self.tokenizer)

    def source_ids(self, text: str) -> list[int]:
        """Return what the encoder reads."""
        return [*self.tokenizer.encode(text), self.end_id]

    def target_ids(self, text: str) -> list[int]:
        """Return the mark of the beginning, the words, the end mark."""
        return [self.begin_id, *self.tokenizer.encode(text), self.end_id]

    def text(self, ids: Iterable[int]) -> str:
        """Return the text of ids, without marks and padding."""
        marks = {self.pad_id, self.begin_id, self.end_id}
        return self.tokenizer.decode(i for i in ids if i not in marks)


@dataclass(frozen=True, kw_only=True)
class EncodedPairs:
    """Pairs as ids."""

    source: list[list[int]]
    target: list[list[int]]

    @classmethod
    def of(cls, pairs: Pairs, codec: Codec) -> "EncodedPairs":
        """Encode all pairs."""
        return cls(
            source=[codec.source_ids(text) for text in pairs.source],
            target=[codec.target_ids(text) for text in pairs.target],
        )

    def batches(
        self, pad_id: int, seed: int | str | None, batch_tokens: int = BATCH_TOKENS
    ) -> Iterator[tuple[Inputs, Tensor]]:
        """Give ((source, target without its last), target without its first), padded.

        Pairs of like length stand together. seed: shuffles pairs and batches; None: as they come.
        """
        order = list(range(len(self.source)))
        rng = random.Random(seed)
        if seed is not None:
            rng.shuffle(order)
        order.sort(key=lambda i: (len(self.target[i]), len(self.source[i])))
        groups = _groups(order, [len(s) for s in self.source], self._lengths, batch_tokens)
        if seed is not None:
            rng.shuffle(groups)
        for group in groups:
            source = padded([self.source[i] for i in group], pad_id)
            target = padded([self.target[i] for i in group], pad_id)
            yield (source, target[:, :-1]), target[:, 1:]

    @property
    def _lengths(self) -> list[int]:
        return [len(t) for t in self.target]


def _groups(
    order: Sequence[int], source: Sequence[int], target: Sequence[int], batch_tokens: int
) -> list[list[int]]:
    """Cut an order into batches that hold at most batch_tokens, one pair at least."""
    groups: list[list[int]] = [[]]
    widest = [0, 0]
    for i in order:
        wider = [max(widest[0], source[i]), max(widest[1], target[i])]
        if groups[-1] and sum(wider) * (len(groups[-1]) + 1) > batch_tokens:
            groups.append([])
            wider = [source[i], target[i]]
        groups[-1].append(i)
        widest = wider
    return groups


def padded(rows: Sequence[Sequence[int]], pad_id: int) -> Tensor:
    """Return rows as one tensor, padded behind their ends."""
    width = max(map(len, rows))
    return torch.tensor([[*row, *[pad_id] * (width - len(row))] for row in rows])
