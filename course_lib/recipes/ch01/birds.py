"""Chapter 1: five ways to transfer to photographed birds, by label budget and seed.

Of the 500 training images a class, 256 are the pool that labels are drawn from, 44 choose the
learning rate, and 200 join the 50 official validation images as the test part.
"""

from functools import cache, partial
from pathlib import Path
from statistics import fmean

import torch

from course_lib.data import images
from course_lib.data.images import LabelledImages
from course_lib.recipes.context import Context, Measured
from course_lib.recipes.parallel import Piece, spread
from course_lib.training import pretrained
from course_lib.training.loop import accuracy
from course_lib.training.weights import load_card
from course_lib.transfer import ways
from course_lib.transfer.ways import WAYS, Way

NAME = "ch01_birds"
SEEDS = [0, 1, 2]
NEEDS_DATA = True

SOURCE = "photos60"
STEPS = {4: 60, 16: 120, 64: 240, 256: 240}
POOL, DEV = 256, 44
RATES = {
    "scratch": [1e-3, 3e-3, 1e-2],
    "frozen": [1e-3, 3e-3, 1e-2],
    "partial": [3e-4, 1e-3, 3e-3],
    "full": [3e-4, 1e-3, 3e-3],
    "discriminative": [1e-3, 3e-3, 1e-2],
}
TUNING_BUDGET, TUNING_SEEDS = 16, [100, 101]
DEPTHS, DEPTH_BUDGET = [0, 1, 2, 3, 4, 5], 16


@cache
def parts(folder: Path) -> tuple[LabelledImages, LabelledImages, LabelledImages]:
    """Return pool, dev and test; the same three whenever asked."""
    train, valid = images.load(folder, "train"), images.load(folder, "validation")
    order = images.few_labels(train.labels, 500, seed=0).view(len(train.classes), 500)
    pool, dev, rest = (
        train.take(order[:, a:b].flatten())
        for a, b in [(0, POOL), (POOL, POOL + DEV), (POOL + DEV, 500)]
    )
    test = LabelledImages(
        torch.cat([rest.images, valid.images]),
        torch.cat([rest.labels, valid.labels]),
        train.classes,
    )
    return pool, dev, test


def score(
    folder: Path,
    way: Way,
    lr: float,
    budget: int,
    seed: int,
    on: str,
    steps: int,
    batch_size: int = 32,
) -> float:
    """Train once and return the accuracy, 0 to 1, on the dev or the test part."""
    pool, dev, test = parts(folder)
    few = pool.take(images.few_labels(pool.labels, budget, seed))
    model = ways.train(
        way,
        partial(pretrained.small, SOURCE),
        few,
        lr=lr,
        steps=steps,
        batch_size=batch_size,
        seed=seed,
    )
    part = {"dev": dev, "test": test}[on]
    return accuracy(model, images.normalise(part.images), part.labels)


def source_score(birds: Path, source: Path, bn_train: bool, lr: float, seed: int) -> float:
    """Train a bird head on the frozen network, put the old head back, test on the source task."""
    pool, _, _ = parts(birds)
    few = pool.take(images.few_labels(pool.labels, TUNING_BUDGET, seed))
    way = Way(frozen=5, bn_train=bn_train)
    load = partial(pretrained.small, SOURCE)
    model = ways.train(way, load, few, lr=lr, steps=STEPS[TUNING_BUDGET], seed=seed)
    model.fc = load().fc
    valid = images.load(source, "validation")
    return accuracy(model, images.normalise(valid.images), valid.labels)


def run(context: Context) -> Measured:
    """Choose a rate a way on dev, then measure on test; then the controls."""
    folder = context.need_data("tiny_imagenet_birds")
    rate = choose_rates(context, folder)
    seeds = context.seeds

    def test(way: Way, lr: float, budget: int, seed: int, *more: int) -> Piece:
        steps = more[0] if more else STEPS[budget]
        return score, (folder, way, lr, budget, seed, "test", steps, *more[1:])

    pieces: dict[tuple[str, ...], list[Piece]] = {}
    for name, way in WAYS.items():
        for budget in STEPS:
            pieces["accuracy", name, str(budget)] = [
                test(way, rate[name], budget, seed) for seed in seeds
            ]
    for setting in ("frozen", "kept"):
        for depth, way in ways.variants(Way(), **{setting: DEPTHS}).items():
            pieces[f"{setting}_up_to", depth] = [
                test(way, rate["full"], DEPTH_BUDGET, seed) for seed in seeds
            ]
    for mode, bn_train in [("eval", False), ("train", True)]:
        way = Way(frozen=5, bn_train=bn_train)
        for batch_size, steps in [(2, 480), (8, 240), (32, 120)]:
            pieces["batch_norm", mode, f"batch_{batch_size}"] = [
                test(way, rate["frozen"], 16, seed, steps, batch_size) for seed in seeds
            ]
        source = context.need_data("tiny_imagenet_source")
        pieces["source_task_after", mode] = [
            (source_score, (folder, source, bn_train, rate["frozen"], seed)) for seed in seeds
        ]
    pieces["scratch_three_times_longer", "16"] = [
        test(WAYS["scratch"], rate["scratch"], 16, seed, 3 * STEPS[16]) for seed in seeds
    ]

    flat = {
        f"{'/'.join(path)}#{i}": piece
        for path, group in pieces.items()
        for i, piece in enumerate(group)
    }
    values = spread(context, flat, "training")
    metrics: dict = {
        "rate": rate,
        "steps": {str(budget): steps for budget, steps in STEPS.items()},
        "source_task_before": load_card(SOURCE).value,
        "dev_images": len(parts(folder)[1]),
        "test_images": len(parts(folder)[2]),
        "chance": 1 / len(parts(folder)[2].classes),
    }
    for path, group in pieces.items():
        node = metrics
        for key in path[:-1]:
            node = node.setdefault(key, {})
        node[path[-1]] = [values[f"{'/'.join(path)}#{i}"] for i in range(len(group))]
    return Measured(
        metrics=metrics,
        data={
            "tiny_imagenet_birds": "4 classes; pool 256, dev 44, test 250 images a class",
            "checkpoint": f"{SOURCE}, sha256 {load_card(SOURCE).sha256[:12]}",
        },
    )


def choose_rates(context: Context, folder: Path) -> dict[str, float]:
    """Return each way's learning rate with the best mean accuracy on dev at 16 labels a class."""
    pieces: dict[str, Piece] = {
        f"dev/{name}/{lr}/{seed}": (
            score,
            (folder, WAYS[name], lr, TUNING_BUDGET, seed, "dev", STEPS[TUNING_BUDGET]),
        )
        for name, rates in RATES.items()
        for lr in rates
        for seed in TUNING_SEEDS
    }
    found = spread(context, pieces, "choosing rates")
    return {
        name: max(
            rates, key=lambda lr: fmean(found[f"dev/{name}/{lr}/{seed}"] for seed in TUNING_SEEDS)
        )
        for name, rates in RATES.items()
    }
