"""In which type a hand-written function multiplies: what autocast asks of torch's own."""

import torch
from torch import Tensor


def product_type(weight: Tensor) -> torch.dtype:
    """Return autocast's type where it is on for the weight's device, else the weight's own."""
    kind = weight.device.type
    return torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else weight.dtype
