"""Attention. Axes: B batch, T queries, S keys, D d_model, H heads, K = D // H numbers a head.

Read in this order: `weighted_sum` has no weights to learn, `scaled_dot_product_attention` tells
queries, keys and values apart, `MultiHeadAttention` learns how to make them.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.masks import require_bool

Rotate = Callable[[Tensor], Tensor]


def weighted_sum(x: Float[Tensor, "*N T D"]) -> Float[Tensor, "*N T D"]:
    """Replace each vector by an average of all: y_i = Σ_j w_ij x_j, w_i = softmax_j(x_i · x_j).

    The weights are computed, not learned; they are 0 or more and sum to 1 for each i.

    Paper: none; the lecture's slide 38. Vaswani et al., 2017, with queries, keys and values the
    same and without the scale.
    """
    return (x @ x.mT).softmax(dim=-1) @ x


def masked_softmax(
    scores: Float[Tensor, "*N T S"], may_attend: Tensor | None
) -> Float[Tensor, "*N T S"]:
    """Turn scores into weights that sum to 1 over the keys a query may attend to.

    A query that may attend to nothing gets zeros, and its gradient is zero.
    """
    if may_attend is None:
        return scores.softmax(dim=-1)
    require_bool(may_attend)
    hidden = ~may_attend
    # subtle: −inf would make a row without keys 0/0; the lowest number makes it an average of
    # everything, which the second fill takes away
    weights = scores.masked_fill(hidden, torch.finfo(scores.dtype).min).softmax(dim=-1)
    return weights.masked_fill(hidden, 0.0)


def scaled_dot_product_attention(
    query: Float[Tensor, "*N T K"],
    key: Float[Tensor, "*M S K"],
    value: Float[Tensor, "*M S Z"],
    may_attend: Tensor | None = None,
    return_weights: bool = False,
    *,
    bias: Tensor | None = None,
    scale: float | None = None,
) -> Tensor | tuple[Tensor, Tensor]:
    """Return Σ_s w_ts value_s with w_t = softmax_s(query_t · key_s / √K + bias_ts).

    A query that may attend to nothing gives zeros, in values and gradients.

    may_attend: bool, True where a query may attend to a key; its axes broadcast to (..., T, S).
    bias: added to the scores before the softmax (T5's and ALiBi's positions); broadcasts as well.
    scale: what the products are multiplied by, where it is not 1/√K.

    Paper: Vaswani et al., 2017, arXiv:1706.03762, equation 1.
    Differs from the paper: the case of a query without keys, which is left open there.
    Returns: the output (..., T, Z), and the weights (..., T, S) after it where they are asked for.
    Raises: TypeError for a mask that is not bool.
    """
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    scores = (query * factor) @ key.mT  # (..., T, S)
    if bias is not None:
        scores = scores + bias
    weights = masked_softmax(scores, may_attend)
    output = weights @ value
    return (output, weights) if return_weights else output


class MultiHeadAttention(nn.Module):
    """Attend with H independent heads, all of them in one product.

    Paper: Vaswani et al., 2017, arXiv:1706.03762, section 3.2.2.
    Differs from the paper: the four projections have biases, as in torch and in most models since.
    A query that may attend to nothing leaves the heads as zeros, so that the output is the output
    projection's bias.
    fused: let torch's fused kernel do what lies between the projections. The numbers are the same;
    the weights are not available from it, so where they are asked for the explicit way is taken.
    d_head: numbers a head, where it is not D // H (T5).
    n_key_heads: heads of keys and values, where they are fewer, each shared by a group of queries
    (llama; Ainslie et al., 2023, arXiv:2305.13245).
    scale: of the products, where it is not 1/√K (T5: 1).
    biases: of the four projections (T5 and llama have none).
    Raises: ValueError when n_heads does not divide d_model, or n_key_heads does not divide n_heads.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        fused: bool = False,
        *,
        d_head: int | None = None,
        n_key_heads: int | None = None,
        scale: float | None = None,
        biases: bool = True,
    ) -> None:
        super().__init__()
        if n_heads < 1 or d_model < 1 or (d_head is None and d_model % n_heads):
            raise ValueError(f"d_model={d_model} must be divisible by n_heads={n_heads}")
        self.n_key_heads = n_heads if n_key_heads is None else n_key_heads
        if self.n_key_heads < 1 or n_heads % self.n_key_heads:
            raise ValueError(f"n_heads={n_heads} must be divisible by n_key_heads={n_key_heads}")
        self.n_heads = n_heads
        self.fused = fused
        self.scale = scale
        self.d_head = d_model // n_heads if d_head is None else d_head
        width, key_width = n_heads * self.d_head, self.n_key_heads * self.d_head
        self.query_proj = nn.Linear(d_model, width, biases)
        self.key_proj = nn.Linear(d_model, key_width, biases)
        self.value_proj = nn.Linear(d_model, key_width, biases)
        self.output_proj = nn.Linear(width, d_model, biases)
        for proj in (self.query_proj, self.key_proj, self.value_proj, self.output_proj):
            nn.init.xavier_uniform_(proj.weight)
            if biases:
                nn.init.zeros_(proj.bias)

    def forward(
        self,
        x: Float[Tensor, "B T D"],
        memory: Float[Tensor, "B S D"] | None = None,
        may_attend: Tensor | None = None,
        return_weights: bool = False,
        *,
        bias: Tensor | None = None,
        rotate: Rotate | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Let each place of x look at memory, or at x itself.

        may_attend: bool, True means may attend; broadcasts to (B, H, T, S).
        bias: added to the scores, (H, T, S) or what broadcasts to (B, H, T, S).
        rotate: turns queries and keys by their places (`course_lib.layers.positional.rotary`).

        Returns: (B, T, D), and the weights (B, H, T, S) after it where they are asked for.
        Raises: TypeError for a mask that is not bool.
        """
        key, value = self.keys_and_values(x if memory is None else memory, rotate)
        return self.attend(x, key, value, may_attend, return_weights, bias=bias, rotate=rotate)

    def keys_and_values(
        self, memory: Float[Tensor, "B S D"], rotate: Rotate | None = None
    ) -> tuple[Float[Tensor, "B G S K"], Float[Tensor, "B G S K"]]:
        """Return what a memory offers to be attended to; it is the same for every query.

        Shapes: G heads of keys and values, H unless fewer were asked for.
        """
        key = self._split_heads(self.key_proj(memory))
        return (key if rotate is None else rotate(key)), self._split_heads(self.value_proj(memory))

    def attend(
        self,
        x: Float[Tensor, "B T D"],
        key: Float[Tensor, "B G S K"],
        value: Float[Tensor, "B G S K"],
        may_attend: Tensor | None = None,
        return_weights: bool = False,
        *,
        bias: Tensor | None = None,
        rotate: Rotate | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Do what `forward` does, with keys and values that were made before."""
        query = self._split_heads(self.query_proj(x))  # (B, H, T, K)
        query = query if rotate is None else rotate(query)
        if self.fused and not return_weights:
            found = _fused(query, key, value, may_attend, bias, self.scale)
            return self.output_proj(_merge_heads(found))
        if self.n_key_heads < self.n_heads:
            group = self.n_heads // self.n_key_heads
            key, value = (x.repeat_interleave(group, dim=1) for x in (key, value))
        found, weights = scaled_dot_product_attention(
            query, key, value, may_attend, True, bias=bias, scale=self.scale
        )
        output = self.output_proj(_merge_heads(found))
        return (output, weights) if return_weights else output

    def _split_heads(self, x: Float[Tensor, "B L X"]) -> Float[Tensor, "B H L K"]:
        return x.unflatten(-1, (-1, self.d_head)).transpose(1, 2)

    @classmethod
    def from_torch(cls, theirs: nn.MultiheadAttention, fused: bool = False) -> "MultiHeadAttention":
        """Return the same attention with the weights of torch's module.

        Its dropout on weights is left out; it has none in eval mode. Ours is always batch first.

        Raises: ValueError for a module with other widths of keys and values, or with added rows.
        """
        if not theirs._qkv_same_embed_dim:
            raise ValueError(
                f"kdim={theirs.kdim} and vdim={theirs.vdim} must equal embed_dim={theirs.embed_dim}"
            )
        if theirs.bias_k is not None or theirs.add_zero_attn:
            raise ValueError(
                "add_bias_kv and add_zero_attn must be off: they add keys of their own"
            )
        weight, bias = theirs.in_proj_weight, theirs.in_proj_bias
        ours = cls(theirs.embed_dim, theirs.num_heads, fused).to(weight)
        rows = theirs.embed_dim
        with torch.no_grad():
            for i, proj in enumerate((ours.query_proj, ours.key_proj, ours.value_proj)):
                proj.weight.copy_(weight[i * rows : (i + 1) * rows])
                if bias is not None:
                    proj.bias.copy_(bias[i * rows : (i + 1) * rows])
            ours.output_proj.weight.copy_(theirs.out_proj.weight)
            if theirs.out_proj.bias is not None:
                ours.output_proj.bias.copy_(theirs.out_proj.bias)
        return ours.train(theirs.training)


def _merge_heads(x: Float[Tensor, "B H T K"]) -> Float[Tensor, "B T D"]:
    return x.transpose(1, 2).flatten(-2)


def _fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    may_attend: Tensor | None,
    bias: Tensor | None,
    scale: float | None,
) -> Tensor:
    if may_attend is not None:
        require_bool(may_attend)
        if may_attend.dim() < 2:  # torch's kernel asks for both axes
            may_attend = may_attend.expand(query.shape[-2], key.shape[-2])
    mask = may_attend
    if bias is not None:
        mask = bias.to(query.dtype)
        if may_attend is not None:
            # subtle: with −inf in a mask of numbers torch gives zeros for a row without keys, as
            # for bool
            mask = mask.masked_fill(~may_attend, -math.inf)
    shared = key.shape[1] < query.shape[1]
    return F.scaled_dot_product_attention(query, key, value, mask, scale=scale, enable_gqa=shared)
