"""Chapter 6: what each kind of dropout is worth to a language model that reads little text.

The same network reads the same 100,000 tokens ten times, with all kinds of dropout at half of the
paper's rates, with one kind left out, and with none. Perplexity is measured on other modules.
"""

from dataclasses import replace
from functools import cache
from typing import Any

from torch import Tensor

from course_lib.data.running_text import load_docs_text
from course_lib.models.awd_lstm import RATES, AwdLstmConfig
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import SPECIAL, stream, strips
from course_lib.recipes.ch03.text import FixedText, fix
from course_lib.recipes.columns import columns
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything
from course_lib.text.vocabulary import Vocabulary
from course_lib.transfer.ulmfit_stages import Tuning, perplexity, train_language_model

NAME = "ch06_dropout"
SEEDS = [0, 1, 2]

VOCAB_SIZE, TOKENS, JUDGED = 3_000, 100_000, 30_000
D_MODEL, D_HIDDEN, DROPS = 100, 200, 0.5
TUNING = Tuning(lr=4e-3, epochs=10, batch_size=16, factor=1.0, gradual=False)
LOCKED = ("input_drop", "hidden_drop", "output_drop")
LEFT_OUT: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "weight": ("weight_drop",),
    "locked": LOCKED,
    "embedding": ("embedding_drop",),
    "all": RATES,
}


@cache
def _text() -> tuple[FixedText, str]:
    raw = load_docs_text(progress=False)
    return fix(raw, VOCAB_SIZE), raw.fingerprint


def rows(side: list[list[str]], vocabulary: Vocabulary, n_tokens: int) -> Tensor:
    """Return the first tokens of a side as strips, (batch, tokens // batch)."""
    return strips(stream(side, vocabulary)[:n_tokens], TUNING.batch_size)


def trained(left_out: str, seed: int) -> dict[str, Any]:
    """Train without one kind; return perplexities after the pass that was best on validation."""
    seed_everything(seed)
    text, fingerprint = _text()
    words = [word for word in text.vocabulary if word not in SPECIAL]
    vocabulary = Vocabulary([*SPECIAL, *words])
    train, valid, test = (
        rows(side, vocabulary, n)
        for side, n in ((text.train, TOKENS), (text.valid, JUDGED), (text.test, JUDGED))
    )
    sizes = AwdLstmConfig(vocab_size=len(vocabulary), d_model=D_MODEL, d_hidden=D_HIDDEN)
    config = replace(sizes.with_drops(DROPS), **dict.fromkeys(LEFT_OUT[left_out], 0.0))
    model = LanguageModel(config)
    history = train_language_model(model, train, valid, TUNING, seed=seed)
    return {
        "train": perplexity(model, train),
        "valid": perplexity(model, valid),
        "test": perplexity(model, test),
        "best_epoch": history.best_epoch + 1,
        "fingerprint": fingerprint,
    }


def run(context: Context) -> Measured:
    """Record {left out: {train, valid, test, best_epoch: one a seed}}."""
    pieces: dict[str, Piece] = {
        f"{left_out}/{seed}": (trained, (left_out, seed))
        for seed in context.seeds
        for left_out in LEFT_OUT
    }
    found = spread(context, pieces, "reading")
    metrics: dict[str, Any] = {
        left_out: columns([found[f"{left_out}/{seed}"] for seed in context.seeds])
        for left_out in LEFT_OUT
    }
    fingerprint = {metrics[left_out].pop("fingerprint") for left_out in LEFT_OUT}.pop()
    sizes = {"V": VOCAB_SIZE, "tokens": TOKENS, "epochs": TUNING.epochs, "drops": DROPS}
    return Measured(metrics=metrics | sizes, data={"docs": f"sha256 {fingerprint[:16]}"})
