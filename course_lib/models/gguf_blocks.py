"""Weights of 8 or 4 bits: 32 neighbours share a scale, which stands in front of them.

`UNPACK` names ggml's ways of packing; each takes bytes and gives float32. Of a 4-bit block the
first half of the numbers lies in the low halves of its 16 bytes, the second in the high ones.
"""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

HALF = 2  # bytes of a 16-bit float


def q8_0(raw: UInt8[Tensor, " N"]) -> Float[Tensor, "M 32"]:
    """Scale · q with q from −128 to 127."""
    blocks = raw.view(-1, HALF + 32)
    return blocks[:, HALF:].view(torch.int8).float() * _half(blocks, 0)


def q4_0(raw: UInt8[Tensor, " N"]) -> Float[Tensor, "M 32"]:
    """Scale · (q − 8) with q from 0 to 15."""
    blocks = raw.view(-1, HALF + 16)
    return (_nibbles(blocks[:, HALF:]) - 8) * _half(blocks, 0)


def q4_1(raw: UInt8[Tensor, " N"]) -> Float[Tensor, "M 32"]:
    """Scale · q + lowest with q from 0 to 15."""
    blocks = raw.view(-1, 2 * HALF + 16)
    return _nibbles(blocks[:, 2 * HALF :]) * _half(blocks, 0) + _half(blocks, 1)


UNPACK = {
    "F32": lambda raw: raw.view(torch.float32),
    "F16": lambda raw: raw.view(torch.float16).float(),
    "Q8_0": q8_0,
    "Q4_0": q4_0,
    "Q4_1": q4_1,
}


def _half(blocks: UInt8[Tensor, "M X"], i: int) -> Float[Tensor, "M 1"]:
    """Return the i-th 16-bit float at the head of each block."""
    return blocks[:, HALF * i : HALF * (i + 1)].contiguous().view(torch.float16).float()


def _nibbles(packed: UInt8[Tensor, "M 16"]) -> Float[Tensor, "M 32"]:
    return torch.cat([packed & 15, packed >> 4], dim=1).float()
