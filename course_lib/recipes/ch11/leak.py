"""Chapter 11: a language model with and without the causal mask: the perfect loss that is a lie.

Both read the same text. Each is judged as it was trained, and then honestly: word by word, with
nothing behind the place that is asked.
"""

from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from course_lib.layers.modes import evaluating
from course_lib.models.causal_lm import CausalLm, CausalLmConfig
from course_lib.recipes.ch10.docs_lm import LENGTH, DocsIds, docs_ids, nats, train, windows
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything

NAME = "ch11_leak"
SEEDS = [0, 1, 2]

TOKENS = 1_000_000
ASKED = 512  # windows, cut at a place each


@cache
def _ids() -> DocsIds:
    return docs_ids()


def trained(masked: bool, seed: int) -> dict[str, Any]:
    """Train one model; return its loss as in training, and with the future cut off."""
    ids = _ids()
    seed_everything(seed)
    model = CausalLm(CausalLmConfig(vocab_size=len(ids.tokenizer), masked=masked, fused=True))
    history = train(model, ids.train, n_tokens=TOKENS, seed=seed, valid=ids.valid)
    return {
        "valid": {f"piece_{i}": -score for i, score in enumerate(history.scores, 1)},
        "as_trained": float(nats(model, ids.test, LENGTH).mean()),
        "cut_off": cut_off(model, ids.test, seed),
    }


@torch.no_grad()
def cut_off(model: CausalLm, ids: Tensor, seed: int) -> float:
    """Return nats a word where the text ends at the place that is asked."""
    rows = windows(ids, LENGTH)[:ASKED]
    generator = torch.Generator().manual_seed(seed)
    places = torch.randint(1, LENGTH, (len(rows),), generator=generator).tolist()
    with evaluating(model):
        found = [
            float(F.cross_entropy(model(row[None, :t])[0, -1:], row[t : t + 1]))
            for row, t in zip(rows, places, strict=True)
        ]
    return sum(found) / len(found)


def run(context: Context) -> Measured:
    """Record {masked, unmasked: {valid, as_trained, cut_off}}."""
    ways = {"masked": True, "unmasked": False}
    pieces: dict[str, Piece] = {
        f"{way}/{seed}": (trained, (masked, seed))
        for seed in context.seeds
        for way, masked in ways.items()
    }
    found = spread(context, pieces, "reading")
    metrics: dict[str, Any] = {
        way: columns([found[f"{way}/{seed}"] for seed in context.seeds]) for way in ways
    }
    data = {"docs text": f"sha256 {_ids().fingerprint[:16]}"}
    return Measured(metrics=metrics | {"tokens": TOKENS, "asked": ASKED}, data=data)
