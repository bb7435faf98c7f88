"""The head that guesses masked words, and its loss. Axes: B batch, T places, D d_model, V words.

`*N` stands for any leading axes.
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from course_lib.layers.feed_forward import ACTIVATIONS
from course_lib.layers.layer_norm import LayerNorm
from course_lib.models.text_encoder_config import TextEncoderConfig


class MaskedWordHead(nn.Module):
    """Score each word of the vocabulary: one more layer, then products with the table of words.

    Paper: Devlin et al., 2019, arXiv:1810.04805, section 3.1, task 1; the layer and the bias stand
    in its code alone.
    """

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.activation = config.activation
        self.hidden_proj = nn.Linear(config.d_model, config.d_model)
        self.norm = LayerNorm(config.d_model, config.eps, fused=True)
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(
        self, hidden: Float[Tensor, "*N D"], table: Float[Tensor, "V D"]
    ) -> Float[Tensor, "*N V"]:
        """Return logits. table: the vectors of the words, shared with where they are read."""
        x = ACTIVATIONS[self.activation](self.hidden_proj(hidden))
        return F.linear(self.norm(x), table, self.bias)

    def loss(
        self,
        hidden: Float[Tensor, "B T D"],
        table: Float[Tensor, "V D"],
        logits: Float[Tensor, "B T V"],
        labels: Int[Tensor, "B T"],
    ) -> Float[Tensor, ""]:
        """Return the mean cross-entropy in nats, over the places whose label is not −100.

        logits: what `forward` made of hidden.
        """
        is_asked = labels != -100
        if 2 * int(is_asked.sum()) < is_asked.numel():
            # few are asked for: to score them once more costs less than the way back through all
            logits = self(hidden[is_asked], table)
        elif is_asked.all():
            logits = logits.flatten(0, 1)
        else:
            logits = logits[is_asked]
        return _CrossEntropy.apply(logits, labels[is_asked])


class _CrossEntropy(Function):
    """The mean of −log p of each row's label, and on the way back p less 1 at the label.

    torch's own fills a tensor with zeros for the gradient of log p, and reads and writes as much
    once more; of 4,000 words and 512 places it takes twice the time.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, labels: Tensor) -> Tensor:
        log_p = logits.log_softmax(dim=-1)
        ctx.save_for_backward(log_p, labels)
        return -log_p.gather(-1, labels[:, None]).mean()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Any) -> tuple[Tensor, None]:
        log_p, labels = ctx.saved_tensors
        grad = log_p.exp()
        grad[torch.arange(len(labels), device=labels.device), labels] -= 1
        return grad.mul_(grads[0] / len(labels)), None
