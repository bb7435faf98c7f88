"""Normalisation. Axes: B batch, T positions, D d_model; `*N` any leading axes.

Layer normalisation and its two relatives, each with the backward pass written out. The statistics
are taken in two steps, mean first: E[x²] − E[x]² loses everything where x is far from zero.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd import Function
from torch.nn import functional as F


class LayerNorm(nn.Module):
    """Give each vector mean 0 and standard deviation 1, then a learned scale and shift.

    y = weight · (x − mean) / √(variance + eps) + bias, over the D numbers of each place alone.

    Paper: Ba, Kiros and Hinton, 2016, arXiv:1607.06450, equation 4.
    Differs from the paper: eps, inside the root as in every framework. The variance divides by D.
    fused: let torch's kernel compute the same.
    Raises: ValueError when d_model is below 1 or eps is negative.
    """

    def __init__(self, d_model: int, eps: float = 1e-5, fused: bool = False) -> None:
        super().__init__()
        _check(d_model, eps)
        self.eps = eps
        self.fused = fused
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))

    def forward(self, x: Float[Tensor, "*N D"]) -> Float[Tensor, "*N D"]:
        """Normalise each vector by itself."""
        if self.fused:
            return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)
        return _Normalise.apply(x, self.eps, True) * self.weight + self.bias

    @classmethod
    def from_torch(cls, theirs: nn.LayerNorm, fused: bool = False) -> "LayerNorm":
        """Return the same layer with the weights of torch's module; missing ones are 1 and 0.

        Raises: ValueError for a module that normalises over more than the last axis.
        """
        if len(theirs.normalized_shape) != 1:
            raise ValueError(f"one axis is normalised here, received {theirs.normalized_shape}")
        ours = cls(theirs.normalized_shape[0], theirs.eps, fused)
        with torch.no_grad():
            for name, own in ours.named_parameters():
                if (other := getattr(theirs, name, None)) is not None:
                    own.data = other.detach().clone()
        return ours.train(theirs.training)


class RmsNorm(nn.Module):
    """Divide each vector by the root of its mean square, then a learned scale: no mean, no shift.

    y = weight · x / √(mean(x²) + eps).

    Paper: Zhang and Sennrich, 2019, arXiv:1910.07467, equation 4.
    Differs from the paper: eps, inside the root.
    fused: let torch compute the same.
    Raises: ValueError when d_model is below 1 or eps is negative.
    """

    def __init__(self, d_model: int, eps: float = 1e-5, fused: bool = False) -> None:
        super().__init__()
        _check(d_model, eps)
        self.eps = eps
        self.fused = fused
        self.weight = nn.Parameter(torch.ones(d_model))

    def forward(self, x: Float[Tensor, "*N D"]) -> Float[Tensor, "*N D"]:
        """Scale each vector by itself."""
        if self.fused:
            return F.rms_norm(x, self.weight.shape, self.weight, self.eps)
        return _Normalise.apply(x, self.eps, False) * self.weight


class BatchNorm(nn.Module):
    """Give each of the D numbers mean 0 and deviation 1 over all places of the batch.

    In training the statistics are the batch's own, padding and all; in eval mode they are running
    averages of what training saw. A vector's result depends on the others it comes with.

    Paper: Ioffe and Szegedy, 2015, arXiv:1502.03167, algorithms 1 and 2.
    Differs from the paper: running averages by momentum, with the unbiased variance, as in torch.
    Raises: ValueError when d_model is below 1 or eps is negative, and in training for one place.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, d_model: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        _check(d_model, eps)
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(d_model))
        self.bias = nn.Parameter(torch.zeros(d_model))
        self.register_buffer("running_mean", torch.zeros(d_model))
        self.register_buffer("running_var", torch.ones(d_model))

    def forward(self, x: Float[Tensor, "*N D"]) -> Float[Tensor, "*N D"]:
        """Normalise each number over the whole batch, or by what training saw."""
        if not self.training:
            inverse = torch.rsqrt(self.running_var + self.eps)
            return (x - self.running_mean) * inverse * self.weight + self.bias
        rows = x.flatten(0, -2)  # (N, D)
        if len(rows) < 2:
            raise ValueError("the variance of a batch needs two places or more, received one")
        with torch.no_grad():
            self.running_mean.lerp_(rows.mean(dim=0), self.momentum)
            self.running_var.lerp_(rows.var(dim=0), self.momentum)
        normal = _Normalise.apply(rows.mT, self.eps, True).mT.unflatten(0, x.shape[:-1])
        return normal * self.weight + self.bias


class _Normalise(Function):
    """x̂ = (x − mean) / √(variance + eps) along the last axis; without the mean, x / rms.

    Backward: each x̂_i depends on x_i directly, and on every x_j through mean and deviation. With g
    the gradient of x̂ and s the deviation,

        ∂L/∂x = (g − mean(g) − x̂ · mean(g · x̂)) / s,

    and without mean(g) where no mean was taken away. Half types are computed in 32 bits.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, eps: float, centred: bool) -> Tensor:
        wide = x if x.dtype in (torch.float32, torch.float64) else x.float()
        if centred:
            wide = wide - wide.mean(dim=-1, keepdim=True)
        inverse = torch.rsqrt(wide.square().mean(dim=-1, keepdim=True) + eps)  # 1 / s
        normal = wide * inverse
        ctx.save_for_backward(normal, inverse)
        ctx.centred = centred
        return normal.to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Tensor, None, None]:
        normal, inverse = ctx.saved_tensors
        g = grads[0].to(normal.dtype)
        through_scale = normal * (g * normal).mean(dim=-1, keepdim=True)
        if ctx.centred:
            g = g - g.mean(dim=-1, keepdim=True)
        return ((g - through_scale) * inverse).to(grads[0].dtype), None, None


def _check(d_model: int, eps: float) -> None:
    if d_model < 1:
        raise ValueError(f"d_model must be 1 or more, received {d_model}")
    if eps < 0:
        raise ValueError(f"eps must be 0 or more, received {eps}")
