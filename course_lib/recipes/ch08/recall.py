"""Chapter 8: a task that needs attention: say which value stood beside the key that is asked for.

A sequence holds pairs of a key and a value, and one place asks: for one key, or for two at once, in
order. Every way of looking back has the same vectors and the same classifier. One head can find one
place; two keys need two heads, at the same width.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course_lib.layers.attention import (
    MultiHeadAttention,
    scaled_dot_product_attention,
    weighted_sum,
)
from course_lib.layers.modes import evaluating
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything

NAME = "ch08_recall"
SEEDS = [0, 1, 2]

N_KINDS, N_PAIRS, D_MODEL = 32, 16, 64  # keys, and as many values; pairs in a sequence
STEPS, BATCH, RATE = 3_000, 64, 2e-3
JUDGED = 4_000
WAYS = ("mean", "weighted_sum", "one_head", "one_head_unscaled", "two_heads", "eight_heads")
HEADS = {"one_head": 1, "one_head_unscaled": 1, "two_heads": 2, "eight_heads": 8}
ASKED = (1, 2)


def draw(n: int, n_asked: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return keys (n, pairs), values (n, pairs), what is asked (n, asked), and its values."""
    keys = torch.rand(n, N_KINDS, generator=generator).argsort(dim=1)[:, :N_PAIRS]
    values = torch.randint(N_KINDS, (n, N_PAIRS), generator=generator)
    places = torch.rand(n, N_PAIRS, generator=generator).argsort(dim=1)[:, :n_asked]
    return keys, values, keys.gather(1, places), values.gather(1, places)


class Recall(nn.Module):
    """Vectors for pairs and question, one way of looking back, a score for each value."""

    def __init__(self, way: str, n_asked: int) -> None:
        super().__init__()
        self.way = way
        self.keys, self.values = (nn.Embedding(N_KINDS, D_MODEL) for _ in range(2))
        self.asked = nn.ModuleList(nn.Embedding(N_KINDS, D_MODEL) for _ in range(n_asked))
        self.attention = MultiHeadAttention(D_MODEL, HEADS.get(way, 1))
        self.classify = nn.Linear(D_MODEL, n_asked * N_KINDS)

    def forward(self, keys: Tensor, values: Tensor, asked: Tensor) -> Tensor:
        """Return logits (B, asked, kinds)."""
        pairs = self.keys(keys) + self.values(values)
        own = [table(column) for table, column in zip(self.asked, asked.T, strict=True)]
        question = torch.stack(own).sum(dim=0)[:, None]  # (B, 1, D)
        found = self.look(question, pairs)[:, -1]
        return self.classify(found).unflatten(1, (asked.shape[1], N_KINDS))

    def look(self, question: Tensor, pairs: Tensor) -> Tensor:
        """Return what the question's place gets."""
        if self.way == "mean":
            return pairs.mean(dim=1, keepdim=True)
        if self.way == "weighted_sum":
            return weighted_sum(torch.cat([pairs, question], dim=1))
        if self.way == "one_head_unscaled":
            own = self.attention
            query = own.query_proj(question) * D_MODEL**0.5  # undoes the division
            found = scaled_dot_product_attention(query, own.key_proj(pairs), own.value_proj(pairs))
            assert isinstance(found, Tensor)
            return own.output_proj(found)
        return self.attention(question, pairs)


def trained(way: str, n_asked: int, seed: int) -> dict[str, Any]:
    """Train one way; return the share of right answers on new sequences, by the step."""
    seed_everything(seed)
    model = Recall(way, n_asked)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    generator = torch.Generator().manual_seed(seed)
    test = draw(JUDGED, n_asked, torch.Generator().manual_seed(1_000 + seed))
    course = {}
    for step in range(1, STEPS + 1):
        *inputs, right = draw(BATCH, n_asked, generator)
        loss = F.cross_entropy(model(*inputs).flatten(0, 1), right.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step in (100, 300, 1_000, STEPS):
            course[f"step_{step}"] = share_right(model, test)
    return {"accuracy": course[f"step_{STEPS}"], "course": course}


@torch.no_grad()
def share_right(model: Recall, test: tuple[Tensor, Tensor, Tensor, Tensor]) -> float:
    """Return the share of asked values that are named, 0 to 1."""
    *inputs, right = test
    with evaluating(model):
        return float((model(*inputs).argmax(dim=-1) == right).float().mean())


def run(context: Context) -> Measured:
    """Record {asked_1, asked_2: {way: {accuracy, course}}}."""
    pieces: dict[str, Piece] = {
        f"{n_asked}/{way}/{seed}": (trained, (way, n_asked, seed))
        for seed in context.seeds
        for n_asked in ASKED
        for way in WAYS
    }
    found = spread(context, pieces, "training")
    metrics: dict[str, Any] = {
        f"asked_{n}": {
            way: columns([found[f"{n}/{way}/{seed}"] for seed in context.seeds]) for way in WAYS
        }
        for n in ASKED
    }
    sizes = {"kinds": N_KINDS, "pairs": N_PAIRS, "d_model": D_MODEL, "steps": STEPS}
    return Measured(metrics=metrics | sizes, data={"made": "drawn from the seeds"})
