"""Curve of the axis: ULMFiT; beside it the same network from scratch, and each technique removed.

Stage 1 is the shipped checkpoint `lm_docs`, stage 2 reads the task's 3,087 training passages
without their labels, stage 3 trains on the few labelled ones.
"""

from functools import cache

from course_lib.data import library_task
from course_lib.data.cache import cache_dir
from course_lib.data.library_task import LibraryTask, Passages
from course_lib.metrics.classification import accuracy
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import SPECIAL, strips, text_ids, text_tokens
from course_lib.recipes.axis_common import Trial, best, record_curve
from course_lib.recipes.context import Context, Measured
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
RATES = [0.005, 0.02]
EPOCHS = {4: 30, 8: 25, 16: 20, 32: 15, 64: 12, 128: 10, 256: 8}
BATCH = 16
ABLATED_AT = [16, 256]


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


def trials(way: str, task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """Train a classifier at each rate; the caller chooses on validation."""
    if VARIANTS[way].adapted:
        source, vocabulary, _ = adapted(seed)
    else:
        source, vocabulary = language_model(SOURCE)

    def encoded(side: Passages) -> Encoded:
        return Encoded(ids=text_ids(side.texts, vocabulary), labels=side.labels)

    epochs = EPOCHS[len(few) // len(task.classes)]
    test, found = encoded(task.test), []
    for lr in RATES:
        model, valid_accuracy, epoch = train(
            VARIANTS[way],
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


def method(task: LibraryTask, few: Passages, seed: int) -> list[Trial]:
    """ULMFiT, whole."""
    return trials("ulmfit", task, few, seed)


def run(context: Context) -> Measured:
    """Record the curve, the curve from scratch, and the ablations at two budgets."""
    measured = record_curve(context, method)
    task = library_task.load()

    def score(way: str, budget: int, seed: int) -> float:
        trial = best(trials(way, task, task.few(budget, seed), seed))
        return accuracy(task.test.labels, list(trial.predictions))

    jobs = [("scratch", budget) for budget in EPOCHS]
    jobs += [(way, budget) for way in ABLATIONS for budget in ABLATED_AT]
    for way, budget in context.progress(jobs, "other ways"):
        measured.metrics.setdefault(way, {})[str(budget)] = [
            context.once(f"{way}-{budget}-{s}", lambda s=s, w=way, b=budget: score(w, b, s))
            for s in context.seeds
        ]
    found = [context.once(f"perplexity-{s}", lambda s=s: adapted(s)[2]) for s in context.seeds]
    measured.metrics["perplexity"] = {
        when: [one[when] for one in found] for when in ("before", "after")
    }
    measured.data["checkpoint"] = f"{SOURCE}, sha256 {load_card(SOURCE).sha256[:12]}"
    return measured
