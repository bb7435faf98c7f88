"""Several processes, one model: what `torchrun` starts, and nothing where it did not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Process:
    """Which of how many processes this is; rank 0 of 1 where there is only one."""

    rank: int
    world_size: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        """The first process alone writes files and shows progress."""
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """Average gradients over all processes; batch statistics stay each process's own."""
        model.to(self.device)
        if self.world_size == 1:
            return model
        return DistributedDataParallel(model)


@contextmanager
def processes() -> Iterator[Process]:
    """Join the group that torchrun describes in the environment; leave it at the end."""
    cuda = torch.cuda.is_available()
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local) if cuda else torch.device("cpu")
    if "WORLD_SIZE" not in os.environ:
        yield Process(0, 1, device)
        return
    dist.init_process_group("nccl" if cuda else "gloo")
    try:
        yield Process(dist.get_rank(), dist.get_world_size(), device)
    finally:
        dist.destroy_process_group()
