"""What a decoder keeps of earlier places, so that each step computes the new ones alone."""

from dataclasses import dataclass

import torch
from torch import Tensor

KeysAndValues = tuple[Tensor, Tensor]


@dataclass
class LayerCache:
    """Keys and values that a decoder layer keeps: of the target so far, and of the memory."""

    target: KeysAndValues | None = None
    memory: KeysAndValues | None = None

    @property
    def n_places(self) -> int:
        """How many places of the target are kept."""
        return 0 if self.target is None else self.target[0].shape[2]

    def extend(self, new: KeysAndValues) -> KeysAndValues:
        """Put the keys and values of new places behind those of earlier ones."""
        old = self.target
        if old is not None:
            new = torch.cat([old[0], new[0]], dim=2), torch.cat([old[1], new[1]], dim=2)
        self.target = new
        return new

    def reorder(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order."""
        if self.target is not None:
            self.target = self.target[0][rows], self.target[1][rows]
        if self.memory is not None:
            self.memory = self.memory[0][rows], self.memory[1][rows]
