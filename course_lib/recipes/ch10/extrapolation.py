"""Chapter 10: every encoding of places in the same language model, judged beyond its length.

Six models a seed read the same windows of 128 pieces of documentation. They are judged on other
modules, in windows of up to 1,024; the loss is also taken apart by where in a window a word stands.
"""

from functools import cache
from typing import Any

from course_lib.models.causal_lm import POSITIONS, CausalLm, CausalLmConfig
from course_lib.recipes.ch10.docs_lm import LENGTH, DocsIds, docs_ids, nats, train
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything

NAME = "ch10_extrapolation"
SEEDS = [0, 1, 2]

TOKENS = 2_000_000
LENGTHS = [128, 256, 512, 1024]
STRIDE = 128  # places that are averaged


@cache
def _ids() -> DocsIds:
    return docs_ids()


def trained(positions: str, seed: int) -> dict[str, Any]:
    """Train one model; return its loss by the length of windows, and by place in the longest."""
    ids = _ids()
    seed_everything(seed)
    config = CausalLmConfig(
        vocab_size=len(ids.tokenizer), positions=positions, max_len=LENGTH, fused=True
    )
    model = CausalLm(config)
    train(model, ids.train, n_tokens=TOKENS, seed=seed)
    reach = [n for n in LENGTHS if positions != "learned" or n <= LENGTH]
    found = {n: nats(model, ids.test, n) for n in reach}
    longest = found[reach[-1]]
    return {
        "nats": {f"length_{n}": float(values.mean()) for n, values in found.items()},
        "by_place": {
            f"place_{start}": float(longest[:, start : start + STRIDE].mean())
            for start in range(0, longest.shape[1], STRIDE)
        },
        "parameters": sum(p.numel() for p in model.parameters()),
    }


def run(context: Context) -> Measured:
    """Record {positions: {nats by length, by_place, parameters}}."""
    pieces: dict[str, Piece] = {
        f"{positions}/{seed}": (trained, (positions, seed))
        for seed in context.seeds
        for positions in POSITIONS
    }
    found = spread(context, pieces, "reading")
    metrics: dict[str, Any] = {
        positions: columns([found[f"{positions}/{seed}"] for seed in context.seeds])
        for positions in POSITIONS
    }
    sizes = {"tokens": TOKENS, "trained_length": LENGTH, "lengths": LENGTHS}
    data = {"docs text": f"sha256 {_ids().fingerprint[:16]}"}
    return Measured(metrics=metrics | sizes, data=data)
