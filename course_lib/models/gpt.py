"""GPT, GPT-2 and GPT-3: blocks of chapter 9 under the mask of chapter 11, and nothing else.

Axes: B batch, T places, S places with those before, D d_model, H heads, V vocabulary.
"""

from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.layer_norm import LayerNorm
from course_lib.models import published
from course_lib.models.cache import LayerCache
from course_lib.models.causal_decoder import CausalDecoder, decoder_mask
from course_lib.models.gpt_config import ARCHITECTURES, GptConfig, layout
from course_lib.models.transformer import EncoderLayer


class Gpt(CausalDecoder):
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
            elif name.endswith(".bias"):
                nn.init.zeros_(parameter)

    def hidden(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        position_ids: Int[Tensor, "#B T"] | None = None,
        *,
        caches: list[LayerCache] | None = None,
        states: list[Tensor] | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return what the blocks make of each place (`CausalDecoder.hidden`).

        Raises: ValueError for more places than have positions.
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
        mask = decoder_mask(T, start, attention_mask, x.device)
        states = [] if states is None else states
        states.append(x)
        for i, layer in enumerate(self.layers):
            x = layer(x, mask, cache=caches[i] if caches else None)
            states.append(x)
        return self.norm(x)

    def save_pretrained(self, folder: Path | str) -> None:
        """Write config.json and model.safetensors as transformers does."""
        published.save(self, folder, layout(self.config), self.config.to_published())


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
