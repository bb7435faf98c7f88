"""A highway layer: a gate decides, number by number, how much of the input is replaced."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

GATE_BIAS = -2.0  # a fresh layer replaces 12 % of its input: σ(−2) = 0.12


class Highway(nn.Module):
    """Replace a gated share of the input: y = g · relu(W x + b) + (1 − g) · x, g = σ(W' x + b').

    Paper: Srivastava, Greff and Schmidhuber, 2015, arXiv:1505.00387, equation 3 (g is T there).
    Differs from the paper: nothing. ELMo's weight files call the gate g "carry" although it
    multiplies the part that is *not* carried; AllenNLP's layer holds −g's weights instead.
    Raises: ValueError when d_model is below 1.
    """

    def __init__(self, d_model: int) -> None:
        super().__init__()
        if d_model < 1:
            raise ValueError(f"d_model must be 1 or more, received {d_model}")
        self.transform_proj = nn.Linear(d_model, d_model)
        self.gate_proj = nn.Linear(d_model, d_model)
        nn.init.constant_(self.gate_proj.bias, GATE_BIAS)

    def forward(self, x: Float[Tensor, "*N D"]) -> Float[Tensor, "*N D"]:
        """Return the mixture of the input and of what the layer makes of it."""
        gate = torch.sigmoid(self.gate_proj(x))
        return gate * F.relu(self.transform_proj(x)) + (1 - gate) * x
