"""Curve of the axis: an embedding learned from the task's labels alone, averaged, then linear."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.layers.embedding import Embedding
from course_lib.metrics.classification import accuracy
from course_lib.recipes.axis.common import SEEDS, Trial, record_curve
from course_lib.recipes.context import Context, Measured
from course_lib.seeding import seed_everything
from course_lib.text.tokenize import words
from course_lib.text.vocabulary import Vocabulary
from course_lib.training.loop import fit

NAME = "axis_embedding"
__all__ = ["NAME", "SEEDS", "run"]

D_MODEL = 64
RATES = [0.003, 0.01, 0.03]
EPOCHS = 60
PATIENCE = 15
BATCH = 32


class MeanOfEmbeddings(nn.Module):
    """Average the vectors of a passage's words; score the classes linearly."""

    def __init__(self, vocab_size: int, d_model: int, n_classes: int, pad_id: int) -> None:
        super().__init__()
        self.pad_id = pad_id
        self.embedding = Embedding(vocab_size, d_model, pad_id=pad_id)
        with torch.no_grad():
            self.embedding.weight.mul_(0.1)  # small next to what training adds to a row
        self.output_proj = nn.Linear(d_model, n_classes)

    def forward(self, input_ids: Tensor) -> Tensor:
        """Return logits (B, C)."""
        lengths = (input_ids != self.pad_id).sum(dim=1, keepdim=True).clamp(min=1)
        return self.output_proj(self.embedding(input_ids).sum(dim=1) / lengths)


def _ids(vocabulary: Vocabulary, texts: list[str]) -> Tensor:
    encoded = [torch.tensor(vocabulary.encode(words(text))) for text in texts]
    return nn.utils.rnn.pad_sequence(encoded, batch_first=True)  # <pad> has id 0


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Learn a vector for each word from the labels; pick rate and epoch on validation."""
    vocabulary = Vocabulary.build([words(text) for text in few.texts])
    inputs, labels = _ids(vocabulary, few.texts), torch.tensor(few.labels)
    valid, test = _ids(vocabulary, task.valid.texts), _ids(vocabulary, task.test.texts)

    def epoch_batches(epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        order = torch.randperm(
            len(labels), generator=torch.Generator().manual_seed(1000 * seed + epoch)
        )
        return ((inputs[rows], labels[rows]) for rows in order.split(BATCH))

    @torch.no_grad()
    def score(model: nn.Module) -> float:
        return accuracy(task.valid.labels, model.eval()(valid).argmax(dim=1).numpy())

    trials = []
    for rate in RATES:
        seed_everything(seed)
        model = MeanOfEmbeddings(len(vocabulary), D_MODEL, len(task.classes), pad_id=0)
        history = fit(
            model,
            epoch_batches,
            optimizer=torch.optim.Adam(model.parameters(), lr=rate),
            epochs=EPOCHS,
            evaluate=score,
            patience=PATIENCE,
        )
        with torch.no_grad():
            predictions = model.eval()(test).argmax(dim=1).tolist()
        trials.append(
            Trial(
                choice=f"lr={rate} epoch={history.best_epoch + 1}",
                valid_accuracy=max(history.scores),
                predictions=predictions,
                vocab_size=len(vocabulary),
            )
        )
    return trials


def run(context: Context) -> Measured:
    """Record the curve."""
    return record_curve(context, method)
