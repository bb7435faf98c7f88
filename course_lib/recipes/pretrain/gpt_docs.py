"""The small GPT of chapter 13: documentation and books, in pieces of words."""

import hashlib
import math
import time
from pathlib import Path

import torch

from course_lib.data.cache import cache_dir
from course_lib.models.gpt import Gpt
from course_lib.models.gpt_config import GptConfig
from course_lib.recipes.ch10.docs_lm import BATCH, END, nats, train
from course_lib.recipes.pretrain import general_text
from course_lib.recipes.pretrain.general_text import DOCS_TIMES, as_row, learned_pieces
from course_lib.seeding import seed_everything
from course_lib.training.pretrained_pieces import pieces_state
from course_lib.training.results import describe_machine, describe_versions
from course_lib.training.weights import Card, save_checkpoint

CHECKPOINT = "gpt_docs"
NEEDS_DATA = general_text.NEEDS_DATA
SEED = 0
VOCAB_SIZE = 8_000
TOKENS = 40_000_000
N_PIECES = 40
RATE = 2e-3
LENGTH = 256


def config(vocab_size: int) -> GptConfig:
    """Return sizes that fit into 8 MB at 16 bits a weight."""
    return GptConfig(
        vocab_size=vocab_size,
        d_model=192,
        n_heads=6,
        n_layers=4,
        max_len=LENGTH,
        dropout=0.0,
    )


def pretrain(data_dir: Path) -> Path | None:
    """Read the text; an interrupted run goes on from its last part."""
    start = time.perf_counter()
    text = general_text.general_text(data_dir)
    tokenizer = learned_pieces(text, VOCAB_SIZE, END)
    docs = as_row(text.docs.train, tokenizer, END)
    row = torch.cat([docs] * DOCS_TIMES + [as_row(text.books.train, tokenizer, END)])
    valid = as_row(text.docs.valid, tokenizer, END)
    seed_everything(SEED)
    model = Gpt(config(len(tokenizer)))
    asked = (model.config, TOKENS, N_PIECES, RATE, text.fingerprint)
    key = hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
    train(
        model,
        row,
        n_tokens=TOKENS,
        seed=SEED,
        valid=valid,
        length=LENGTH,
        rate=RATE,
        n_pieces=N_PIECES,
        precision="auto",
        resume_from=cache_dir() / "runs" / f"{CHECKPOINT}-{key}.state",
        progress=CHECKPOINT,
    )
    c = model.config
    card = Card(
        name=CHECKPOINT,
        task="predict the next piece of documentation and of books",
        network=f"GPT, pre-norm, {c.n_layers} layers of {c.n_heads} heads, {c.d_model} wide, "
        f"{c.max_len} learned positions",
        data="docs corpus without modules of the library task's held-out passages, three times; "
        "public-domain books, once",
        command=f"course pretrain {CHECKPOINT} --data DIR",
        seed=SEED,
        steps=TOKENS // (BATCH * LENGTH),
        machine=describe_machine(),
        versions=describe_versions(),
        metric=f"perplexity on the docs text's validation part, a piece, in windows of {LENGTH}",
        value=round(math.exp(float(nats(model, valid, LENGTH).mean())), 2),
        classes=[],
        parameters=sum(p.numel() for p in model.parameters()),
        licence="weights: MIT; the docstrings belong to their packages",
        limits=f"lower-cased English of documentation and old books, {len(tokenizer):,} pieces; "
        "for teaching only",
        wall_seconds=round(time.perf_counter() - start),
    )
    return save_checkpoint(pieces_state(model, tokenizer), card)
