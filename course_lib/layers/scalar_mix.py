"""One vector from the vectors of several layers. Axes: L layers, B batch, T positions, D width."""

from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

NORM_EPS = 1e-12


class ScalarMix(nn.Module):
    """Average layers with learned weights: γ Σ_l softmax(w)_l x_l.

    Paper: Peters et al., 2018, arXiv:1802.05365, equation 1.
    Differs from the paper: nothing. With `layer_norm`, which the paper mentions and leaves open,
    each layer is normalised as AllenNLP does it: one mean and one variance over all positions that
    the mask keeps and all D numbers of the whole batch, so that a sentence's vectors depend on the
    batch it came in.
    Raises: ValueError when n_layers is below 1, or `initial` has another length.
    """

    def __init__(
        self, n_layers: int, *, layer_norm: bool = False, initial: Sequence[float] | None = None
    ) -> None:
        """Start from equal weights and γ = 1.

        initial: the numbers w before the softmax, if not all 0.
        """
        super().__init__()
        if n_layers < 1:
            raise ValueError(f"n_layers must be 1 or more, received {n_layers}")
        if initial is not None and len(initial) != n_layers:
            raise ValueError(f"initial must have {n_layers} numbers, received {len(initial)}")
        self.layer_norm = layer_norm
        self.scores = nn.Parameter(
            torch.tensor([float(w) for w in initial] if initial else [0.0] * n_layers)
        )
        self.gamma = nn.Parameter(torch.ones(()))

    @property
    def weights(self) -> Float[Tensor, " L"]:
        """The layers' shares; they sum to 1."""
        return self.scores.softmax(dim=0)

    def forward(
        self, layers: Float[Tensor, "L B T D"], is_token: Bool[Tensor, "B T"] | None = None
    ) -> Float[Tensor, "B T D"]:
        """Mix the layers.

        is_token: which positions count for the normalisation; needed for that alone.

        Raises: ValueError when there are not n_layers of them, or layer_norm lacks its mask.
        """
        if len(layers) != len(self.scores):
            raise ValueError(f"expected {len(self.scores)} layers, received {len(layers)}")
        if self.layer_norm:
            if is_token is None:
                raise ValueError("layer_norm needs is_token: which positions are no padding")
            layers = _normalise(layers, is_token)
        return self.gamma * torch.einsum("l,lbtd->btd", self.weights, layers)


def _normalise(layers: Tensor, is_token: Tensor) -> Tensor:
    mask = is_token[None, :, :, None].to(layers.dtype)
    n = mask.sum() * layers.shape[-1]
    mean = (layers * mask).sum(dim=(1, 2, 3), keepdim=True) / n
    variance = ((layers - mean) * mask).square().sum(dim=(1, 2, 3), keepdim=True) / n
    return (layers - mean) / torch.sqrt(variance + NORM_EPS)
