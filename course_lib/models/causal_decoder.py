"""What decoders alone have in common: GPT and llama differ in `hidden`, and share the rest.

Axes: B batch, T places, N rows, t places so far, D d_model, V vocabulary.
"""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.masks import causal, combine
from course_lib.models.attention_maps import attention_maps
from course_lib.models.cache import LayerCache
from course_lib.models.generation import generate
from course_lib.models.outputs import LanguageModelOutput


class CausalDecoder(nn.Module):
    """Score the next word at each place, and write on.

    A subclass has `config`, `embedding`, `layers` and `hidden`.
    """

    config: Any
    embedding: nn.Embedding
    layers: nn.ModuleList

    def forward(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        position_ids: Int[Tensor, "#B T"] | None = None,
        labels: Int[Tensor, "B T"] | None = None,
        output_hidden_states: bool = False,
        output_attentions: bool = False,
    ) -> LanguageModelOutput:
        """Return logits of the word after each place.

        attention_mask: (B, T), 0 where there is no word. position_ids: 0, 1, 2, … unless given;
        with padding in front of words that have learned positions they must be, as in `generate`.
        labels: the words themselves; the loss asks each for the next one, and skips −100.

        Raises: ValueError for more places than have positions, where they are learned.
        """
        states: list[Tensor] = []
        layers: list[Any] = list(self.layers) if output_attentions else []
        with attention_maps(layer.self_attention for layer in layers) as maps:
            hidden = self.hidden(input_ids, attention_mask, position_ids, states=states)
        logits = self.scores(hidden)
        loss = None
        if labels is not None:
            # the words are shifted here, so that the scores need not be copied
            wanted = F.pad(labels[:, 1:], (0, 1), value=-100)
            loss = F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=-100)
        return LanguageModelOutput(
            logits=logits,
            loss=loss,
            hidden_states=(*states[:-1], hidden) if output_hidden_states else None,
            attentions=tuple(maps) if output_attentions else None,
        )

    def hidden(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        position_ids: Int[Tensor, "#B T"] | None = None,
        *,
        caches: list[LayerCache] | None = None,
        states: list[Tensor] | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return what the blocks make of each place; `scores` compares it with the words.

        caches: one a layer; input_ids then holds the new places alone, attention_mask all (B, S).
        states: a list that gets what enters the first block and what leaves each.
        """
        raise NotImplementedError

    def scores(self, hidden: Float[Tensor, "*B D"]) -> Float[Tensor, "*B V"]:
        """Return logits of each word of the vocabulary."""
        return F.linear(hidden, self.embedding.weight)

    def generate(
        self,
        input_ids: Int[Tensor, "B T"],
        max_new_tokens: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        attention_mask: Tensor | None = None,
        use_cache: bool = True,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "B U"]:
        """Return the prompts with what was drawn behind them (`models.generation.generate`).

        attention_mask: (B, T), 0 for padding, which stands in front of shorter prompts.
        """
        step = NextWord(self, attention_mask, use_cache)
        return generate(
            step,
            input_ids,
            max_new_tokens,
            temperature,
            top_k,
            top_p,
            eos_id=self.config.eos_id,
            pad_id=getattr(self.config, "pad_id", None),
            generator=generator,
        )


class NextWord:
    """Scores of the word after each row, as searches and sampling ask for them.

    attention_mask: (N, t) of the prompts; what is drawn after them are words.
    use_cache: keep keys and values, so that a step computes the new places alone. Each call must
    then continue the rows of the one before.
    """

    def __init__(
        self, model: CausalDecoder, attention_mask: Tensor | None = None, use_cache: bool = True
    ) -> None:
        self.model = model
        self.words = attention_mask
        self.caches = [LayerCache() for _ in model.layers] if use_cache else None

    @torch.inference_mode()
    def __call__(self, ids: Int[Tensor, "N t"]) -> Float[Tensor, "N V"]:
        """Return logits."""
        n_seen = self.caches[0].n_places if self.caches else 0
        mask = positions = None
        if self.words is not None:
            new = ids.shape[1] - self.words.shape[1]
            mask = F.pad(self.words, (0, new), value=1)
            positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, n_seen:]
        hidden = self.model.hidden(ids[:, n_seen:], mask, positions, caches=self.caches)
        return self.model.scores(hidden[:, -1])

    def reorder(self, rows: Int[Tensor, " N"]) -> None:
        """Keep these rows of the batch, in this order; a row may be kept more than once."""
        if self.words is not None:
            self.words = self.words[rows]
        for cache in self.caches or ():
            cache.reorder(rows)


def decoder_mask(
    T: int, start: int, attention_mask: Tensor | None, device: torch.device
) -> Tensor | None:
    """Return which of `start` + T places the last T may look at; None where it is all.

    attention_mask: (B, start + T), 0 where there is no word.
    """
    ahead = causal(T, start + T).to(device) if T > 1 else None
    words = None if attention_mask is None else attention_mask.bool()[:, None, None, :]
    return combine(ahead, words)
