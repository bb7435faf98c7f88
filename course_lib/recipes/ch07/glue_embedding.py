"""Chapter 7, third row: an embedding learnt from the task's labels, averaged; two texts compared.

Every random number comes from the seed: the first weights, the order of the examples, dropout.
The row's seeds differ in nothing else, and neither do those of `ch07_seeds`.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from course_lib.layers.embedding import Embedding
from course_lib.recipes.ch07.common import MAIN_METRIC, Attempt, Benchmark, Part, record_row
from course_lib.recipes.context import Context, Measured
from course_lib.seeding import seed_everything
from course_lib.text.tokenize import words
from course_lib.text.vocabulary import Vocabulary
from course_lib.training.loop import fit

NAME = "ch07_glue_embedding"
SEEDS = [0, 1, 2]
NEEDS_DATA = True

D_MODEL = 64
EPOCHS = 12
PATIENCE = 3
RATE = 3e-3
MAX_WORDS = 64


class Compare(nn.Module):
    """Average each text's embeddings; score (u, v, |u − v|, u · v), or u alone, by a small network.

    The four parts are those of Mou et al. 2016 and Conneau et al. 2017.
    """

    def __init__(self, vocab_size: int, n_texts: int, n_outputs: int) -> None:
        super().__init__()
        self.embedding = Embedding(vocab_size, D_MODEL, pad_id=0)
        with torch.no_grad():
            self.embedding.weight.mul_(0.1)
        width = D_MODEL if n_texts == 1 else 4 * D_MODEL
        self.head = nn.Sequential(
            nn.Dropout(0.3), nn.Linear(width, D_MODEL), nn.ReLU(), nn.Linear(D_MODEL, n_outputs)
        )

    def forward(self, input_ids: Tensor) -> Tensor:
        """Return logits (B, C), or one number each (B, 1). Shapes: input_ids (B, texts, T)."""
        lengths = (input_ids != 0).sum(dim=2, keepdim=True).clamp(min=1)
        means = self.embedding(input_ids).sum(dim=2) / lengths  # (B, texts, D)
        u, v = means[:, 0], means[:, -1]
        if means.shape[1] == 1:
            return self.head(u)
        return self.head(torch.cat([u, v, (u - v).abs(), u * v], dim=1))


def encode(vocabulary: Vocabulary, part: Part) -> Tensor:
    """Return ids (N, texts, T); 0 fills up."""
    rows = [
        torch.tensor(vocabulary.encode(words(text)[:MAX_WORDS] or ["<unk>"]))
        for texts in part.texts
        for text in texts
    ]
    padded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return padded.view(len(part), -1, padded.shape[1])


def prepare(benchmark: Benchmark) -> dict[str, Any]:
    """Return what does not depend on the seed."""
    tokens = [words(text) for texts in benchmark.train.texts for text in texts]
    vocabulary = Vocabulary.build(tokens, min_count=2)
    parts = {"train": benchmark.train, "valid": benchmark.valid, "test": benchmark.test}
    return {"vocab_size": len(vocabulary)} | {
        side: encode(vocabulary, part) for side, part in parts.items()
    }


def train(benchmark: Benchmark, prepared: dict[str, Any], seed: int) -> Attempt:
    """Train once; the epoch that is best on validation is kept."""
    inputs = prepared["train"]
    wide = benchmark.is_regression
    kind = torch.float32 if wide else torch.long
    labels = torch.tensor(benchmark.train.labels, dtype=kind)
    n_outputs = 1 if wide else int(labels.max()) + 1
    batch = 32 if len(labels) < 20_000 else 256
    seed_everything(seed)
    model = Compare(prepared["vocab_size"], inputs.shape[1], n_outputs)

    def epoch_batches(epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        order = torch.Generator().manual_seed(1000 * seed + epoch)
        for rows in torch.randperm(len(labels), generator=order).split(batch):
            yield inputs[rows], labels[rows]

    @torch.no_grad()
    def answers(side: str) -> list[float]:
        outputs = torch.cat([model.eval()(chunk) for chunk in prepared[side].split(1024)])
        return (outputs[:, 0] if wide else outputs.argmax(dim=1)).tolist()

    def loss(outputs: Tensor, targets: Tensor) -> Tensor:
        if wide:
            return nn.functional.mse_loss(outputs[:, 0], targets)
        return nn.functional.cross_entropy(outputs, targets)

    metric = MAIN_METRIC[benchmark.name]
    history = fit(
        model,
        epoch_batches,
        optimizer=torch.optim.Adam(model.parameters(), lr=RATE),
        epochs=EPOCHS,
        evaluate=lambda _: metric(benchmark.valid.labels, answers("valid")),
        patience=PATIENCE,
        loss_fn=loss,
    )
    return Attempt(
        choice=f"epoch={history.best_epoch + 1}",
        valid_score=max(history.scores),
        predictions=answers("test"),
    )


def method(benchmark: Benchmark, seed: int) -> list[Attempt]:
    """Train with one seed."""
    return [train(benchmark, prepare(benchmark), seed)]


def run(context: Context) -> Measured:
    """Record the row."""
    torch.set_num_threads(1)
    return record_row(context, "embeddings learnt on the task", 2, method)
