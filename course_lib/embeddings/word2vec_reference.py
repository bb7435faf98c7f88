"""word2vec to be read: pairs, loss and training step, in torch.

Axes: P pairs of a batch, K words offered for each pair (the true one first), D numbers a word,
V vocabulary, W words in a window.
"""

from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.embeddings.word2vec_config import Word2VecConfig
from course_lib.layers.embedding import Embedding

Pair = tuple[list[int], int]  # words of the input side, and the word to be recognised


def pairs(sentence: list[int], config: Word2VecConfig, rng: np.random.Generator) -> Iterator[Pair]:
    """Yield what a sentence has to teach.

    Skip-gram: (the centre alone, one word around it), a pair for each word in the window.
    CBOW: (all words around the centre, the centre), once a centre.
    """
    for i, centre in enumerate(sentence):
        reach = int(rng.integers(1, config.window + 1)) if config.shrink_window else config.window
        around = sentence[max(0, i - reach) : i] + sentence[i + 1 : i + reach + 1]
        if config.algorithm == "skip-gram":
            yield from (([centre], context) for context in around)
        elif around:
            yield around, centre


def negative_sampling_loss(
    hidden: Float[Tensor, "P D"],
    offered: Float[Tensor, "P K D"],
    counts: Bool[Tensor, "P K"],
) -> Float[Tensor, ""]:
    """Return −log σ(h · o₀) − Σ log σ(−h · oₖ), summed over pairs, in nats.

    counts: False where a drawn word was the true one; it is left out.

    Paper: Mikolov et al. 2013b, equation 4.
    Differs from the paper: draws that give the true word are left out, as in word2vec.c.
    """
    scores = torch.einsum("pd,pkd->pk", hidden, offered)  # (P, K)
    is_true = torch.zeros_like(scores)
    is_true[:, 0] = 1
    return F.binary_cross_entropy_with_logits(
        scores, is_true, weight=counts.to(scores.dtype), reduction="sum"
    )


class Word2VecModel(nn.Module):
    """Two tables of vectors: one for words that are given, one for words to be recognised."""

    def __init__(self, vocab_size: int, d_model: int) -> None:
        """Draw the first table from ±1 / (2 D), as word2vec.c does; the second starts at zero."""
        super().__init__()
        self.inputs = Embedding(vocab_size, d_model, sparse=True)
        self.outputs = Embedding(vocab_size, d_model, sparse=True)
        nn.init.uniform_(self.inputs.weight, -0.5 / d_model, 0.5 / d_model)
        nn.init.zeros_(self.outputs.weight)

    def forward(
        self,
        given: Int[Tensor, "P W"],
        is_word: Bool[Tensor, "P W"],
        offered: Int[Tensor, "P K"],
    ) -> Float[Tensor, ""]:
        """Return the loss of a batch; offered[:, 0] are the true words.

        is_word: False where a window was filled up.

        Differs from word2vec.c, for CBOW: the gradient of a mean of W vectors is divided by W; the
        original forgets that (İrsoy et al. 2021, arXiv:2012.15332).
        """
        used = is_word.to(self.inputs.weight.dtype)
        shares = used / used.sum(dim=1, keepdim=True)  # (P, W)
        hidden = torch.einsum("pw,pwd->pd", shares, self.inputs(given))
        counts = offered != offered[:, :1]  # (P, K)
        counts[:, 0] = True
        return negative_sampling_loss(hidden, self.outputs(offered), counts)


def train_batch(
    model: Word2VecModel, batch: list[Pair], noise: Int[np.ndarray, "P N"], rate: float
) -> float:
    """Take one step of gradient descent on a batch; return its loss.

    noise: the words drawn for each pair.

    Differs from word2vec.c: all pairs of a batch see the same vectors, and their gradients add up.
    """
    widest = max(len(given) for given, _ in batch)
    rows = [given + [-1] * (widest - len(given)) for given, _ in batch]
    given = torch.tensor(rows)
    true = torch.tensor([word for _, word in batch])
    offered = torch.cat([true[:, None], torch.as_tensor(noise, dtype=torch.long)], dim=1)
    loss = model(given.clamp(min=0), given >= 0, offered)
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for table in (model.inputs.weight, model.outputs.weight):
            assert table.grad is not None
            table.add_(table.grad, alpha=-rate)
    return loss.item()
