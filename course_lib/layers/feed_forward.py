"""What a block does with each place by itself. Axes: D d_model, F d_ff; `*N` any leading axes."""

from functools import partial

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

ACTIVATIONS = {
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu_tanh": partial(F.gelu, approximate="tanh"),  # GPT-2's, within 5e-4 of the exact one
    "silu": F.silu,
}


class FeedForward(nn.Module):
    """Two linear layers with an activation between them: W₂ act(W₁ x + b₁) + b₂.

    biases: whether there are b₁ and b₂ (T5 has none).

    Paper: Vaswani et al., 2017, arXiv:1706.03762, equation 2 (ReLU); Hendrycks and Gimpel, 2016,
    arXiv:1606.08415 (GELU: x · Φ(x), exact, or by their approximation with tanh).
    Raises: ValueError for a size below 1 or another activation.
    """

    def __init__(
        self, d_model: int, d_ff: int, activation: str = "relu", biases: bool = True
    ) -> None:
        super().__init__()
        _check(d_model, d_ff, activation)
        self.activation = activation
        self.hidden_proj = nn.Linear(d_model, d_ff, biases)
        self.output_proj = nn.Linear(d_ff, d_model, biases)

    def forward(self, x: Float[Tensor, "*N D"]) -> Float[Tensor, "*N D"]:
        """Change each vector by itself."""
        return self.output_proj(ACTIVATIONS[self.activation](self.hidden_proj(x)))


class GatedFeedForward(nn.Module):
    """A gate decides how much of each hidden number passes: W₂ (act(W x) · V x), no biases.

    Paper: Shazeer, 2020, arXiv:2002.05202, equation 6. T5 1.1 takes the GELU, llama the silu.
    With a third matrix d_ff is usually two thirds of what a FeedForward has.
    Raises: ValueError for a size below 1 or another activation.
    """

    def __init__(self, d_model: int, d_ff: int, activation: str = "gelu") -> None:
        super().__init__()
        _check(d_model, d_ff, activation)
        self.activation = activation
        self.gate_proj = nn.Linear(d_model, d_ff, bias=False)
        self.hidden_proj = nn.Linear(d_model, d_ff, bias=False)
        self.output_proj = nn.Linear(d_ff, d_model, bias=False)

    def forward(self, x: Float[Tensor, "*N D"]) -> Float[Tensor, "*N D"]:
        """Change each vector by itself."""
        gate = ACTIVATIONS[self.activation](self.gate_proj(x))
        return self.output_proj(gate * self.hidden_proj(x))


class SwiGlu(GatedFeedForward):
    """The gated one with silu, which is Swish with β = 1."""

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__(d_model, d_ff, "silu")


def _check(d_model: int, d_ff: int, activation: str) -> None:
    if d_model < 1 or d_ff < 1:
        raise ValueError(f"d_model and d_ff must be 1 or more, received {d_model} and {d_ff}")
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation is one of {', '.join(ACTIVATIONS)}, received {activation!r}")
