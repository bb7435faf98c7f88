"""Where a word stands. Axes: T places, D d_model, H heads, K numbers a head.

Added to the vectors: `LearnedPositions`, `sinusoidal`. Added to the scores: `relative_buckets` (T5,
a learned number a bucket), `alibi`. Turning queries and keys: `rotary`;
`rotation` turns many by the same angles.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class LearnedPositions(nn.Module):
    """Add to each place a vector that is learned for it.

    Paper: Gehring et al., 2017, arXiv:1705.03122, section 3.1; BERT and GPT-2 do the same.
    It knows nothing of places beyond max_len, and nothing of a place that training never saw.
    Raises: ValueError for a size below 1.
    """

    def __init__(self, max_len: int, d_model: int) -> None:
        super().__init__()
        if max_len < 1 or d_model < 1:
            raise ValueError(f"sizes must be 1 or more, received {max_len} and {d_model}")
        self.weight = nn.Parameter(torch.randn(max_len, d_model) * 0.02)

    def forward(self, x: Float[Tensor, "*N T D"], start: int = 0) -> Float[Tensor, "*N T D"]:
        """Return x with the vectors of places start, start + 1, … added.

        Raises: ValueError where a place lies beyond the last one that has a vector.
        """
        T = x.shape[-2]
        if start < 0 or start + T > len(self.weight):
            raise ValueError(
                f"there are vectors for places 0 to {len(self.weight) - 1}, received places "
                f"{start} to {start + T - 1}: make max_len larger or the text shorter"
            )
        return x + self.weight[start : start + T]


def sinusoidal(max_len: int, d_model: int) -> Float[Tensor, "T D"]:
    """Return the table of sines and cosines: D / 2 hands of a clock, each slower than the last.

    Numbers 2i and 2i + 1 of place p are sin(p ω_i) and cos(p ω_i), ω_i = 10000^(−2i / D). A shift
    by n places turns each pair by n ω_i, wherever it starts.

    Paper: Vaswani et al., 2017, arXiv:1706.03762, section 3.5.
    Raises: ValueError for an odd d_model, whose last number would have no partner.
    """
    if d_model < 2 or d_model % 2:
        raise ValueError(f"d_model must be even: sines and cosines in pairs; received {d_model}")
    places = torch.arange(max_len, dtype=torch.float64)[:, None]
    speeds = 10_000.0 ** (-torch.arange(0, d_model, 2, dtype=torch.float64) / d_model)
    angles = places * speeds  # (T, D / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()


def relative_buckets(
    relative_position: Int[Tensor, "*N"],
    bidirectional: bool = True,
    n_buckets: int = 32,
    max_distance: int = 128,
) -> Int[Tensor, "*N"]:
    """Return the bucket of each distance: near ones have their own, far ones share.

    Half of the buckets (of a direction) hold one distance each, the others grow by equal factors up
    to max_distance; what lies beyond is in the last one.

    relative_position: key place minus query place.
    bidirectional: half of the buckets for keys ahead; without it all keys ahead are in bucket 0.

    Paper: Raffel et al., 2020, arXiv:1910.10683, section 2.1, which gives the numbers; the rule is
    that of the authors' code.
    Raises: ValueError for too few buckets, or a max_distance that the near ones reach already.
    """
    per_side = n_buckets // 2 if bidirectional else n_buckets
    n_exact = per_side // 2
    if n_exact < 1 or max_distance <= n_exact:
        raise ValueError(
            f"n_buckets must be at least {4 if bidirectional else 2} and max_distance above "
            f"{n_exact}, received {n_buckets} and {max_distance}"
        )
    if bidirectional:
        first = (relative_position > 0).long() * per_side
        distance = relative_position.abs()
    else:
        first = torch.zeros_like(relative_position, dtype=torch.long)
        distance = (-relative_position).clamp(min=0)
    # subtle: 32-bit logarithms in this order, or a distance at a border changes its bucket
    steps = torch.log(distance.clamp(min=1).float() / n_exact) / math.log(max_distance / n_exact)
    far = n_exact + (steps * (per_side - n_exact)).long()
    far = far.clamp(max=per_side - 1)
    return first + torch.where(distance < n_exact, distance, far)


def rotary(
    x: Float[Tensor, "*N T K"],
    positions: Int[Tensor, "*#N T"],
    base: float = 10_000.0,
    interleaved: bool = False,
) -> Float[Tensor, "*N T K"]:
    """Turn each pair of numbers by an angle that grows with the place.

    Pair i of place p turns by p ω_i, ω_i = base^(−2i / K). The product of a turned query and a
    turned key depends on the difference of their places alone.

    interleaved: which numbers make a pair. True, as in the paper: neighbours 2i and 2i + 1. False,
    as in GPT-NeoX and in transformers' llama: i and i + K / 2. One is the other with its K numbers
    in another order, so that weights change layout by a permutation of the projection's rows
    (`rotary_order`).

    Paper: Su et al., 2021, arXiv:2104.09864, equation 34.
    Differs from the paper: nothing; angles are computed in 32 bits, as published models do.
    Raises: ValueError for an odd K.
    """
    return rotation(positions.to(x.device), x.shape[-1], base, interleaved)(x)


def rotation(
    positions: Int[Tensor, "*M T"],
    n_numbers: int,
    base: float = 10_000.0,
    interleaved: bool = False,
) -> Callable[[Tensor], Tensor]:
    """Return what turns any (*N, T, K) as `rotary` does; the angles are computed once.

    positions: their leading axes broadcast to N. n_numbers: K.

    Raises: ValueError for an odd K.
    """
    K = n_numbers
    if K % 2:
        raise ValueError(f"the numbers of a head turn in pairs: K must be even, received {K}")
    speeds = 1.0 / base ** (torch.arange(0, K, 2, device=positions.device).float() / K)
    angles = positions[..., None].float() * speeds  # (*M, T, K / 2)
    cos, sin = angles.cos(), angles.sin()
    if interleaved:
        cos, sin = cos.repeat_interleave(2, dim=-1), torch.stack([-sin, sin], dim=-1).flatten(-2)
    else:
        cos, sin = torch.cat([cos, cos], dim=-1), torch.cat([-sin, sin], dim=-1)

    def turn(x: Float[Tensor, "*N T K"]) -> Float[Tensor, "*N T K"]:
        if interleaved:
            partner = x.unflatten(-1, (-1, 2)).flip(-1).flatten(-2)
        else:
            partner = x.roll(K // 2, -1)
        c, s = (cos, sin) if x.dtype == cos.dtype else (cos.to(x.dtype), sin.to(x.dtype))
        return torch.addcmul(x * c, partner, s)

    return turn


def rotary_order(n_numbers: int) -> Int[Tensor, " K"]:
    """Return the order that turns the layout of neighbours into the layout of halves.

    `rotary(x[..., order], p)` equals `rotary(x, p, interleaved=True)[..., order]`.
    """
    return torch.cat([torch.arange(0, n_numbers, 2), torch.arange(1, n_numbers, 2)])


def alibi_slopes(n_heads: int) -> Float[Tensor, " H"]:
    """Return how steeply each head's scores fall with distance: 2^(−8/H), 2^(−16/H), …, 2^(−8).

    Where H is no power of two, the slopes of the next lower power come first, then every second one
    of the next higher power, as many as are missing: the authors' rule.

    Paper: Press, Smith and Lewis, 2022, arXiv:2108.12409, section 3; the rule for other numbers of
    heads is in its code.
    Raises: ValueError for n_heads below 1.
    """
    if n_heads < 1:
        raise ValueError(f"n_heads must be 1 or more, received {n_heads}")

    def powers(n: int) -> list[float]:
        return [2 ** (-8 * (i + 1) / n) for i in range(n)]

    lower = 2 ** (n_heads.bit_length() - 1)
    return torch.tensor(powers(lower) + powers(2 * lower)[0::2][: n_heads - lower])


def alibi(n_heads: int, T: int, S: int | None = None) -> Float[Tensor, "H T S"]:
    """Return what ALiBi adds to the scores: minus slope times distance.

    The last query stands at the last key (compare `masks.causal`). Keys ahead get the same penalty
    as keys as far behind; the paper's models hide them.
    """
    S = T if S is None else S
    queries = torch.arange(S - T, S)
    distance = (torch.arange(S) - queries[:, None]).abs()  # (T, S)
    return -alibi_slopes(n_heads)[:, None, None] * distance
