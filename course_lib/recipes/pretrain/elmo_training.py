"""How ELMo's language model is trained: `course_lib.training.loop.fit` with its loss and rates."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.fast_lstm import computed_by
from course_lib.layers.modes import evaluating
from course_lib.layers.sampled_softmax import WordSampler
from course_lib.models.elmo_lm import ElmoLanguageModel
from course_lib.training.distributed import Process
from course_lib.training.loop import Batch, History, fit
from course_lib.training.speed import PLAIN, Speed
from course_lib.transfer.schedules import warmup_cosine
from course_lib.transfer.ulmfit_stages import ALONE

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, kw_only=True)
class ElmoTuning:
    """Rates and lengths.

    lr: the highest rate, after a warm-up of 2 % of the steps; it falls as a cosine.
    steps_a_piece: batches between two notes of where the run stands.
    """

    n_pieces: int
    steps_a_piece: int
    lr: float = 3e-3
    clip_norm: float = 1.0


class _States(nn.Module):
    """An ELMo language model whose forward gives what the words are named from."""

    def __init__(self, model: ElmoLanguageModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor) -> Tensor:
        return self.model.states(input_ids)


def train_elmo(
    model: ElmoLanguageModel,
    piece: Callable[[int], Iterable[Tensor]],
    valid: Sequence[Tensor],
    counts: Tensor,
    tuning: ElmoTuning,
    *,
    speed: Speed = PLAIN,
    process: Process = ALONE,
    resume_from: Path | None = None,
    progress: str | None = None,
) -> History:
    """Train on the batches of ids of each piece; keep the weights that are best on `valid`.

    counts: how often each word that can be named stands in the text.
    speed: how training saves time; the model is judged by the exact loss in any case.
    Returns: the history; a score is the negative loss on `valid`, in nats a word.
    """
    sampler = speed.sampler(counts)
    network = process.wrap(model if sampler is None else _States(model))
    fused = True if speed.engine == "fast" else None
    optimizer = torch.optim.Adam(network.parameters(), tuning.lr, (0.9, 0.99), fused=fused)

    def clip(*_: object) -> None:
        nn.utils.clip_grad_norm_(network.parameters(), tuning.clip_norm)

    optimizer.register_step_pre_hook(clip)
    n_steps = tuning.n_pieces * tuning.steps_a_piece
    schedule = partial(warmup_cosine, n_steps=n_steps, warmup_fraction=0.02)

    def batches(number: int) -> Iterable[Batch]:
        for ids in piece(number):
            ids = ids.to(process.device)
            yield ids, model.targets(ids)

    with computed_by(model, speed.engine):
        return fit(
            network,
            batches,
            optimizer=optimizer,
            scheduler=torch.optim.lr_scheduler.LambdaLR(optimizer, schedule),
            epochs=tuning.n_pieces,
            loss_fn=F.cross_entropy if sampler is None else _sampled_loss(model, sampler),
            evaluate=lambda _: -exact_loss(model, valid, process.device),
            resume_from=resume_from,
            keeps_state=process.is_first,
            precision=speed.precision,
            progress=progress if process.is_first else None,
        )


def _sampled_loss(model: ElmoLanguageModel, sampler: WordSampler) -> Loss:
    return lambda states, targets: model.loss(states, targets, sampler)


@torch.no_grad()
def exact_loss(
    model: ElmoLanguageModel, rows: Sequence[Tensor], device: torch.device | str = "cpu"
) -> float:
    """Return the mean loss of both directions over batches, in nats a word."""
    total, n = 0.0, 0
    with evaluating(model):
        for ids in rows:
            ids = ids.to(device)
            targets = model.targets(ids)
            total += model.loss(model.states(ids), targets).item() * len(targets)
            n += len(targets)
    return total / n
