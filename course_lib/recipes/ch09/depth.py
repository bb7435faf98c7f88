"""Chapter 9: how deep a stack can be trained, by where its norms stand, with and without warm-up.

Blocks of attention and feed-forward parts solve chapter 8's task with one key. Every way gets the
same steps and may choose between two rates; the best is shown, and all are written down.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.modes import evaluating
from course_lib.models.transformer import EncoderLayer
from course_lib.recipes.ch08.recall import N_KINDS, draw
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything

NAME = "ch09_depth"
SEEDS = [0, 1, 2]

NORMS = ("pre", "post", "none")
DEPTHS = [2, 6, 12]
RATES = [1e-3, 3e-3]
WARMUP = {"warm": 100, "cold": 0}
D_MODEL, N_HEADS, D_FF = 32, 4, 64
STEPS, BATCH, JUDGED = 300, 64, 2_000


class Stack(nn.Module):
    """Vectors for pairs and question, a stack of blocks, a score for each value."""

    def __init__(self, norm: str, depth: int) -> None:
        super().__init__()
        self.keys, self.values, self.asked = (nn.Embedding(N_KINDS, D_MODEL) for _ in range(3))
        layers = [
            EncoderLayer(D_MODEL, N_HEADS, D_FF, norm_first=norm != "post", fused=True)
            for _ in range(depth)
        ]
        if norm == "none":
            for layer in layers:
                layer.self_attention_norm = nn.Identity()  # type: ignore[assignment]
                layer.feed_forward_norm = nn.Identity()  # type: ignore[assignment]
        self.layers = nn.ModuleList(layers)
        self.norm = nn.LayerNorm(D_MODEL) if norm == "pre" else nn.Identity()
        self.classify = nn.Linear(D_MODEL, N_KINDS)

    def forward(self, keys: Tensor, values: Tensor, asked: Tensor) -> Tensor:
        """Return logits (B, kinds)."""
        x = torch.cat([self.keys(keys) + self.values(values), self.asked(asked)], dim=1)
        for layer in self.layers:
            x = layer(x)
        return self.classify(self.norm(x[:, -1]))


def gradient_norms(norm: str, depth: int, seed: int) -> list[float]:
    """Return the gradient's norm in each block's feed-forward part, before any training."""
    seed_everything(seed)
    model = Stack(norm, depth)
    *inputs, right = draw(BATCH, 1, torch.Generator().manual_seed(seed))
    F.cross_entropy(model(*inputs), right[:, 0]).backward()
    return [
        float(layer.feed_forward.hidden_proj.weight.grad.norm())  # type: ignore[union-attr]
        for layer in model.layers
    ]


def trained(norm: str, depth: int, warm: str, rate: float, seed: int) -> dict[str, float]:
    """Train one stack; return the share of right answers, 0 to 1; 0 where the loss broke down."""
    seed_everything(seed)
    model = Stack(norm, depth)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    steps = max(1, WARMUP[warm])
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda i: min(1.0, (i + 1) / steps))
    generator = torch.Generator().manual_seed(seed)
    for _ in range(STEPS):
        *inputs, right = draw(BATCH, 1, generator)
        loss = F.cross_entropy(model(*inputs), right[:, 0])
        if not torch.isfinite(loss):
            return {"accuracy": 0.0}
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    *inputs, right = draw(JUDGED, 1, torch.Generator().manual_seed(1_000 + seed))
    with torch.no_grad(), evaluating(model):
        return {"accuracy": float((model(*inputs).argmax(dim=-1) == right[:, 0]).float().mean())}


def run(context: Context) -> Measured:
    """Record {norm: {warm, cold: {depth: {rate: accuracies}}}}, and gradients before training."""
    keys = [(n, d, w, r) for n in NORMS for d in DEPTHS for w in WARMUP for r in RATES]
    pieces: dict[str, Piece] = {
        f"{n}/{d}/{w}/{r}/{seed}": (trained, (n, d, w, r, seed))
        for n, d, w, r in keys
        for seed in context.seeds
    }
    found = spread(context, pieces, "training")
    metrics: dict[str, Any] = {}
    for n, d, w, r in keys:
        column = columns([found[f"{n}/{d}/{w}/{r}/{seed}"] for seed in context.seeds])
        place = metrics.setdefault(n, {}).setdefault(w, {}).setdefault(f"depth_{d}", {})
        place[f"thousandths_{1000 * r:g}"] = column["accuracy"]
    metrics["gradients"] = {
        n: {
            f"layer_{i}": list(column)
            for i, column in enumerate(
                zip(*(gradient_norms(n, DEPTHS[-1], s) for s in context.seeds), strict=True), 1
            )
        }
        for n in NORMS
    }
    sizes = {"depths": DEPTHS, "steps": STEPS, "warmup": WARMUP["warm"], "d_model": D_MODEL}
    return Measured(metrics=metrics | sizes, data={"made": "drawn from the seeds"})
