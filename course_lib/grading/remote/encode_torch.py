"""Tensors as raw bytes with a dtype and a shape. Runs in the student's process."""

import sys
from typing import Any

from course_lib.grading.remote.ends import Writer


def encode_torch(encoder: Writer, value: Any) -> dict | None:
    """Return the node of a value of torch, None for any other; networks stay where they are."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    if isinstance(value, torch.Tensor):
        return tensor_node(encoder, value)
    if isinstance(value, torch.dtype):
        return {"t": "torchdtype", "v": str(value).removeprefix("torch.")}
    if isinstance(value, torch.device):
        return {"t": "device", "v": str(value)}
    return None


def tensor_node(encoder: Writer, value: Any) -> dict | None:
    """Return the node of a tensor: its numbers, and whether a gradient can flow to it."""
    import torch

    if value.layout != torch.strided or value.is_quantized:
        return None
    number = encoder.remember(value)
    if value.requires_grad and not value.is_leaf:
        encoder.grad_tensors.append(value)
    node = {
        "t": "tensor",
        "n": number,
        "dtype": str(value.dtype).removeprefix("torch."),
        "shape": [int(n) for n in value.shape],
        "grad": bool(value.requires_grad),
        "leaf": bool(value.is_leaf),
        "parameter": isinstance(value, torch.nn.Parameter),
    }
    if value.device.type == "meta":
        return node | {"meta": True}
    return node | {"b": encoder.buffer(tensor_bytes(value))}


def bare_state(value: Any) -> tuple[Any, ...] | None:
    """Return all that a node says of a plain tensor; None for tensors of other kinds."""
    import torch

    if type(value) not in (torch.Tensor, torch.nn.Parameter) or value.device.type == "meta":
        return None
    if value.layout != torch.strided or value.is_quantized:
        return None
    about = value.dtype, value.shape, value.requires_grad, value.is_leaf
    return *about, bytes(tensor_bytes(value))


def tensor_bytes(value: Any) -> Any:
    """Return the numbers of a tensor in row-major order."""
    import torch

    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        plain = torch.Tensor.detach(value).as_subclass(torch.Tensor).cpu().resolve_conj()
        plain = plain.resolve_neg().contiguous()
        if plain.numel() == 0:
            return b""
        numbers: Any = plain.view(-1).view(torch.uint8).numpy()
        return memoryview(numbers)
