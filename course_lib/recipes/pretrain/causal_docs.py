"""The causal language model whose attention the explorer shows: two layers of four heads."""

import hashlib
import math
import time
from pathlib import Path

from course_lib.data.cache import cache_dir
from course_lib.models.causal_lm import CausalLm, CausalLmConfig
from course_lib.recipes.ch10.docs_lm import BATCH, LENGTH, docs_ids, nats, train
from course_lib.seeding import seed_everything
from course_lib.training.pretrained_pieces import pieces_state
from course_lib.training.results import describe_machine, describe_versions
from course_lib.training.weights import Card, save_checkpoint

CHECKPOINT = "causal_docs"
SEED = 0
TOKENS = 6_000_000


def pretrain() -> Path | None:
    """Read the docs corpus about twice; an interrupted run goes on from its last part."""
    start = time.perf_counter()
    ids = docs_ids()
    config = CausalLmConfig(vocab_size=len(ids.tokenizer), max_len=LENGTH, dropout=0.1, fused=True)
    seed_everything(SEED)
    model = CausalLm(config)
    key = hashlib.sha256(repr((config, TOKENS, ids.fingerprint)).encode()).hexdigest()[:12]
    train(
        model,
        ids.train,
        n_tokens=TOKENS,
        seed=SEED,
        valid=ids.valid,
        resume_from=cache_dir() / "runs" / f"{CHECKPOINT}-{key}.state",
        progress=CHECKPOINT,
    )
    card = Card(
        name=CHECKPOINT,
        task="predict the next piece of documentation",
        network=f"causal Transformer, pre-norm, {config.n_layers} layers of {config.n_heads} "
        f"heads, {config.d_model} wide, sinusoidal positions",
        data="docs corpus, training modules, without those of the library task's held-out passages",
        command="course pretrain causal_docs",
        seed=SEED,
        steps=TOKENS // (BATCH * LENGTH),
        machine=describe_machine(),
        versions=describe_versions(),
        metric="perplexity on the validation part, a piece, in windows of 128",
        value=round(math.exp(float(nats(model, ids.valid, LENGTH).mean())), 2),
        classes=[],
        parameters=sum(p.numel() for p in model.parameters()),
        licence="weights: MIT; the docstrings belong to their packages",
        limits="lower-cased English of Python documentation, 4,000 pieces; for teaching only",
        wall_seconds=round(time.perf_counter() - start),
    )
    return save_checkpoint(pieces_state(model, ids.tokenizer), card)
