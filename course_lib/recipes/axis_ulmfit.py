"""Curve of the axis: ULMFiT; beside it the same network from scratch, and each technique removed.

Stage 1 is the shipped checkpoint `lm_docs`, stage 2 reads all training passages of the task
without their labels, stage 3 trains on the few labelled ones.
"""

from functools import cache
from typing import Any

from course_lib.data import library_task
from course_lib.data.cache import cache_dir
from course_lib.data.library_task import LibraryTask, Passages
from course_lib.metrics.classification import accuracy, macro_f1
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import SPECIAL, strips, text_ids, text_tokens
from course_lib.recipes.axis_common import Trial, best, record_curve, shuffled_labels
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.recipes.ulmfit_runs import ABLATIONS, VARIANTS, Encoded, device, train
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
RATES = [0.003, 0.01]
EPOCHS = {4: 30, 8: 25, 16: 20, 32: 15, 64: 12, 128: 10, 256: 8}
BATCH = 16
ABLATED_AT = [16, 64]


@cache
def adapted(seed: int) -> tuple[LanguageModel, Vocabulary, dict[str, float]]:
    """Stage 2: return the language model that has read the task's training passages.

    The perplexities, before and after, are on the validation passages.
    """
    task = library_task.load(progress=False)
    path = cache_dir() / "runs" / f"{NAME}-{load_card(SOURCE).sha256[:12]}-{seed}.state"
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


def _one_line(side: Passages, vocabulary: Vocabulary):
    import torch

    return torch.tensor([i for text in text_ids(side.texts, vocabulary) for i in text])


def trials(variant: str, task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Train a classifier at each rate; the caller chooses on validation."""
    if VARIANTS[variant].adapted:
        source, vocabulary, _ = adapted(seed)
    else:
        source, vocabulary = language_model(SOURCE)

    def encoded(side: Passages) -> Encoded:
        return Encoded(ids=text_ids(side.texts, vocabulary), labels=side.labels)

    epochs = EPOCHS[len(few) // len(task.classes)]
    test, found = encoded(task.test), []
    for lr in RATES:
        model, valid_accuracy, epoch = train(
            VARIANTS[variant],
            source,
            encoded(few),
            encoded(task.valid),
            len(task.classes),
            lr=lr,
            epochs=epochs,
            batch_size=BATCH,
            seed=seed,
        )
        found.append(
            Trial(
                choice=f"lr={lr} epoch={epoch}",
                valid_accuracy=valid_accuracy,
                predictions=predict(model, test.ids, device=device()),
                vocab_size=len(vocabulary),
            )
        )
    return found


def piece(variant: str, budget: int, seed: int, shuffled: bool = False) -> dict[str, Any]:
    """Train at every rate, choose on validation, and return what `record_curve` writes down."""
    task = library_task.load(progress=False)
    few = task.few(budget, seed)
    trial = best(trials(variant, task, shuffled_labels(few, seed) if shuffled else few, seed))
    guesses, labels = list(trial.predictions), task.test.labels
    return {
        "accuracy": accuracy(labels, guesses),
        "macro_f1": macro_f1(labels, guesses, len(task.classes)),
        "valid_accuracy": trial.valid_accuracy,
        "choice": trial.choice,
        "vocab_size": trial.vocab_size,
    }


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """ULMFiT, whole."""
    return trials("ulmfit", task, few, seed)


def run(context: Context) -> Measured:
    """Record the curve, the curve from scratch, and the ablations at two budgets."""
    seeds = context.seeds
    found = [context.once(f"perplexity-{seed}", lambda s=seed: adapted(s)[2]) for seed in seeds]
    others = [("scratch", budget) for budget in EPOCHS]
    others += [(variant, budget) for variant in ABLATIONS for budget in ABLATED_AT]
    # the keys are those of record_curve, which then finds its pieces in the journal
    pieces: dict[str, Piece] = {
        f"{budget}-{seed}": (piece, ("ulmfit", budget, seed)) for budget in EPOCHS for seed in seeds
    }
    for seed in seeds:
        pieces[f"shuffled-{seed}"] = (piece, ("ulmfit", max(EPOCHS), seed, True))
        for variant, budget in others:
            pieces[f"{variant}-{budget}-{seed}"] = (piece, (variant, budget, seed))
    values = spread(context, pieces, "training")
    measured = record_curve(context, method)
    for variant, budget in others:
        measured.metrics.setdefault(variant, {})[str(budget)] = [
            values[f"{variant}-{budget}-{seed}"]["accuracy"] for seed in seeds
        ]
    measured.metrics["perplexity"] = {
        when: [one[when] for one in found] for when in ("before", "after")
    }
    measured.data["checkpoint"] = f"{SOURCE}, sha256 {load_card(SOURCE).sha256[:12]}"
    return measured
