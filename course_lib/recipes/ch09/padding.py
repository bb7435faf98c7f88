"""Chapter 9: padded text under batch and layer normalisation.

A small encoder tells from which library a passage comes. With batch normalisation the padding of
other passages enters the statistics; it is judged in batches of several kinds, on the same texts.
"""

import random
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.data import library_task
from course_lib.layers.layer_norm import BatchNorm, LayerNorm
from course_lib.layers.masks import padding
from course_lib.models.transformer import EncoderLayer
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything
from course_lib.text.tokenize import words
from course_lib.text.vocabulary import Vocabulary

NAME = "ch09_padding"
SEEDS = [0, 1, 2]

D_MODEL, N_HEADS, D_FF, LONGEST = 64, 4, 128, 100
EPOCHS, BATCH, RATE, N_LABELS = 12, 32, 1e-3, 128
NORMS: dict[str, type[nn.Module]] = {"layer": LayerNorm, "batch": BatchNorm}


class Classifier(nn.Module):
    """One block over the words, their mean, a score for each library."""

    def __init__(self, norm: str, vocab_size: int, n_classes: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, D_MODEL, padding_idx=0)
        self.block = EncoderLayer(D_MODEL, N_HEADS, D_FF, dropout=0.1, fused=True)
        self.block.self_attention_norm = NORMS[norm](D_MODEL)  # type: ignore[assignment]
        self.block.feed_forward_norm = NORMS[norm](D_MODEL)  # type: ignore[assignment]
        self.classify = nn.Linear(D_MODEL, n_classes)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Return logits (B, classes); padding is neither looked at nor averaged."""
        mask = padding(lengths, ids.shape[1])
        x = self.block(self.embedding(ids), mask)
        real = mask[:, 0, 0, :, None]
        return self.classify((x * real).sum(dim=1) / lengths[:, None])


@cache
def _data() -> tuple[dict[str, tuple[list[list[int]], list[int]]], int, int, str]:
    task = library_task.load(progress=False)
    few = task.few(N_LABELS, 0)
    tokens = {name: [words(text)[:LONGEST] for text in side.texts]
              for name, side in (("train", few), ("test", task.test))}  # fmt: skip
    vocabulary = Vocabulary.build(tokens["train"], min_count=2)
    parts = {
        name: ([vocabulary.encode(row) or [1] for row in tokens[name]], side.labels)
        for name, side in (("train", few), ("test", task.test))
    }
    return parts, len(vocabulary), len(task.classes), task.fingerprint


def batch_of(rows: list[list[int]], width: int = 0) -> tuple[Tensor, Tensor]:
    """Return rows padded to the longest, or to `width`, and their lengths."""
    width = max(width, *map(len, rows))
    ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])
    return ids, torch.tensor([len(row) for row in rows])


def trained(norm: str, seed: int) -> dict[str, Any]:
    """Train one classifier; return its accuracy in batches of several kinds."""
    parts, vocab_size, n_classes, fingerprint = _data()
    rows, labels = parts["train"]
    seed_everything(seed)
    model = Classifier(norm, vocab_size, n_classes)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    order = list(range(len(rows)))
    for epoch in range(EPOCHS):
        random.Random(f"{seed}:{epoch}").shuffle(order)
        for start in range(0, len(order), BATCH):
            own = order[start : start + BATCH]
            logits = model(*batch_of([rows[i] for i in own]))
            loss = F.cross_entropy(logits, torch.tensor([labels[i] for i in own]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return judged(model, *parts["test"]) | {"fingerprint": fingerprint}


@torch.no_grad()
def judged(model: Classifier, rows: list[list[int]], labels: list[int]) -> dict[str, float]:
    """Return the accuracy by running averages, and by each batch's own statistics."""
    by_length = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    mixed = list(range(len(rows)))
    kinds = {
        "running": (False, mixed, 0),
        "own_mixed": (True, mixed, 0),
        "own_like_lengths": (True, by_length, 0),
        "own_padded_to_400": (True, mixed, 400),
    }
    found = {}
    for name, (own_statistics, order, width) in kinds.items():
        model.eval()
        for module in model.modules():
            if isinstance(module, BatchNorm):
                module.train(own_statistics)
                module.momentum = 0.0  # judged, not trained
        right = 0
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            guesses = model(*batch_of([rows[i] for i in places], width)).argmax(dim=-1).tolist()
            right += sum(g == labels[i] for g, i in zip(guesses, places, strict=True))
        found[name] = right / len(rows)
    return found


def run(context: Context) -> Measured:
    """Record {layer, batch: {running, own_mixed, own_like_lengths, own_padded_to_400}}."""
    pieces: dict[str, Piece] = {
        f"{norm}/{seed}": (trained, (norm, seed)) for norm in NORMS for seed in context.seeds
    }
    found = spread(context, pieces, "training")
    metrics: dict[str, Any] = {
        norm: columns([found[f"{norm}/{seed}"] for seed in context.seeds]) for norm in NORMS
    }
    fingerprints = {metrics[norm].pop("fingerprint") for norm in NORMS}
    sizes = {"labels": N_LABELS, "epochs": EPOCHS, "batch_size": BATCH}
    data = {"library task": f"sha256 {fingerprints.pop()[:16]}"}
    return Measured(metrics=metrics | sizes, data=data)
