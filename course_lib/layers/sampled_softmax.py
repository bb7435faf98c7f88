"""The loss of naming one word out of many, without ever holding all scores at once.

Axes: N places, D d_model, V vocabulary, K words that take part.

A softmax over 10,000 words is most of what a small language model costs: N × V scores are computed,
written to memory, read again for exp, sum and division, and once more on the way back. Two ways to
pay less, for the same table and the same network:

- block by block: scores of a few hundred places stay near the processor, and their gradients are
  taken before the next block overwrites them. The loss is exact;
- a sample: only K words take part in the sum, each weighed by how seldom it is drawn. The sum is
  right on average. Models are trained so, and judged by the exact loss.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from course_lib.layers.embedding import rows_of
from course_lib.layers.products import product_type
from course_lib.layers.row_parts import in_parts, summed

BLOCK = 256  # places whose scores are held at once


class WordSample(NamedTuple):
    """Words that stand for all words, each at most once, and the log of each one's chance."""

    ids: Int[Tensor, " K"]
    log_chance: Float[Tensor, " K"]


class WordSampler:
    """Draws words for a sampled softmax: frequent ones always, rare ones seldom.

    A word's chance grows with the root of its count and is 1 at most; the chances add up to `size`.
    The draw is systematic: chances laid end to end, a tick at every whole number from a random
    start, and the words under the ticks are taken. So all draws are equally large, no word comes
    twice, and each comes exactly as often as its chance says.

    Paper: Bengio and Senécal 2008 for the weights; Madow 1949 for the draw.
    Differs from the papers: one sample for all places of a batch; chances, not proposals, so that
    the sum is exact where every word's chance is 1.
    Raises: ValueError when size is not in 1 .. V, or a count is negative.
    """

    def __init__(self, counts: Int[Tensor, " V"], size: int, power: float = 0.5) -> None:
        """Compute the chances.

        counts: how often each word stands in the training text; one is added, so that none is 0.
        """
        if not 1 <= size <= len(counts):
            raise ValueError(f"size must lie in 1 .. {len(counts)}, received {size}")
        if counts.min() < 0:
            raise ValueError(f"counts must be 0 or more, received {int(counts.min())}")
        self.size = size
        self.chances = _chances((counts.double() + 1) ** power, size)
        self._ends = self.chances.cumsum(0)
        self._log_chances = self.chances.log().float()

    def draw(self) -> WordSample:
        """Draw words, with torch's own generator."""
        ticks = torch.rand(1, dtype=torch.double) + torch.arange(self.size)
        ids = torch.searchsorted(self._ends, ticks)
        # subtle: rounding may put the last tick behind the end, or two ticks on a certain word
        ids = ids.clamp(max=len(self._ends) - 1).unique_consecutive()
        return WordSample(ids, self._log_chances[ids])


def _chances(weights: Float[Tensor, " V"], size: int) -> Float[Tensor, " V"]:
    """Return min(1, a · weight) with that a for which they add up to `size`."""
    certain = torch.zeros(len(weights), dtype=torch.bool)
    while True:
        share = weights * (size - certain.sum()) / weights[~certain].sum()
        chances = share.masked_fill(certain, 1.0)
        if bool((certain == (chances >= 1)).all()):
            return chances
        certain = chances >= 1


def softmax_loss(
    x: Float[Tensor, "N D"],
    table: Float[Tensor, "V D"],
    bias: Float[Tensor, " V"],
    targets: Int[Tensor, " N"],
    sampler: WordSampler | None = None,
) -> Float[Tensor, ""]:
    """Return the mean of −log p(target), in nats, where p = softmax(x table.T + bias).

    With a sampler, the sum in the softmax's denominator is that of the target itself and of drawn
    words, each divided by its chance. Each block of places draws its own.

    Paper: blocks with gradients taken at once: Hsu et al. 2024, arXiv:2410.10989, section 3.2.
    Sample: Jean et al. 2015, arXiv:1412.2007, equation 6.
    Differs from the papers: the target is never among the words that stand for others.
    Returns: nats a place. With a sampler the denominator is right on average, and so its logarithm
    a little low.
    Raises: IndexError for a target outside 0 .. V - 1.
    """
    learns = torch.is_grad_enabled() and any(t.requires_grad for t in (x, table, bias))
    kind, x = product_type(table), x.to(table.dtype)
    if sampler is not None and sampler.size == len(table):
        sampler = None  # all words: nothing is left to chance
    with torch.autocast(x.device.type, enabled=False):
        return _Loss.apply(x, table, bias, targets, sampler, learns, kind)


class _Loss(torch.autograd.Function):
    """`softmax_loss` with its gradients, which are taken on the way forward."""

    @staticmethod
    def forward(ctx: Any, x, table, bias, targets, sampler, learns, kind):
        blocks = [slice(start, start + BLOCK) for start in range(0, len(x), BLOCK)]
        # subtle: drawn here, one after the other, so that no draw depends on the number of threads
        draws = [None if sampler is None else sampler.draw() for _ in blocks]
        own = rows_of(table, targets)  # (N, D)
        own_scores = (x * own).sum(dim=1, keepdim=True) + bias[targets, None]  # (N, 1)
        d_x, d_own = torch.empty_like(x), torch.empty_like(own_scores)

        def read(part: slice) -> list[Tensor]:
            """Return the summed loss of these blocks, and their gradients of table and bias."""
            total = x.new_zeros(())
            d_table, d_bias = torch.zeros_like(table), torch.zeros_like(bias)
            words = None
            for block, draw in zip(blocks[part], draws[part], strict=True):
                if words is None or draw is not None:
                    words = _Words(table, bias, kind, draw)
                inputs, own_score = x[block].to(kind), own_scores[block]
                scores = words.scores(inputs, targets[block])  # (n, K)
                highest = torch.maximum(scores.amax(dim=1, keepdim=True), own_score)
                others, itself = scores.sub_(highest).exp_(), (own_score - highest).exp()
                denominator = others.sum(dim=1, keepdim=True) + itself
                total += (denominator.log() + highest - own_score).sum()
                if learns:
                    p = others.div_(denominator)
                    words.add(d_bias, p.sum(dim=0))
                    p = p.to(kind)
                    words.add(d_table, (p.T @ inputs).to(x.dtype))
                    d_x[block] = (p @ words.rows).to(x.dtype)
                    d_own[block] = itself / denominator - 1
            return [total, d_table, d_bias]

        parts = in_parts(read, len(blocks), fewest=1 if x.device.type == "cpu" else len(blocks))
        total, d_table, d_bias = summed(parts)
        if learns:
            d_x.addcmul_(d_own, own)
            d_table.index_add_(0, targets, x * d_own)
            d_bias.index_add_(0, targets, d_own[:, 0])
            ctx.save_for_backward(d_x, d_table, d_bias)
        return total / len(x)

    @staticmethod
    def backward(ctx: Any, d_loss):  # type: ignore[override]
        d_x, d_table, d_bias = ctx.saved_tensors
        scale = d_loss / len(d_x)
        return d_x * scale, d_table * scale, d_bias * scale, None, None, None, None


class _Words:
    """The words that take part for a block of places: all of them, or a sample."""

    def __init__(
        self, table: Tensor, bias: Tensor, kind: torch.dtype, sample: WordSample | None = None
    ) -> None:
        self.ids, rows, self.offset = None, table, bias
        if sample is not None:
            self.ids, log_chance = (t.to(table.device) for t in sample)
            rows, self.offset = rows_of(table, self.ids), bias[self.ids] - log_chance
            self.places = torch.full((len(table),), -1, device=table.device)
            self.places[self.ids] = torch.arange(len(self.ids), device=table.device)
        self.rows = rows.to(kind)  # (K, D)
        self.turned = self.rows.T.contiguous()

    def scores(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """Return the scores of all words but each place's own, for which −∞ stands."""
        scores = (inputs @ self.turned).to(self.offset.dtype).add_(self.offset)
        places = targets if self.ids is None else self.places[targets]
        among = (places >= 0).nonzero()[:, 0]
        scores[among, places[among]] = -torch.inf
        return scores

    def add(self, to: Tensor, values: Tensor) -> None:
        """Add what these words got to what all words got."""
        if self.ids is None:
            to += values
        else:
            to.index_add_(0, self.ids, values)
