"""The training loop of the whole course: progress, early stop, resume after a kill.

Read `fit` from top to bottom; nothing else happens during training.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from course_lib.layers.modes import evaluating
from course_lib.training.precision import autocast, chosen
from course_lib.training.state import load_state, save_state

Batch = tuple[Any, Tensor]  # what the model takes, and what it is compared with


@dataclass
class History:
    """What each epoch gave: mean training loss (nats an example) and the score that was watched."""

    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)

    @property
    def best_epoch(self) -> int:
        """The epoch, from 0, with the highest score; the earliest of equals."""
        return max(range(len(self.scores)), key=lambda epoch: self.scores[epoch])


def fit(
    model: nn.Module,
    epoch_batches: Callable[[int], Iterable[Batch]],
    *,
    optimizer: torch.optim.Optimizer,
    epochs: int,
    scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
    loss_fn: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
    train_mode: Callable[[nn.Module], Any] = nn.Module.train,
    evaluate: Callable[[nn.Module], float] | None = None,
    patience: int | None = None,
    resume_from: Path | str | None = None,
    keeps_state: bool = True,
    precision: str = "float32",
    progress: str | None = None,
) -> History:
    """Train for some epochs; keep the best weights where a score is watched.

    epoch_batches: gives the batches of an epoch, the same ones whenever asked for the same epoch.
    scheduler: stepped after every batch.
    train_mode: called before every epoch (frozen layers need more than `model.train()`).
    evaluate: the score to watch, higher is better; the best epoch's weights are kept.
    patience: stop after so many epochs without a better score.
    resume_from: a file that holds the state after each epoch; where it exists, the run goes on from
        it and ends with the same weights as an undisturbed run. Deleted at the end.
    keeps_state: whether this process writes that file; of several processes only the first should.
    precision: of the products in a training step (course_lib.training.precision); a run that goes
        on keeps what it began with.
    progress: a description for the progress bar, none where None.

    Raises: ValueError when patience is given without evaluate; FloatingPointError when the loss is
    no longer finite.
    """
    if patience is not None and evaluate is None:
        raise ValueError("patience needs a score to watch: give evaluate")
    history, first_epoch, best = History(), 0, None
    device = next(model.parameters()).device
    precision = chosen(precision, device)
    resume_from = None if resume_from is None else Path(resume_from)
    if resume_from is not None and resume_from.exists():
        state = load_state(resume_from)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        if scheduler is not None:
            scheduler.load_state_dict(state["scheduler"])
        torch.set_rng_state(state["rng"])
        history, best = History(state["losses"], state["scores"]), state["best"]
        precision = state.get("precision", "float32")
        first_epoch = len(history.losses)

    bar = tqdm(range(first_epoch, epochs), desc=progress, disable=progress is None)
    for epoch in bar:
        if _out_of_patience(history, patience):
            break
        train_mode(model)
        total, seen = 0.0, 0
        for inputs, targets in epoch_batches(epoch):
            with autocast(precision, device):
                loss = loss_fn(model(inputs), targets)
            if not torch.isfinite(loss):
                raise FloatingPointError(f"loss is {loss.item()} in epoch {epoch}: lower the rate")
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            total, seen = total + loss.item() * len(targets), seen + len(targets)
        history.losses.append(total / max(seen, 1))
        if evaluate is not None:
            history.scores.append(evaluate(model))
            if history.best_epoch == len(history.scores) - 1:
                best = {name: value.clone() for name, value in model.state_dict().items()}
            bar.set_postfix(loss=f"{history.losses[-1]:.3f}", score=f"{history.scores[-1]:.3f}")
        if resume_from is not None and keeps_state:
            save_state(
                resume_from,
                {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "scheduler": scheduler.state_dict() if scheduler is not None else None,
                    "rng": torch.get_rng_state(),
                    "precision": precision,
                    "losses": history.losses,
                    "scores": history.scores,
                    "best": best,
                },
            )
    if best is not None:
        model.load_state_dict(best)
    if resume_from is not None and keeps_state:
        resume_from.unlink(missing_ok=True)
    return history


def _out_of_patience(history: History, patience: int | None) -> bool:
    if patience is None or not history.scores:
        return False
    return len(history.scores) - 1 - history.best_epoch >= patience


@torch.no_grad()
def accuracy(model: nn.Module, inputs: Tensor, labels: Tensor, batch_size: int = 250) -> float:
    """Return the share of inputs, 0 to 1, whose highest logit is the label (in eval mode)."""
    with evaluating(model):
        right = sum(
            int((model(x).argmax(dim=-1) == y).sum())
            for x, y in zip(inputs.split(batch_size), labels.split(batch_size), strict=True)
        )
    return right / len(labels)
