"""Curve of the axis: ULMFiT; beside it the same network from scratch, and each technique removed.

Stage 1 is the shipped checkpoint `lm_docs`, stage 2 reads all training passages of the task
without their labels, stage 3 trains on the few labelled ones. Every way has its own rate, chosen on
validation at one budget; a classifier is trained to the end, no epoch of it is chosen.
"""

import hashlib
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import torch
from torch import Tensor

from course_lib.data import library_task
from course_lib.data.cache import cache_dir
from course_lib.data.library_task import LibraryTask, Passages
from course_lib.metrics.classification import accuracy
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import SPECIAL, strips, text_ids, text_tokens
from course_lib.recipes.axis.common import Trial, curve, score
from course_lib.recipes.axis.ulmfit_runs import ABLATIONS, VARIANTS, Encoded, device, train
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.seeding import seed_everything
from course_lib.text.vocabulary import Vocabulary
from course_lib.training.distributed import Process
from course_lib.training.pretrained_language import from_state, language_model, language_state
from course_lib.training.state import load_state, save_state
from course_lib.training.weights import load_card
from course_lib.transfer.ulmfit_stages import Tuning, perplexity, predict, train_language_model

NAME = "axis_ulmfit"
SEEDS = [0, 1, 2]

SOURCE = "lm_docs"
ADAPTATION = Tuning(lr=4e-3, epochs=4, batch_size=32)
RATES = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]
CHOSEN_AT = 32  # labels a class, with the first seed
EPOCHS = {4: 30, 8: 25, 16: 20, 32: 15, 64: 12, 128: 10, 256: 8}
BATCH = 16
ABLATED_AT = [16, 64]


@cache
def adapted(seed: int) -> tuple[LanguageModel, Vocabulary, dict[str, float]]:
    """Stage 2: return the language model that has read the task's training passages.

    The perplexities, before and after, are on the validation passages.
    """
    task = library_task.load(progress=False)
    key = repr((load_card(SOURCE).sha256, ADAPTATION, task.fingerprint, seed))
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    path = cache_dir() / "runs" / f"{NAME}-{digest}.state"
    if path.exists():
        state = load_state(path)
        return *from_state(state["model"]), state["perplexity"]
    source, old = language_model(SOURCE)
    new = Vocabulary.build(
        [text_tokens(text) for text in task.train.texts], min_count=2, special=SPECIAL
    )
    seed_everything(seed)
    model = source.for_vocabulary(old, new).to(device())
    rows, valid = (
        strips(_one_line(side, new), size)
        for side, size in ((task.train, ADAPTATION.batch_size), (task.valid, 8))
    )
    before = perplexity(model, valid, device=device())
    process = Process(0, 1, device())
    history = train_language_model(model, rows, valid, ADAPTATION, seed=seed, process=process)
    model.cpu().eval()
    found = {"before": before, "after": -max(history.scores)}
    save_state(path, {"model": language_state(model, new), "perplexity": found})
    return model, new, found


def _one_line(side: Passages, vocabulary: Vocabulary) -> Tensor:
    return torch.tensor([i for text in text_ids(side.texts, vocabulary) for i in text])


def perplexities(seed: int) -> dict[str, float]:
    """Return what stage 2 brought."""
    return adapted(seed)[2]


def trial(variant: str, lr: float, task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Train one classifier to the end."""
    if VARIANTS[variant].adapted:
        source, vocabulary, _ = adapted(seed)
    else:
        source, vocabulary = language_model(SOURCE)
    model = train(
        VARIANTS[variant],
        source,
        Encoded(ids=text_ids(few.texts, vocabulary), labels=few.labels),
        len(task.classes),
        lr=lr,
        epochs=EPOCHS[len(few) // len(task.classes)],
        batch_size=BATCH,
        seed=seed,
    )
    valid, test = (
        predict(model, text_ids(side.texts, vocabulary), device=device())
        for side in (task.valid, task.test)
    )
    return [
        Trial(
            choice=f"lr={lr}",
            valid_accuracy=accuracy(task.valid.labels, valid),
            predictions=test,
            vocab_size=len(vocabulary),
        )
    ]


def piece(
    variant: str, lr: float, budget: int, seed: int, shuffled: bool = False
) -> dict[str, Any]:
    """Train once and return what a curve says of it."""
    task = library_task.load(progress=False)
    return score(partial(trial, variant, lr), task, budget, seed, shuffled=shuffled)


def choose_rates(context: Context, variants: Sequence[str]) -> dict[str, float]:
    """Return each way's rate: the best on validation at one budget, with the first seed."""
    tuning: dict[str, Piece] = {
        f"rate/{variant}/{lr}": (piece, (variant, lr, CHOSEN_AT, context.seeds[0]))
        for variant in variants
        for lr in RATES
    }
    tuned = spread(context, tuning, "choosing rates")
    return {
        variant: max(RATES, key=lambda lr, v=variant: tuned[f"rate/{v}/{lr}"]["valid_accuracy"])
        for variant in variants
    }


def train_all(
    context: Context, asked: Sequence[tuple[str, int]], rate: dict[str, float], control: str
) -> tuple[dict[tuple[str, int, int], dict[str, Any]], list[dict[str, Any]]]:
    """Train every (way, budget) once a seed; return what curves say of them.

    control: the way that is trained on shuffled labels as well, at the largest budget.
    Returns: {(way, budget, seed): score}, and the control's scores, one a seed.
    """
    pieces: dict[str, Piece] = {
        f"{variant}/{rate[variant]}/{budget}/{seed}": (
            piece,
            (variant, rate[variant], budget, seed),
        )
        for seed in context.seeds
        for variant, budget in asked
    }
    for seed in context.seeds:
        args = (control, rate[control], max(EPOCHS), seed, True)
        pieces[f"shuffled/{seed}"] = (piece, args)
    values = spread(context, pieces, "training")
    scores = {
        (variant, budget, seed): values[f"{variant}/{rate[variant]}/{budget}/{seed}"]
        for seed in context.seeds
        for variant, budget in asked
    }
    return scores, [values[f"shuffled/{seed}"] for seed in context.seeds]


def run(context: Context) -> Measured:
    """Record the curve, the curve from scratch, and the ablations at two budgets."""
    seeds = context.seeds
    stage_2: dict[str, Piece] = {f"perplexity-{s}": (perplexities, (s,)) for s in seeds}
    found = spread(context, stage_2, "stage 2")
    rate = choose_rates(context, ["ulmfit", "scratch", *ABLATIONS])
    asked = [(variant, budget) for variant in ("ulmfit", "scratch") for budget in EPOCHS]
    asked += [(variant, budget) for variant in ABLATIONS for budget in ABLATED_AT]
    scores, control = train_all(context, asked, rate, "ulmfit")
    own = {(b, seed): scores["ulmfit", b, seed] for b in EPOCHS for seed in seeds}
    measured = curve(library_task.load(progress=False), seeds, own, control)
    for variant, budget in asked:
        if variant != "ulmfit":
            measured.metrics.setdefault(variant, {})[str(budget)] = [
                scores[variant, budget, seed]["accuracy"] for seed in seeds
            ]
    measured.metrics["rate"] = rate
    measured.metrics["perplexity"] = {
        when: [found[f"perplexity-{seed}"][when] for seed in seeds] for when in ("before", "after")
    }
    measured.data["checkpoint"] = f"{SOURCE}, sha256 {load_card(SOURCE).sha256[:12]}"
    return measured
