"""The neural n-gram model: vectors of the last words, one hidden layer, a score for each word.

Axes: B examples, C = order − 1 words of context, D d_model, V words that can be predicted.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.embedding import Embedding
from course_lib.layers.modes import evaluating


@dataclass(frozen=True, kw_only=True)
class NeuralNgramConfig:
    """Sizes of the model.

    vocab_size: words that can be predicted, `</s>` among them; `<s>` gets the id behind them.
    order: words read and the word predicted, together.
    d_model: numbers in a word's vector; d_hidden: units of the hidden layer.
    direct: connect the vectors with the scores directly, too.
    dropout: share of hidden units dropped in training.
    """

    vocab_size: int
    order: int = 5
    d_model: int = 60
    d_hidden: int = 100
    direct: bool = False
    dropout: float = 0.0

    def __post_init__(self) -> None:
        for name in ("vocab_size", "d_model", "d_hidden"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, received {getattr(self, name)}")
        if self.order < 2:
            raise ValueError(f"order must be 2 or more, received {self.order}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be at least 0 and below 1, received {self.dropout}")


class NeuralNgram(nn.Module):
    """Score the next word from the vectors of the last ones: y = b + W x + U tanh(d + H x).

    x is the concatenation of the vectors of the C words before.

    Paper: Bengio et al. 2003, section 2, equation 1 (names U, H, W, b, d and C as there; C is
    `embedding` here).
    Differs from the paper: `<s>` has a vector and no score, since it is never predicted; dropout on
    the hidden layer is ours, and off unless asked for.
    """

    def __init__(self, config: NeuralNgramConfig) -> None:
        super().__init__()
        self.config = config
        width = (config.order - 1) * config.d_model
        self.embedding = Embedding(config.vocab_size + 1, config.d_model)
        with torch.no_grad():
            self.embedding.weight.mul_(0.1)
        self.hidden_proj = nn.Linear(width, config.d_hidden)  # H and d
        self.output_proj = nn.Linear(config.d_hidden, config.vocab_size)  # U and b
        self.direct_proj = (
            nn.Linear(width, config.vocab_size, bias=False) if config.direct else None
        )
        if self.direct_proj is not None:
            nn.init.zeros_(self.direct_proj.weight)

    def forward(self, input_ids: Int[Tensor, "B C"]) -> Float[Tensor, "B V"]:
        """Return logits of the next word.

        input_ids: the C words before it, the nearest one last; `<s>` in the places before a
        sentence.

        Raises: ValueError where there are not order − 1 of them; IndexError for an id above V.
        """
        if input_ids.shape[1] != self.config.order - 1:
            raise ValueError(
                f"a context has {self.config.order - 1} words, received {input_ids.shape[1]}"
            )
        x = self.embedding(input_ids).flatten(1)  # (B, C · D)
        hidden = torch.tanh(self.hidden_proj(x))
        if self.config.dropout:
            hidden = F.dropout(hidden, self.config.dropout, self.training)
        logits = self.output_proj(hidden)
        return logits if self.direct_proj is None else logits + self.direct_proj(x)


@torch.no_grad()
def log_probs(
    model: nn.Module,
    contexts: Int[Tensor, "N C"] | Int[np.ndarray, "N C"],
    targets: Int[Tensor, " N"] | Int[np.ndarray, " N"],
    *,
    batch_size: int = 2048,
) -> NDArray[np.float64]:
    """Return the natural logarithm of each target's probability, in eval mode.

    Contexts and targets as `course_lib.text.ngrams.examples` makes them: the same words and the
    same `</s>` that a count model predicts, so that the perplexities compare.
    """
    contexts, targets = torch.as_tensor(contexts), torch.as_tensor(targets)
    pairs = zip(contexts.split(batch_size), targets.split(batch_size), strict=True)
    with evaluating(model):
        parts = [
            F.log_softmax(model(inputs), dim=1).gather(1, labels[:, None])[:, 0].double()
            for inputs, labels in pairs
        ]
    return torch.cat(parts).numpy()
