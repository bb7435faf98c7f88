"""Vectors of texts from a frozen ELMo: what axis_elmo, ch05_layers and ch05_senses share."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.layers.scalar_mix import ScalarMix
from course_lib.models.elmo import Elmo
from course_lib.seeding import seed_everything
from course_lib.text.sentences import sentences

LAYERS = ("token layer", "first LSTM layer", "second LSTM layer")
BATCH_TOKENS = 4_000


def all_layers(elmo: Elmo, rows: Sequence[Sequence[str]], *, progress: str | None) -> list[Tensor]:
    """Return (layers with the token layer first, tokens, 2 P) of each row, read by itself."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    found: list[Tensor | None] = [None] * len(rows)
    bar = tqdm(total=len(rows), desc=progress, disable=progress is None)
    start = 0
    with torch.no_grad():
        while start < len(order):
            stop = start + 1
            while stop < len(order) and (stop + 1 - start) * len(rows[order[stop]]) < BATCH_TOKENS:
                stop += 1
            chosen = order[start:stop]
            layers, _ = elmo([rows[i] for i in chosen], stateful=False)
            for at, i in enumerate(chosen):
                found[i] = layers[:, at, 1 : 1 + len(rows[i])].clone()
            bar.update(stop - start)
            start = stop
    bar.close()
    return [layers for layers in found if layers is not None]


def means_of_passages(elmo: Elmo, texts: Sequence[str], *, progress: str | None = None) -> Tensor:
    """Return the mean vector of each layer over a passage's tokens, (passages, layers, 2 P)."""
    return means_of_rows(elmo, [list(sentences(text)) for text in texts], progress=progress)


def means_of_rows(
    elmo: Elmo, passages: Sequence[list[list[str]]], *, progress: str | None = None
) -> Tensor:
    """Return the same of passages that are given as sentences; each sentence is read by itself.

    Averaging the layers after averaging the tokens gives the same as the other way round, so a
    scalar mix can be learned on top of these.
    """
    split = [rows or [[]] for rows in passages]
    layers = all_layers(elmo, [row for rows in split for row in rows], progress=progress)
    means, start = [], 0
    for rows in split:
        tokens = torch.cat(layers[start : start + len(rows)], dim=1)  # (layers, T, 2 P)
        means.append(tokens.sum(dim=1) / max(1, tokens.shape[1]))
        start += len(rows)
    return torch.stack(means)


@dataclass(frozen=True, kw_only=True)
class TaskFeatures:
    """Layer means of all passages of the task: training passages by their text."""

    train: dict[str, Tensor]
    valid: Tensor
    test: Tensor

    def of(self, few: Passages) -> Tensor:
        """Return the layer means of some training passages."""
        return torch.stack([self.train[text] for text in few.texts])


def features_of_task(elmo: Elmo, task: LibraryTask, *, show_progress: bool) -> TaskFeatures:
    """Read every passage of the task once."""
    sides = {
        side: means_of_passages(
            elmo, getattr(task, side).texts, progress=f"ELMo, {side}" if show_progress else None
        )
        for side in ("train", "valid", "test")
    }
    train = dict(zip(task.train.texts, sides["train"], strict=True))
    return TaskFeatures(train=train, valid=sides["valid"], test=sides["test"])


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """Answers of one classifier on frozen features; the layers' shares where it learned them."""

    valid: list[int]
    test: list[int]
    shares: list[float]


def standardised(few: Tensor, *others: Tensor) -> list[Tensor]:
    """Subtract the few passages' mean, divide by their standard deviation, each feature apart."""
    mean, std = few.mean(dim=0), few.std(dim=0).clamp(min=1e-3)
    return [(x - mean) / std for x in (few, *others)]


def fit_logistic(few: Tensor, labels: list[int], sides: tuple[Tensor, Tensor], c: float) -> Fitted:
    """Fit logistic regression on one vector a passage; c is the inverse of the penalty."""
    train, valid, test = standardised(few, *sides)
    model = LogisticRegression(C=c, max_iter=2000).fit(train.numpy(), labels)
    return Fitted(
        valid=model.predict(valid.numpy()).tolist(),
        test=model.predict(test.numpy()).tolist(),
        shares=[],
    )


class MixedClassifier(nn.Module):
    """A scalar mix of standardised layers, and a linear layer on top of it."""

    def __init__(self, n_layers: int, width: int, n_classes: int) -> None:
        super().__init__()
        self.mix = ScalarMix(n_layers)
        self.output_proj = nn.Linear(width, n_classes)
        nn.init.zeros_(self.output_proj.weight)

    def forward(self, layers: Tensor) -> Tensor:
        """Return logits (passages, classes) from layer means (passages, layers, width)."""
        return self.output_proj(self.mix(layers.transpose(0, 1)[:, :, None])[:, 0])


def fit_mix(
    few: Tensor,
    labels: list[int],
    sides: tuple[Tensor, Tensor],
    *,
    n_classes: int,
    penalty: float,
    seed: int,
    steps: int = 200,
) -> Fitted:
    """Learn the layers' shares and a linear layer together.

    penalty: on the squared weights of the linear layer, as a share of the loss of one passage. The
        shares are not held back by it, so that a layer can win.
    """
    seed_everything(seed)
    train, valid, test = standardised(few, *sides)
    model = MixedClassifier(few.shape[1], few.shape[2], n_classes)
    targets = torch.tensor(labels)
    optimizer = torch.optim.Adam(
        [
            {"params": [model.mix.scores], "lr": 0.05},
            {"params": [model.mix.gamma, *model.output_proj.parameters()], "lr": 0.01},
        ]
    )
    for _ in range(steps):
        squares = (model.mix.gamma * model.output_proj.weight).square().sum()
        loss = F.cross_entropy(model(train), targets) + penalty * squares / len(labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return Fitted(
            valid=model(valid).argmax(dim=1).tolist(),
            test=model(test).argmax(dim=1).tolist(),
            shares=model.mix.weights.tolist(),
        )
