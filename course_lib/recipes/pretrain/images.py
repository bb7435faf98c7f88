"""Pre-training of the small image network, the same for drawn and for photographed images."""

import hashlib
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch.nn import functional as F

from course_lib.data import images
from course_lib.data.cache import cache_dir
from course_lib.data.images import LabelledImages
from course_lib.seeding import seed_everything
from course_lib.training.distributed import processes
from course_lib.training.loop import accuracy, fit
from course_lib.training.results import describe_machine, describe_versions
from course_lib.training.weights import Card, save_checkpoint
from course_lib.transfer.schedules import warmup_cosine
from course_lib.vision import backbones


@dataclass(frozen=True, kw_only=True)
class Pretraining:
    """What is trained on what, and for how long."""

    name: str
    task: str
    data: str
    command: str
    licence: str
    limits: str
    epochs: int
    batch_size: int = 64
    lr: float = 3e-3
    weight_decay: float = 0.05
    seed: int = 0


def pretrain_classifier(
    config: Pretraining, train: LabelledImages, valid: LabelledImages
) -> Path | None:
    """Train from scratch, keep the best epoch on the validation part, write checkpoint and card.

    Runs alone or under torchrun, where each process takes every world_size-th image and the batch
    is divided among them. An interrupted run goes on from its last whole epoch.
    Returns: the checkpoint's path on the first process, None on the others.
    """
    start = time.perf_counter()
    with processes() as process:
        seed_everything(config.seed)
        model = backbones.small(len(train.classes))
        shard = train.take(torch.arange(process.rank, len(train), process.world_size))
        size = config.batch_size // process.world_size
        steps_per_epoch = len(shard) // size

        def epoch_batches(epoch: int):
            seed = config.seed + 1000 * epoch + process.rank
            for x, y in images.batches(shard, size, seed=seed):
                yield x.to(process.device), y.to(process.device)

        wrapped = process.wrap(model)
        optimizer = torch.optim.AdamW(
            wrapped.parameters(), lr=config.lr, weight_decay=config.weight_decay
        )
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, partial(warmup_cosine, n_steps=config.epochs * steps_per_epoch)
        )
        valid_inputs = images.normalise(valid.images).to(process.device)
        valid_labels = valid.labels.to(process.device)
        history = fit(
            wrapped,
            epoch_batches,
            optimizer=optimizer,
            scheduler=scheduler,
            epochs=config.epochs,
            loss_fn=partial(F.cross_entropy, label_smoothing=0.1),
            evaluate=lambda _: accuracy(model, valid_inputs, valid_labels),
            resume_from=_state_path(config, process.world_size),
            keeps_state=process.is_first,
            progress=config.name if process.is_first else None,
        )
        if not process.is_first:
            return None
        card = Card(
            name=config.name,
            task=config.task,
            network="ShuffleNet V2 0.5×, first stride 1",
            data=config.data,
            command=config.command,
            seed=config.seed,
            steps=config.epochs * steps_per_epoch,
            machine=describe_machine() | {"processes": process.world_size},
            versions=describe_versions(),
            metric="accuracy on the validation part, 0 to 1",
            value=round(max(history.scores), 4),
            classes=list(train.classes),
            parameters=backbones.count_parameters(model),
            licence=config.licence,
            limits=config.limits,
            wall_seconds=round(time.perf_counter() - start),
        )
        return save_checkpoint(model.state_dict(), card)


def _state_path(config: Pretraining, world_size: int) -> Path:
    """Name the state of an interrupted run by everything that decides how the run goes on."""
    key = hashlib.sha256(repr((config, world_size)).encode()).hexdigest()[:12]
    return cache_dir() / "runs" / f"{config.name}-{key}.state"
