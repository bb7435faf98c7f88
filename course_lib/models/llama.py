"""The decoder of today: GPT with four parts of chapters 8 to 10 in place of four older ones.

RMSNorm for layer normalisation, rotary positions for learned ones, SwiGLU for GELU, keys and values
that groups of queries share; and no biases anywhere.

Axes: B batch, T places, S places with those before, D d_model, H heads, V vocabulary.
"""

from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.attention import MultiHeadAttention
from course_lib.layers.feed_forward import SwiGlu
from course_lib.layers.layer_norm import RmsNorm
from course_lib.layers.positional import rotation
from course_lib.models import llama_gguf, published
from course_lib.models.cache import LayerCache
from course_lib.models.causal_decoder import CausalDecoder, decoder_mask
from course_lib.models.llama_config import ARCHITECTURES, LlamaConfig, layout
from course_lib.models.transformer import EncoderLayer
from course_lib.text.bpe import BytePairTokenizer


class LlamaLayer(EncoderLayer):
    """A pre-norm block with today's parts; what it does with them is EncoderLayer's.

    Paper: Touvron et al., 2023, arXiv:2302.13971, section 2.2; shared keys: Ainslie et al., 2023,
    arXiv:2305.13245.
    Raises: ValueError where sizes do not fit.
    """

    def __init__(self, config: LlamaConfig) -> None:
        D, H, eps = config.d_model, config.n_heads, config.eps
        super().__init__(D, H, config.d_ff, norm_first=True)
        self.self_attention = MultiHeadAttention(
            D,
            H,
            fused=True,
            d_head=config.d_head,
            n_key_heads=config.n_key_heads,
            biases=False,
        )
        self.feed_forward = SwiGlu(D, config.d_ff)
        self.self_attention_norm = RmsNorm(D, eps, fused=True)
        self.feed_forward_norm = RmsNorm(D, eps, fused=True)


class Llama(CausalDecoder):
    """Score the next word at each place, from the words up to it.

    Paper: Touvron et al., 2023, arXiv:2302.13971, section 2.2. SmolLM2: Allal et al., 2025,
    arXiv:2502.02737.
    Differs from the paper: nothing. Rotary pairs lie K / 2 apart, as in published files.
    Raises: ValueError where sizes do not fit.
    """

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.config = config
        D = config.d_model
        self.embedding = nn.Embedding(config.vocab_size, D)
        self.layers = nn.ModuleList(LlamaLayer(config) for _ in range(config.n_layers))
        self.norm = RmsNorm(D, config.eps, fused=True)
        self.head = None if config.tied else nn.Linear(D, config.vocab_size, bias=False)
        self._initialise()

    def _initialise(self) -> None:
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)

    def hidden(
        self,
        input_ids: Int[Tensor, "B T"],
        attention_mask: Tensor | None = None,
        position_ids: Int[Tensor, "#B T"] | None = None,
        *,
        caches: list[LayerCache] | None = None,
        states: list[Tensor] | None = None,
    ) -> Float[Tensor, "B T D"]:
        """Return what the blocks make of each place (`CausalDecoder.hidden`)."""
        T = input_ids.shape[1]
        start = caches[0].n_places if caches else 0
        if position_ids is None:
            position_ids = torch.arange(start, start + T, device=input_ids.device)[None]
        d_head = self.config.d_head or self.config.d_model // self.config.n_heads
        # turned by the same angles in every layer and head
        rotate = rotation(position_ids[:, None], d_head, self.config.rotary_base)
        mask = decoder_mask(T, start, attention_mask, input_ids.device)
        x = self.embedding(input_ids)
        states = [] if states is None else states
        states.append(x)
        for i, layer in enumerate(self.layers):
            x = layer(x, mask, rotate=rotate, cache=caches[i] if caches else None)
            states.append(x)
        return self.norm(x)

    def scores(self, hidden: Float[Tensor, "*B D"]) -> Float[Tensor, "*B V"]:
        """Return logits of each word of the vocabulary."""
        return F.linear(hidden, (self.head or self.embedding).weight)

    def save_pretrained(self, folder: Path | str) -> None:
        """Write config.json and model.safetensors as transformers does."""
        published.save(self, folder, layout(self.config), self.config.to_published())


def from_pretrained(folder: Path | str) -> Llama:
    """Read a folder of llama's files; the model comes in eval mode.

    Raises: CourseError where files are missing or do not fit; CorruptFileError for broken ones.
    """
    found = published.read_config(folder)
    published.architecture(found, ARCHITECTURES)
    with torch.device("meta"):  # no memory is filled before the weights are there
        model = Llama(LlamaConfig.from_published(found))
    published.load(model, folder, layout(model.config))
    return model.eval()


def from_gguf(path: Path | str, *, single_digits: bool = False) -> tuple[Llama, BytePairTokenizer]:
    """Read model and tokenizer of one GGUF file, llama.cpp's format; packed weights become float32.

    single_digits: cut out every digit first, where the file asks for it (SmolLM2), as in training.
    transformers does not: its ids, and ours without this, are others where several spaces or line
    breaks stand before a digit, and the model finds such texts less likely.

    Raises: CourseError for a file of another kind, with what is read here (`llama_gguf`);
    CorruptFileError for a broken one.
    """
    file = llama_gguf.read(path)
    with torch.device("meta"):
        model = Llama(file.config())
    model.load_state_dict(file.weights(model, model.config), assign=True)
    return model.eval(), file.tokenizer(single_digits)


def n_parameters(name: str) -> int:
    """Return how many weights a published size has, a shared table counted once.

    name: smollm2-135m, llama-7b, llama-13b, llama-33b or llama-65b.

    Raises: UnknownNameError for another name.
    """
    with torch.device("meta"):  # shapes alone
        return sum(p.numel() for p in Llama(LlamaConfig.named(name)).parameters())
