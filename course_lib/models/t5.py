"""T5: one model that reads a text and writes another, whatever the task.

Axes: B batch, S source places, T places that are written, D d_model, V vocabulary.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.masks import causal, combine
from course_lib.models import published
from course_lib.models.attention_maps import attention_maps
from course_lib.models.cache import LayerCache
from course_lib.models.generation import generate
from course_lib.models.outputs import TextToTextOutput
from course_lib.models.t5_blocks import T5Stack
from course_lib.models.t5_config import ARCHITECTURES, PREFIX, TABLES, T5Config, layout


class T5(nn.Module):
    """Read a source, then score each next word of what is written about it.

    Paper: Raffel et al., 2020, arXiv:1910.10683, section 2.1; T5 1.1: Shazeer, 2020,
    arXiv:2002.05202 (gated GELU), and the notes beside its weights (another table for the scores).
    Differs from the paper: attention weights and the numbers inside the feed-forward parts are not
    dropped in training.
    Raises: ValueError where sizes do not fit.
    """

    def __init__(self, config: T5Config) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.encoder = T5Stack(config, is_decoder=False)
        self.decoder = T5Stack(config, is_decoder=True)
        self.head = None if config.tied else nn.Linear(config.d_model, config.vocab_size, False)
        self._initialise()

    def _initialise(self) -> None:
        """Draw weights as the authors' code does (Mesh TensorFlow).

        What enters each product has length √(width); the weights shrink it to numbers around 1.
        The queries' are smaller by √d_head, the factor by which scores are not divided.
        """
        d_head = self.config.d_head
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2 and not parameter.is_meta:
                std = self.config.d_model**-0.5
                if name == "embedding.weight":
                    std = 1.0
                elif "query_proj" in name:
                    std *= d_head**-0.5
                elif "output_proj" in name:
                    std = parameter.shape[1] ** -0.5
                nn.init.normal_(parameter, std=std)

    def forward(
        self,
        input_ids: Int[Tensor, "B S"] | None = None,
        attention_mask: Tensor | None = None,
        decoder_input_ids: Int[Tensor, "B T"] | None = None,
        decoder_attention_mask: Tensor | None = None,
        encoder_outputs: Any = None,
        labels: Int[Tensor, "B T"] | None = None,
        output_hidden_states: bool = False,
        output_attentions: bool = False,
    ) -> TextToTextOutput:
        """Return logits of the word that stands at each place of the text that is written.

        attention_mask: (B, S), 0 where the source has no word; decoder_attention_mask: (B, T).
        decoder_input_ids: what was written before each place: the start mark, then the words.
        encoder_outputs: its first entry is taken for the encoder's output; no source is read then.
        labels: the words that should be written; decoder_input_ids are made of them unless given,
            and the loss skips −100.

        Raises: ValueError where there is nothing to read, or nothing to write.
        """
        if decoder_input_ids is None:
            if labels is None:
                raise ValueError("give labels or decoder_input_ids: there is nothing to write")
            decoder_input_ids = self.shift_right(labels)
        read: list[Tensor] = []
        written: list[Tensor] = []
        encoder: list[Any] = list(self.encoder.layers) if output_attentions else []
        decoder: list[Any] = list(self.decoder.layers) if output_attentions else []
        with (
            attention_maps(layer.self_attention for layer in encoder) as encoder_maps,
            attention_maps(layer.self_attention for layer in decoder) as decoder_maps,
            attention_maps(layer.cross_attention for layer in decoder) as cross_maps,
        ):
            if encoder_outputs is not None:
                memory = encoder_outputs[0]
            elif input_ids is not None:
                memory = self.encode(input_ids, attention_mask, states=read)
            else:
                raise ValueError("give input_ids or encoder_outputs: there is nothing to read")
            hidden = self.decode(
                decoder_input_ids, memory, attention_mask, decoder_attention_mask, states=written
            )
        logits = self.scores(hidden)
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
        return TextToTextOutput(
            logits=logits,
            loss=loss,
            encoder_last_hidden_state=memory,
            encoder_hidden_states=(tuple(read) or None) if output_hidden_states else None,
            decoder_hidden_states=tuple(written) if output_hidden_states else None,
            encoder_attentions=tuple(encoder_maps) or None,
            decoder_attentions=tuple(decoder_maps) or None,
            cross_attentions=tuple(cross_maps) or None,
        )

    def encode(
        self,
        input_ids: Int[Tensor, "B S"],
        attention_mask: Tensor | None = None,
        *,
        states: list[Tensor] | None = None,
    ) -> Float[Tensor, "B S D"]:
        """Return what the decoder looks at. states: as in T5Stack."""
        return self.encoder(self.embedding(input_ids), _words(attention_mask), states=states)

    def decode(
        self,
        decoder_input_ids: Int[Tensor, "B T"],
        memory: Float[Tensor, "B S D"],
        attention_mask: Tensor | None = None,
        decoder_attention_mask: Tensor | None = None,
        *,
        caches: list[LayerCache] | None = None,
        states: list[Tensor] | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return what the blocks make of each place; `scores` makes logits of it.

        caches: one a layer; decoder_input_ids then holds the new places alone.
        """
        T = decoder_input_ids.shape[1]
        start = caches[0].n_places if caches else 0
        ahead = causal(T, start + T).to(memory.device) if T > 1 else None
        return self.decoder(
            self.embedding(decoder_input_ids),
            combine(ahead, _words(decoder_attention_mask)),
            memory,
            _words(attention_mask),
            caches=caches,
            states=states,
        )

    def scores(self, hidden: Float[Tensor, "*N D"]) -> Float[Tensor, "*N V"]:
        """Return logits."""
        if self.config.scaled:
            hidden = hidden * self.config.d_model**-0.5
        return F.linear(hidden, (self.head or self.embedding).weight)

    def shift_right(self, labels: Int[Tensor, "B T"]) -> Int[Tensor, "B T"]:
        """Return what was written before each label: the start mark, then all labels but the last.

        Where a label is skipped (−100), pad_id was written.
        """
        before = F.pad(labels[:, :-1], (1, 0), value=self.config.start_id)
        return before.masked_fill(before == -100, self.config.pad_id)

    def generate(
        self,
        input_ids: Int[Tensor, "B S"],
        max_new_tokens: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        attention_mask: Tensor | None = None,
        use_cache: bool = True,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "B U"]:
        """Return what is written about each source, the start mark first (`models.generation`).

        attention_mask: (B, S), 0 for padding, on either side.
        """
        return generate(
            NextWord(self, input_ids, attention_mask, use_cache),
            input_ids.new_full((len(input_ids), 1), self.config.start_id),
            max_new_tokens,
            temperature,
            top_k,
            top_p,
            eos_id=self.config.eos_id,
            pad_id=self.config.pad_id,
            generator=generator,
        )

    def save_pretrained(self, folder: Path | str) -> None:
        """Write config.json and model.safetensors as transformers does."""
        published.save(self, folder, layout(self.config), self.config.to_published())


class NextWord:
    """Scores of the word after each row of what is written, as searches and sampling ask for them.

    The source is read once, here. attention_mask: (N, S), 0 for padding.
    use_cache: keep keys and values, so that a step computes the new places alone. Each call must
    then continue the rows of the one before.
    """

    @torch.no_grad()
    def __init__(
        self,
        model: T5,
        input_ids: Int[Tensor, "N S"],
        attention_mask: Tensor | None = None,
        use_cache: bool = True,
    ) -> None:
        self.model = model
        self.words = attention_mask
        self.memory = model.encode(input_ids, attention_mask)
        self.caches = [LayerCache() for _ in model.decoder.layers] if use_cache else None

    @torch.no_grad()
    def __call__(self, ids: Int[Tensor, "N t"]) -> Float[Tensor, "N V"]:
        """Return logits."""
        n_seen = self.caches[0].n_places if self.caches else 0
        hidden = self.model.decode(ids[:, n_seen:], self.memory, self.words, caches=self.caches)
        return self.model.scores(hidden[:, -1])

    def reorder(self, rows: Int[Tensor, " N"]) -> None:
        """Keep these rows of the batch, in this order; a row may be kept more than once."""
        self.memory = self.memory[rows]
        if self.words is not None:
            self.words = self.words[rows]
        for cache in self.caches or ():
            cache.reorder(rows)


def _words(attention_mask: Tensor | None) -> Tensor | None:
    """Let all attend to words, and to no padding."""
    return None if attention_mask is None else attention_mask.bool()[:, None, None, :]


def from_pretrained(folder: Path | str) -> T5:
    """Read a folder of T5's files; the model comes in eval mode.

    Raises: CourseError where files are missing or do not fit; CorruptFileError for broken ones.
    """
    found = published.read_config(folder)
    published.architecture(found, ARCHITECTURES)
    # subtle: the weights say whether there are two tables; config.json does so in old folders alone
    tied = published.is_tied(folder, TABLES, PREFIX)
    config = replace(T5Config.from_published(found), tied=tied)
    with torch.device("meta"):  # no memory is filled before the weights are there
        model = T5(config)
    published.load(model, folder, layout(config))
    return model.eval()


def n_parameters(name: str) -> int:
    """Return how many weights a published size has, the shared table counted once.

    name: t5-small, t5-base, t5-large, t5-3b or t5-11b. The paper (section 3.7) rounds these 60.5,
    222.9 and 737.7 million, 2.85 and 11.3 billion to 60, 220 and 770 million, 2.8 and 11 billion.
    770 million is what t5-large has with a second table for the scores.

    Raises: UnknownNameError for another name.
    """
    with torch.device("meta"):  # shapes alone
        return sum(p.numel() for p in T5(T5Config.named(name)).parameters())
