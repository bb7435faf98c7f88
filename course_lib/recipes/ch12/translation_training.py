"""Training a translation model and judging it: the same loop for ours and for torch's.

Paper: Vaswani et al., 2017, arXiv:1706.03762, section 5 and 6.1.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from course_lib.data.sentence_pairs import Codec, EncodedPairs, Pairs
from course_lib.layers.masks import causal
from course_lib.layers.modes import evaluating
from course_lib.metrics.bleu import corpus_bleu
from course_lib.models.transformer import EncoderDecoder
from course_lib.models.translation import Transformer, TransformerConfig
from course_lib.models.translator import BEAM, Translator
from course_lib.seeding import seed_everything
from course_lib.training.loop import fit
from course_lib.training.losses import label_smoothed_cross_entropy
from course_lib.transfer.schedules import inverse_square_root

AVERAGED = 5  # last epochs


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """How a model is trained.

    warmup: steps to the highest rate. rises: without it that rate holds from the first step on.
    """

    epochs: int
    smoothing: float = 0.1
    warmup: int = 1_000
    rises: bool = True


class TeacherForced(nn.Module):
    """Takes source and target as one input, as the training loop gives them."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: tuple[Tensor, Tensor]) -> Tensor:
        """Return logits of each next word."""
        return self.model(*inputs)


class TorchTransformer(Transformer):
    """The same embeddings around `nn.Transformer`, which also drops weights and hidden numbers."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.theirs = nn.Transformer(
            config.d_model,
            config.n_heads,
            config.n_layers,
            config.n_layers,
            config.d_ff,
            config.dropout,
            config.activation,
            batch_first=True,
            norm_first=config.norm_first,
        )
        del self.stacks

    def forward(self, source_ids: Tensor, target_ids: Tensor) -> Tensor:
        """Return logits of the word after each target place."""
        hidden = source_ids == self.config.pad_id
        found = self.theirs(
            self._embed(self.source_embedding, source_ids),
            self._embed(self.target_embedding, target_ids),
            tgt_mask=~causal(target_ids.shape[1]),
            src_key_padding_mask=hidden,
            memory_key_padding_mask=hidden,
        )
        return self._logits(found)

    def as_ours(self) -> Transformer:
        """Return a model of ours with these weights, for its searches."""
        ours = Transformer(self.config)
        for name in ("source_embedding", "target_embedding", "output_embedding"):
            setattr(ours, name, getattr(self, name))
        ours.stacks = EncoderDecoder.from_torch(self.theirs, self.config.fused)
        return ours


def train(
    model: Transformer,
    data: EncodedPairs,
    valid: EncodedPairs | None,
    budget: TrainingPlan,
    *,
    seed: int,
    state: Path | None = None,
    progress: str | None = None,
) -> dict[str, Any]:
    """Train; return losses, where they are measured. The model ends with the best epoch's weights.

    valid: decides which epoch is best; without it the last one stands.
    state: where an interrupted run goes on from; the last epochs' weights lie beside it, and
    `averaged` reads them.
    """
    seed_everything(seed)
    config = model.config
    optimizer = torch.optim.Adam(model.parameters(), lr=1.0, betas=(0.9, 0.98), eps=1e-9)

    def rate(done: int) -> float:
        step = done + 1 if budget.rises else max(done + 1, budget.warmup)
        return inverse_square_root(step, config.d_model, budget.warmup)

    scheduler = LambdaLR(optimizer, rate)

    def evaluate(_: nn.Module) -> float:
        assert valid is not None
        if state is not None:
            keep_last(model, state, scheduler.last_epoch)
        return -valid_loss(model, valid)

    history = fit(
        TeacherForced(model),
        lambda epoch: data.batches(config.pad_id, f"{seed}:{epoch}"),
        optimizer=optimizer,
        epochs=budget.epochs,
        scheduler=scheduler,
        loss_fn=partial(
            label_smoothed_cross_entropy, smoothing=budget.smoothing, pad_id=config.pad_id
        ),
        evaluate=None if valid is None else evaluate,
        resume_from=state,
        progress=progress,
    )
    if not history.scores:
        return {}
    return {
        "valid_loss": {f"epoch_{i}": -score for i, score in enumerate(history.scores, 1)},
        "best_epoch": history.best_epoch + 1,
    }


def keep_last(model: nn.Module, state: Path, n_steps: int) -> None:
    """Write the weights beside the state, and forget all but the last ones."""
    state.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.detach().clone() for name, value in model.named_parameters()}
    save_file(tensors, state.parent / f"{state.stem}-step{n_steps:07d}.safetensors")
    for old in _kept(state)[:-AVERAGED]:
        old.unlink()


def _kept(state: Path) -> list[Path]:
    return sorted(state.parent.glob(f"{state.stem}-step*.safetensors"))


@torch.no_grad()
def averaged(model: nn.Module, state: Path) -> None:
    """Give the model the mean of the last epochs' weights, and delete their files."""
    files = _kept(state)
    found = [load_file(file) for file in files]
    for name, value in model.named_parameters():
        value.copy_(torch.stack([tensors[name] for tensors in found]).mean(dim=0))
    for file in files:
        file.unlink()


@torch.no_grad()
def valid_loss(model: Transformer, pairs: EncodedPairs) -> float:
    """Return nats a token, without smoothing."""
    total, n = 0.0, 0
    with evaluating(model):
        for inputs, targets in pairs.batches(model.config.pad_id, None):
            real = int((targets != model.config.pad_id).sum())
            loss = label_smoothed_cross_entropy(model(*inputs), targets, 0.0, model.config.pad_id)
            total, n = total + float(loss) * real, n + real
    return total / n


def judged(
    model: Transformer, pairs: Pairs, codec: Codec, beam_sizes: tuple[int, ...] = (1, BEAM)
) -> dict[str, Any]:
    """Return BLEU of greedy and beam search, as sacrebleu counts and in lower case."""
    translator, found = Translator(model, codec), dict[str, Any]()
    for beam_size in beam_sizes:
        texts = translator.translate(pairs.source, beam_size)
        name = "greedy" if beam_size == 1 else f"beam_{beam_size}"
        bleu = corpus_bleu(texts, [pairs.target])
        lower = corpus_bleu(texts, [pairs.target], lowercase=True)
        found[name] = bleu.score
        found[f"{name}_lower"] = lower.score
        found["signature"], found["signature_lower"] = bleu.signature, lower.signature
    return found
