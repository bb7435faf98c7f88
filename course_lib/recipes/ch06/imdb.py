"""Chapter 6: error against labels on IMDb: counting, word vectors, ELMo, from scratch, ULMFiT.

Of each review ULMFiT and ELMo read the last 128 tokens, to fit two cores; counting and word vectors
read all of it. 2,000 training reviews choose settings; all 25,000 test reviews decide.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from course_lib.metrics.classification import accuracy
from course_lib.models.ulmfit import LanguageModel
from course_lib.models.ulmfit_batches import text_ids
from course_lib.recipes.axis.ulmfit_runs import VARIANTS, Encoded, device, train
from course_lib.recipes.ch06.imdb_linear import (
    ELMO,
    elmo_features,
    read_with_elmo,
    tf_idf,
    word_vectors,
)
from course_lib.recipes.ch06.imdb_task import MAX_TOKENS, Reviews, parts
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.text.vocabulary import Vocabulary
from course_lib.training.pretrained_language import language_model
from course_lib.training.weights import load_card
from course_lib.transfer.ulmfit_stages import predict

NAME = "ch06_imdb"
SEEDS = [0, 1, 2]
NEEDS_DATA = True

SOURCE = "lm_imdb"
BATCH = 32
EPOCHS = {100: 30, 500: 8, 2_500: 5, 23_000: 1}
PARTS = {23_000: 5}  # in one pass a group has its turn after a fifth of it
RATES = [0.0003, 0.001, 0.003, 0.01, 0.03]
TUNING_BUDGET, TUNING_SEED = 500, 100
ABLATED_AT = 500
CURVES = ["ulmfit", "scratch"]
ABLATIONS = ["without_discriminative", "without_slanted", "without_gradual", "plain"]
LINEAR: dict[str, Callable[[Path, int, int], dict[str, float]]] = {
    "tf_idf": tf_idf,
    "word_vectors": word_vectors,
    "elmo": elmo_features,
}


@cache
def _source() -> tuple[LanguageModel, Vocabulary]:
    return language_model(SOURCE)


@cache
def _encoded(folder: Path, side: str) -> Encoded:
    reviews: Reviews = getattr(parts(folder), side)
    ids = text_ids(reviews.texts, _source()[1], max_tokens=MAX_TOKENS)
    return Encoded(ids=ids, labels=reviews.labels)


def network(
    folder: Path, way: str, lr: float, budget: int, seed: int, on: str, cut: int = 1
) -> dict[str, float]:
    """Train once, to the end; return the error, 0 to 1, on the validation or the test part.

    cut: into how many parts each pass is cut, see `train_classifier`.
    """
    language, vocabulary = _source()
    few = parts(folder).few(budget, seed)
    few_ids = text_ids(few.texts, vocabulary, max_tokens=MAX_TOKENS)
    model = train(
        VARIANTS[way],
        language,
        Encoded(ids=few_ids, labels=few.labels),
        2,
        lr=lr,
        epochs=EPOCHS[budget],
        batch_size=BATCH,
        seed=seed,
        parts=cut,
    )
    side = _encoded(folder, on)
    answers = predict(model, side.ids, batch_size=256, device=device())
    return {"error": 1 - accuracy(side.labels, answers)}


def run(context: Context) -> Measured:
    """Choose a rate a way at one budget on validation, then measure on test.

    `head_alone` is ULMFiT with one pass that counts as one epoch: nothing but its head learns.
    """
    folder = context.need_data("imdb")
    tuning: dict[str, Piece] = {
        f"valid/{way}/{lr}": (network, (folder, way, lr, TUNING_BUDGET, TUNING_SEED, "valid"))
        for way in (*CURVES, *ABLATIONS)
        for lr in RATES
    }
    found = spread(context, tuning, "choosing rates")
    rate = {
        way: min(RATES, key=lambda lr, w=way: found[f"valid/{w}/{lr}"]["error"])
        for way in (*CURVES, *ABLATIONS)
    }
    pieces: dict[str, Piece] = {}
    for seed in context.seeds:
        for way in (*CURVES, *ABLATIONS):
            for budget in EPOCHS if way in CURVES else [ABLATED_AT]:
                args = (folder, way, rate[way], budget, seed, "test", PARTS.get(budget, 1))
                pieces[f"{way}/{budget}/{seed}"] = (network, args)
        for budget in PARTS:
            args = (folder, "ulmfit", rate["ulmfit"], budget, seed, "test")
            pieces[f"head_alone/{budget}/{seed}"] = (network, args)
    values = spread(context, pieces, "training")
    spread(context, {"elmo": (read_with_elmo, (folder,))}, "ELMo reads")
    lines: dict[str, Piece] = {
        f"{way}/{budget}/{seed}": (function, (folder, budget, seed))
        for seed in context.seeds
        for budget in EPOCHS
        for way, function in LINEAR.items()
    }
    values |= spread(context, lines, "separating")
    error: dict[str, dict[str, list[float]]] = {}
    for key, value in values.items():
        way, budget, _ = key.split("/")
        error.setdefault(way, {}).setdefault(budget, []).append(value["error"])
    imdb = parts(folder)
    return Measured(
        metrics={
            "error": error,
            "rate": rate,
            "max_tokens": MAX_TOKENS,
            "n_test": len(imdb.test.texts),
            "n_valid": len(imdb.valid.texts),
        },
        data={
            "imdb": f"sha256 {imdb.fingerprint[:16]}",
            "checkpoints": ", ".join(
                f"{name} sha256 {load_card(name).sha256[:12]}" for name in (SOURCE, ELMO)
            ),
        },
    )
