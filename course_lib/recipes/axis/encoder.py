"""Curve of the axis: a Transformer encoder trained from nothing, on the labels alone.

Two blocks over the first words of a passage, the mean of their outputs, a linear layer. Vectors,
blocks and layer all start at random: what pre-training adds to this is for later chapters.

DROPOUT and START were chosen on validation, at 32 labels a class with the first seed: with vectors
of ordinary size at the start it learned much less from the same labels.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.data.library_task import BUDGETS, LibraryTask, Passages, load
from course_lib.layers.layer_norm import LayerNorm
from course_lib.layers.modes import evaluating
from course_lib.layers.positional import sinusoidal
from course_lib.metrics.classification import accuracy
from course_lib.models.transformer import EncoderLayer
from course_lib.recipes.axis.common import Trial, curve, score
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything
from course_lib.text.tokenize import words
from course_lib.text.vocabulary import Vocabulary
from course_lib.training.loop import fit

NAME = "axis_encoder"
SEEDS = [0, 1, 2]

D_MODEL, N_HEADS, D_FF, N_LAYERS, LONGEST = 64, 4, 128, 2, 128
DROPOUT = 0.4
START = 0.1  # of words and places: small next to what training adds to them
RATES = [0.0003, 0.001, 0.003]
EPOCHS, PATIENCE, BATCH = 40, 10, 32


class EncoderClassifier(nn.Module):
    """Words and their places, pre-norm blocks, the mean over real words, a score for each class.

    positions: without them the words are a set.
    """

    table: Tensor

    def __init__(self, vocab_size: int, n_classes: int, positions: bool = True) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, D_MODEL, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=START * D_MODEL**-0.5)
        table = sinusoidal(LONGEST, D_MODEL)
        self.register_buffer("table", table if positions else torch.zeros_like(table))
        self.layers = nn.ModuleList(
            EncoderLayer(D_MODEL, N_HEADS, D_FF, norm_first=True, dropout=DROPOUT, fused=True)
            for _ in range(N_LAYERS)
        )
        self.norm = LayerNorm(D_MODEL)
        self.classify = nn.Linear(D_MODEL, n_classes)

    def forward(self, input_ids: Tensor) -> Tensor:
        """Return logits (B, classes); id 0 is padding, and is neither looked at nor averaged."""
        real = input_ids != 0  # (B, T)
        x = self.embedding(input_ids) * D_MODEL**0.5 + START * self.table[: input_ids.shape[1]]
        x = F.dropout(x, DROPOUT, self.training)
        for layer in self.layers:
            x = layer(x, real[:, None, None, :])
        x = self.norm(x) * real[..., None]
        return self.classify(x.sum(dim=1) / real.sum(dim=1, keepdim=True).clamp(min=1))


def padded(vocabulary: Vocabulary, texts: list[str]) -> Tensor:
    """Return the ids of the first words of each text, as wide as the longest."""
    rows = [torch.tensor(vocabulary.encode(words(text)[:LONGEST])) for text in texts]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True)


@torch.no_grad()
def answers(model: EncoderClassifier, ids: Tensor) -> list[int]:
    """Return the best class of each row; rows of like length are computed together."""
    lengths = (ids != 0).sum(dim=1)
    found = torch.zeros(len(ids), dtype=torch.long)
    with evaluating(model):
        for rows in lengths.argsort().split(128):
            width = max(1, int(lengths[rows].max()))
            found[rows] = model(ids[rows, :width]).argmax(dim=1)
    return found.tolist()


def trial(rate: float, task: LibraryTask, few: Passages, seed: int) -> Trial:
    """Train with one rate; keep the epoch that is best on validation."""
    vocabulary = Vocabulary.build([words(text) for text in few.texts])
    inputs, labels = padded(vocabulary, few.texts), torch.tensor(few.labels)
    valid, test = padded(vocabulary, task.valid.texts), padded(vocabulary, task.test.texts)
    lengths = (inputs != 0).sum(dim=1)
    seed_everything(seed)
    model = EncoderClassifier(len(vocabulary), len(task.classes))

    def epoch_batches(epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(1000 * seed + epoch)
        for rows in torch.randperm(len(labels), generator=generator).split(BATCH):
            yield inputs[rows, : max(1, int(lengths[rows].max()))], labels[rows]

    history = fit(
        model,
        epoch_batches,
        optimizer=torch.optim.AdamW(model.parameters(), lr=rate),
        epochs=EPOCHS,
        evaluate=lambda _: accuracy(task.valid.labels, answers(model, valid)),
        patience=PATIENCE,
    )
    return Trial(
        choice=f"lr={rate} epoch={history.best_epoch + 1}",
        valid_accuracy=max(history.scores),
        predictions=answers(model, test),
        vocab_size=len(vocabulary),
    )


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Train with each rate."""
    return [trial(rate, task, few, seed) for rate in RATES]


def piece(budget: int, seed: int, shuffled: bool = False) -> dict[str, Any]:
    """Train at one budget, and return what a curve says of it."""
    return score(method, load(progress=False), budget, seed, shuffled=shuffled)


def run(context: Context) -> Measured:
    """Record the curve."""
    asked = [(budget, seed) for seed in context.seeds for budget in BUDGETS]
    pieces: dict[str, Piece] = {f"{b}/{s}": (piece, (b, s)) for b, s in asked}
    pieces |= {f"shuffled/{s}": (piece, (BUDGETS[-1], s, True)) for s in context.seeds}
    found = spread(context, pieces, "training")
    scores = {(b, s): found[f"{b}/{s}"] for b, s in asked}
    control = [found[f"shuffled/{s}"] for s in context.seeds]
    return curve(load(progress=False), context.seeds, scores, control)
