"""A small causal language model of the docs corpus: its text as ids, training, and judging.

Chapters 10 and 11 train it in variants; `course pretrain causal_docs` makes the checkpoint.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.data.running_text import Sentences, load_docs_text
from course_lib.layers.modes import evaluating
from course_lib.layers.sampled_softmax import softmax_loss
from course_lib.models.causal_lm import CausalLm
from course_lib.models.gpt import Gpt
from course_lib.seeding import seed_everything
from course_lib.text.bpe import BytePairTokenizer
from course_lib.training.loop import History, fit
from course_lib.transfer.schedules import warmup_cosine

END = "</s>"
VOCAB_SIZE = 4_000
LENGTH, BATCH = 128, 16
RATE = 3e-3
PIECES = 8  # of a run; after each its state is saved


@dataclass(frozen=True, kw_only=True)
class DocsIds:
    """The three parts of the docs text, each one long row of ids; sentences end with END."""

    tokenizer: BytePairTokenizer
    train: Tensor
    valid: Tensor
    test: Tensor
    fingerprint: str


@cache
def docs_ids() -> DocsIds:
    """Learn the vocabulary from the training part, and write all three with it."""
    text = load_docs_text(progress=False)
    tokenizer = BytePairTokenizer.train(map(" ".join, text.train), VOCAB_SIZE, [END])
    parts = {name: _row(getattr(text, name), tokenizer) for name in ("train", "valid", "test")}
    return DocsIds(tokenizer=tokenizer, fingerprint=text.fingerprint, **parts)


def _row(sentences: Sentences, tokenizer: BytePairTokenizer) -> Tensor:
    end = tokenizer.special_tokens[END]
    return torch.tensor([i for s in sentences for i in [*tokenizer.encode(" ".join(s)), end]])


def windows(ids: Tensor, length: int) -> Tensor:
    """Return the row cut into windows of length + 1, each beginning with the last's end."""
    n = (len(ids) - 1) // length
    return torch.stack([ids[i * length : (i + 1) * length + 1] for i in range(n)])


class Hidden(nn.Module):
    """Gives what the loss needs: the vectors before the table, so that no score is stored."""

    def __init__(self, model: CausalLm | Gpt) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor) -> Tensor:
        """Return (B, T, D)."""
        return self.model.hidden(input_ids)


def train(
    model: CausalLm | Gpt,
    ids: Tensor,
    *,
    n_tokens: int,
    seed: int,
    valid: Tensor | None = None,
    length: int = LENGTH,
    rate: float = RATE,
    n_pieces: int | None = None,
    precision: str = "float32",
    resume_from: Path | None = None,
    progress: str | None = None,
) -> History:
    """Read n_tokens of the row, in windows that are drawn at random.

    n_pieces: of the run, PIECES unless given; after each, the model is judged and its state saved.
    """
    seed_everything(seed)
    rows = windows(ids, length)
    n_steps = max(1, n_tokens // (BATCH * length))
    n_pieces = PIECES if n_pieces is None else n_pieces
    per_piece = math.ceil(n_steps / n_pieces)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0.01)
    schedule = partial(warmup_cosine, n_steps=per_piece * n_pieces)
    table, bias = model.embedding.weight, torch.zeros(model.config.vocab_size)

    def batches(piece: int) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(1_000 * seed + piece)
        for _ in range(per_piece):
            batch = rows[torch.randint(len(rows), (BATCH,), generator=generator)]
            yield batch[:, :-1], batch[:, 1:]

    def loss(hidden: Tensor, targets: Tensor) -> Tensor:
        return softmax_loss(hidden.flatten(0, 1), table, bias, targets.flatten())

    return fit(
        Hidden(model),
        batches,
        optimizer=optimizer,
        epochs=n_pieces,
        scheduler=torch.optim.lr_scheduler.LambdaLR(optimizer, schedule),
        loss_fn=loss,
        evaluate=None if valid is None else lambda _: -float(nats(model, valid, length).mean()),
        precision=precision,
        resume_from=resume_from,
        progress=progress,
    )


@torch.no_grad()
def nats(model: CausalLm | Gpt, ids: Tensor, length: int, n_tokens: int = 65_536) -> Tensor:
    """Return −log p of each word, (windows, length), over the first n_tokens of the row."""
    rows, table = windows(ids[: n_tokens + 1], length), model.embedding.weight
    with evaluating(model):
        found = [
            F.cross_entropy(
                F.linear(model.hidden(batch[:, :-1]), table).mT, batch[:, 1:], reduction="none"
            )
            for batch in rows.split(max(1, 4_096 // length))
        ]
    return torch.cat(found)
