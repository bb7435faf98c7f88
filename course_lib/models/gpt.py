"""GPT, GPT-2 and GPT-3: blocks of chapter 9 under the mask of chapter 11, and nothing else.

Axes: B batch, T places, S places with those before, D d_model, H heads, V vocabulary.
"""

from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.layer_norm import LayerNorm
from course_lib.layers.masks import causal
from course_lib.models import published
from course_lib.models.attention_maps import attention_maps
from course_lib.models.cache import LayerCache
from course_lib.models.generation import generate
from course_lib.models.gpt_config import ARCHITECTURES, GptConfig, layout
from course_lib.models.outputs import LanguageModelOutput
from course_lib.models.transformer import EncoderLayer


class Gpt(nn.Module):
    """Score the next word at each place, from the words up to it.

    Paper: Radford et al., 2018 (GPT, post-norm) and 2019 (GPT-2, pre-norm with a norm at the end,
    section 2.3); Brown et al., 2020, arXiv:2005.14165, table 2.1.
    Differs from the paper: attention weights are not dropped in training; GPT-3's layers that look
    at a band of places by turns look at all.
    Raises: ValueError where sizes do not fit.
    """

    def __init__(self, config: GptConfig) -> None:
        super().__init__()
        self.config = config
        D = config.d_model
        self.embedding = nn.Embedding(config.vocab_size, D)
        self.positions = nn.Embedding(config.max_len, D)
        self.layers = nn.ModuleList(
            EncoderLayer(
                D,
                config.n_heads,
                config.d_ff or 4 * D,
                activation=config.activation,
                norm_first=config.norm_first,
                dropout=config.dropout,
                eps=config.eps,
                fused=True,
            )
            for _ in range(config.n_layers)
        )
        self.norm = LayerNorm(D, config.eps, fused=True) if config.norm_first else nn.Identity()
        self._initialise()

    def _initialise(self) -> None:
        """Draw weights as GPT-2's paper says: what adds to the sum of all parts is smaller."""
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                shrunk = (2 * self.config.n_layers) ** -0.5 if "output_proj" in name else 1.0
                nn.init.normal_(parameter, std=0.02 * shrunk)

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
        with padding in front the words' own positions must be, as `generate` does.
        labels: the words themselves; the loss asks each for the next one, and skips −100.

        Raises: ValueError for more places than have positions.
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
        T = input_ids.shape[1]
        start = caches[0].n_places if caches else 0
        if position_ids is None:
            position_ids = torch.arange(start, start + T, device=input_ids.device)[None]
        if start + T > self.config.max_len:
            raise ValueError(
                f"there are {self.config.max_len} positions, received a text of {start + T} places"
            )
        x = self.embedding(input_ids) + self.positions(position_ids)
        x = F.dropout(x, self.config.dropout, self.training)
        mask = causal(T, start + T).to(x.device) if T > 1 else None
        if attention_mask is not None:
            words = attention_mask.bool()[:, None, None, :]
            mask = words if mask is None else mask & words
        states = [] if states is None else states
        states.append(x)
        for i, layer in enumerate(self.layers):
            x = layer(x, mask, cache=caches[i] if caches else None)
            states.append(x)
        return self.norm(x)

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
            generator=generator,
        )

    def save_pretrained(self, folder: Path | str) -> None:
        """Write config.json and model.safetensors as transformers does."""
        published.save(self, folder, layout(self.config), self.config.to_published())


class NextWord:
    """Scores of the word after each row, as searches and sampling ask for them.

    model: a decoder with `layers`, `hidden` and `scores` as Gpt has them.
    attention_mask: (N, t) of the prompts; what is drawn after them are words.
    use_cache: keep keys and values, so that a step computes the new places alone. Each call must
    then continue the rows of the one before.
    """

    def __init__(
        self, model: Any, attention_mask: Tensor | None = None, use_cache: bool = True
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


def from_pretrained(folder: Path | str) -> Gpt:
    """Read a folder of GPT-2's files; the model comes in eval mode.

    Raises: CourseError where files are missing or do not fit; CorruptFileError for broken ones.
    """
    found = published.read_config(folder)
    published.architecture(found, ARCHITECTURES)
    with torch.device("meta"):  # no memory is filled before the weights are there
        model = Gpt(GptConfig.from_published(found))
    published.load(model, folder, layout(model.config))
    return model.eval()


def n_parameters(name: str) -> int:
    """Return how many weights a published size has, the shared table counted once.

    name: gpt, gpt2, gpt2-medium, gpt2-large, gpt2-xl, gpt3-small, gpt3-6.7b or gpt3-175b.

    Raises: UnknownNameError for another name.
    """
    with torch.device("meta"):  # shapes alone
        return sum(p.numel() for p in Gpt(GptConfig.named(name)).parameters())
