"""ULMFiT's three stages: how the two networks of `course_lib.models.ulmfit` are trained.

Each stage is `course_lib.training.loop.fit` with its own batches, groups and rates.

Paper: Howard and Ruder 2018, arXiv:1801.06146, sections 3.1 to 3.3; Merity et al. 2017.
Differs from the papers: Adam with slanted triangular rates trains the language model in stage 1
too, in the place of NT-ASGD; gradients are clipped at a norm of 1 (0.25 there, under SGD).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.fast_lstm import computed_by
from course_lib.layers.modes import evaluating
from course_lib.layers.sampled_softmax import WordSampler, softmax_loss
from course_lib.models.awd_lstm import AwdOutput, LayerState, detached
from course_lib.models.ulmfit import LanguageModel, TextClassifier, activation_penalty
from course_lib.models.ulmfit_batches import length_order, text_batches, windows
from course_lib.training.distributed import Process
from course_lib.training.loop import Batch, History, fit
from course_lib.training.speed import PLAIN, Speed
from course_lib.transfer import freezing
from course_lib.transfer.rates import discriminative_groups
from course_lib.transfer.schedules import slanted_triangular

BETAS = (0.7, 0.99)  # Adam's, as in section 4.1
ALONE = Process(0, 1, torch.device("cpu"))


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """How a stage is tuned; each of the paper's three techniques can be left out.

    lr: the highest rate of the last group.
    factor: how much slower each group learns than the group behind it; 1 for one rate for all.
    slanted: slanted triangular rates; False for a constant one.
    gradual: unfreeze one more group in each epoch, from the last; False for all at once.
    """

    lr: float
    epochs: int
    batch_size: int = 64
    factor: float = 2.6
    slanted: bool = True
    gradual: bool = True
    clip: float = 1.0

    def __post_init__(self) -> None:
        for name in ("lr", "epochs", "batch_size", "factor", "clip"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive, received {getattr(self, name)}")


def optimiser(
    groups: dict[str, nn.Module], tuning: Tuning, n_steps: int, *, fused: bool = False
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Return Adam with a rate for each group, clipped gradients, and the schedule of its rates.

    fused: all of Adam's arithmetic in one walk over the weights; the same up to rounding.
    """
    per_group: list[dict[str, Any]] = discriminative_groups(groups, tuning.lr, tuning.factor)
    optimizer = torch.optim.Adam(per_group, betas=BETAS, fused=fused or None)
    parameters = [p for group in per_group for p in group["params"]]

    def clip(*_: Any) -> None:
        nn.utils.clip_grad_norm_(parameters, tuning.clip)

    optimizer.register_step_pre_hook(clip)
    shape = partial(slanted_triangular, n_steps=n_steps) if tuning.slanted else _constant
    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, shape)


def _constant(step: int) -> float:
    return 1.0


class _Reader(nn.Module):
    """A language model that remembers where it stopped reading, until it is told to forget.

    It gives no logits where the loss does without them.
    """

    def __init__(self, model: LanguageModel, *, with_logits: bool) -> None:
        super().__init__()
        self.model, self.with_logits = model, with_logits
        self.state: list[LayerState] | None = None

    def forward(self, input_ids: Tensor) -> tuple[Tensor | None, AwdOutput]:
        if self.with_logits:
            logits, output = self.model(input_ids, self.state)
        else:
            logits, output = None, self.model.encoder(input_ids, self.state)
        self.state = detached(output.state)
        return logits, output


def language_loss(answer: tuple[Tensor, AwdOutput], targets: Tensor) -> Tensor:
    """Return nats a token, and the activation penalties on top."""
    logits, output = answer
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten()) + activation_penalty(output)


def sampled_language_loss(
    model: LanguageModel, sampler: WordSampler, answer: tuple[None, AwdOutput], targets: Tensor
) -> Tensor:
    """Return the same over samples of the vocabulary, drawn for this call."""
    output = answer[1]
    table, bias = model.encoder.embedding.weight, model.decoder.bias
    loss = softmax_loss(output.dropped.flatten(0, 1), table, bias, targets.flatten(), sampler)
    return loss + activation_penalty(output)


def train_language_model(
    model: LanguageModel,
    rows: Tensor,
    valid_rows: Tensor,
    tuning: Tuning,
    *,
    bptt: int = 70,
    parts: int = 1,
    seed: int = 0,
    speed: Speed = PLAIN,
    process: Process = ALONE,
    resume_from: Path | str | None = None,
    progress: str | None = None,
) -> History:
    """Stages 1 and 2: learn to predict the next token; keep the weights that are best on valid.

    rows, valid_rows: strips of ids (course_lib.models.ulmfit_batches.strips).
    parts: cut each pass over the strips into so many pieces; after each the model is judged on
    `valid_rows` and the state is saved, so that an interrupted run loses one piece at most.
    speed: how training saves time; the model is judged by the exact perplexity in any case.
    process: of several, each reads its own strips and gradients are averaged.
    Returns: the history; a score is the negative perplexity on `valid_rows`, one for each part.
    Raises: ValueError when parts is below 1 or exceeds the length of the strips.
    """
    if not 1 <= parts <= rows.shape[1] // 2:
        raise ValueError(f"parts must lie in 1 .. {rows.shape[1] // 2}, received {parts}")
    device, sampler = process.device, speed.sampler(_counts(rows, model))
    rows = rows[process.rank :: process.world_size]
    pieces = [rows[:, i] for i in torch.arange(rows.shape[1]).tensor_split(parts)]
    reader = _Reader(model.to(device), with_logits=sampler is None)
    loss = language_loss if sampler is None else partial(sampled_language_loss, model, sampler)

    def part(epoch: int) -> Iterator[Batch]:
        return windows(pieces[epoch % parts], bptt, seed=1009 * seed + epoch)

    def batches(epoch: int) -> Iterator[Batch]:
        reader.state = None
        for x, y in part(epoch):
            yield x.to(device), y.to(device)

    n_epochs = tuning.epochs * parts
    n_steps = sum(sum(1 for _ in part(epoch)) for epoch in range(n_epochs))
    optimizer, scheduler = optimiser(
        model.layer_groups(), tuning, n_steps, fused=speed.engine == "fast"
    )
    with computed_by(model, speed.engine):
        return fit(
            process.wrap(reader),
            batches,
            optimizer=optimizer,
            scheduler=scheduler,
            epochs=n_epochs,
            loss_fn=loss,  # type: ignore[arg-type]
            evaluate=lambda _: -perplexity(model, valid_rows, bptt=bptt, device=device),
            resume_from=resume_from,
            keeps_state=process.is_first,
            precision=speed.precision,
            progress=progress if process.is_first else None,
        )


def _counts(rows: Tensor, model: LanguageModel) -> Tensor:
    return torch.bincount(rows.flatten(), minlength=model.encoder.config.vocab_size)


@torch.no_grad()
def perplexity(
    model: LanguageModel, rows: Tensor, *, bptt: int = 70, device: torch.device | str = "cpu"
) -> float:
    """Return exp of the mean nats a token over strips, in eval mode, the state carried along."""
    state, total, n = None, 0.0, 0
    with evaluating(model):
        for x, y in windows(rows, bptt):
            output = model.encoder(x.to(device), state)
            state = output.state
            table, bias = model.encoder.embedding.weight, model.decoder.bias
            loss = softmax_loss(output.dropped.flatten(0, 1), table, bias, y.to(device).flatten())
            total, n = total + loss.item() * y.numel(), n + y.numel()
    return math.exp(total / n)


def train_classifier(
    model: TextClassifier,
    texts: Sequence[Sequence[int]],
    labels: Sequence[int],
    tuning: Tuning,
    *,
    parts: int = 1,
    evaluate: Callable[[nn.Module], float] | None = None,
    seed: int = 0,
    device: torch.device | str = "cpu",
    progress: str | None = None,
) -> History:
    """Stage 3: train head and encoder on labels, by the three techniques of the paper.

    parts: cut each pass over the texts into so many pieces; each counts as an epoch of gradual
    unfreezing, so that every group has its turn where many labels allow few passes.
    evaluate: the score to watch after each piece (higher is better); the best weights are kept.
    Raises: ValueError for fewer than 2 texts or a batch of 1 (batch normalisation needs two), for
    parts below 1 or above the number of batches, and as text_batches.
    """
    if min(len(texts), tuning.batch_size) < 2:
        raise ValueError(
            "batch normalisation needs 2 texts in a batch, received "
            f"{len(texts)} in batches of {tuning.batch_size}"
        )
    model.to(device)
    groups = model.layer_groups()
    freezing.thaw(groups.values())
    per_pass = sum(1 for _ in text_batches(texts, labels, tuning.batch_size, seed=seed))
    if not 1 <= parts <= per_pass:
        raise ValueError(f"parts must lie in 1 .. {per_pass}, received {parts}")
    optimizer, scheduler = optimiser(groups, tuning, tuning.epochs * per_pass)
    epochs_begun = iter(range(tuning.epochs * parts))

    def train_mode(network: nn.Module) -> None:
        if tuning.gradual:
            freezing.gradual_unfreezing(groups, next(epochs_begun))
        network.train()

    def batches(epoch: int) -> Iterator[Batch]:
        drawn = 1009 * seed + epoch // parts
        whole = text_batches(texts, labels, tuning.batch_size, seed=drawn)
        for place, (x, y) in enumerate(whole):
            if place * parts // per_pass == epoch % parts:
                yield x.to(device), y.to(device)

    return fit(
        model,
        batches,
        optimizer=optimizer,
        scheduler=scheduler,
        epochs=tuning.epochs * parts,
        train_mode=train_mode,
        evaluate=evaluate,
        progress=progress,
    )


@torch.no_grad()
def predict(
    model: TextClassifier,
    texts: Sequence[Sequence[int]],
    *,
    batch_size: int = 128,
    device: torch.device | str = "cpu",
) -> list[int]:
    """Return the most likely class of each text, in the order of the texts."""
    answers = [0] * len(texts)
    order = iter(length_order(texts))
    with evaluating(model):
        for x, _ in text_batches(texts, answers, batch_size):
            for answer in model(x.to(device)).argmax(dim=1).tolist():
                answers[next(order)] = answer
    return answers
