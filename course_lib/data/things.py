"""Drawn things, none of them a bird: the broad source task on which a network is pre-trained.

Sixteen kinds in the same scenes as the birds. Telling them apart takes edges, corners, curves,
thin lines and how parts meet: what a network can bring along to a task with few labels.
"""

from collections.abc import Callable

import numpy as np
import torch
from tqdm.auto import tqdm

from course_lib.data.drawing import Figure, Pen, colour, render, shade
from course_lib.data.images import LabelledImages

KINDS: dict[str, Figure] = {}


def kind(figure: Figure) -> Figure:
    """Enter a drawing function in the table under its own name."""
    KINDS[figure.__name__] = figure
    return figure


def _around(n: int, radius: Callable[[int], float]) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    r = np.array([radius(i) for i in range(n)])
    return np.stack([r * np.sin(angle), -r * np.cos(angle)], axis=1)


@kind
def fish(pen: Pen, rng: np.random.Generator) -> None:
    """An ellipse with a tail fin and an eye."""
    body = colour(rng)
    pen.polygon([(-0.3, 0), (-0.75, -0.3), (-0.75, 0.3)], shade(body, -0.3))
    pen.ellipse((0.05, 0), (0.5, rng.uniform(0.2, 0.32)), body)
    pen.ellipse((0.35, -0.06), (0.05, 0.05), (10, 10, 10))


@kind
def tree(pen: Pen, rng: np.random.Generator) -> None:
    """A trunk under a round crown."""
    pen.stroke([(0, 0.8), (0, 0)], 0.14, colour(rng))
    crown = colour(rng)
    for x, y in [(-0.25, -0.1), (0.25, -0.1), (0, -0.4)]:
        pen.ellipse((x, y), (0.35, 0.32), shade(crown, rng.uniform(-0.2, 0.2)))


@kind
def fir(pen: Pen, rng: np.random.Generator) -> None:
    """Three triangles on a trunk."""
    pen.stroke([(0, 0.8), (0, 0.4)], 0.12, colour(rng))
    green = colour(rng)
    for top, width in [(0.0, 0.5), (-0.35, 0.4), (-0.7, 0.3)]:
        pen.polygon([(0, top - 0.1), (-width, top + 0.45), (width, top + 0.45)], green)


@kind
def house(pen: Pen, rng: np.random.Generator) -> None:
    """A box, a roof, a door."""
    pen.polygon([(-0.5, 0), (0.5, 0), (0.5, 0.6), (-0.5, 0.6)], colour(rng))
    pen.polygon([(-0.65, 0), (0, rng.uniform(-0.65, -0.4)), (0.65, 0)], colour(rng))
    pen.polygon([(-0.1, 0.25), (0.12, 0.25), (0.12, 0.6), (-0.1, 0.6)], colour(rng))


@kind
def car(pen: Pen, rng: np.random.Generator) -> None:
    """A body, a cabin, two wheels."""
    body = colour(rng)
    pen.polygon([(-0.7, 0), (0.7, 0), (0.7, 0.3), (-0.7, 0.3)], body)
    pen.polygon([(-0.4, 0), (-0.25, -0.3), (0.25, -0.3), (0.45, 0)], shade(body, 0.4))
    for x in (-0.4, 0.4):
        pen.ellipse((x, 0.32), (0.16, 0.16), (25, 25, 25))


@kind
def boat(pen: Pen, rng: np.random.Generator) -> None:
    """A hull, a mast, a sail."""
    pen.polygon([(-0.65, 0.2), (0.65, 0.2), (0.4, 0.55), (-0.45, 0.55)], colour(rng))
    pen.stroke([(0, 0.2), (0, -0.75)], 0.05, (60, 40, 20))
    pen.polygon([(0.06, -0.7), (0.06, 0.1), (rng.uniform(0.4, 0.6), 0.1)], colour(rng))


@kind
def flower(pen: Pen, rng: np.random.Generator) -> None:
    """Petals around a centre, a stem."""
    pen.stroke([(0, 0), (rng.uniform(-0.1, 0.1), 0.85)], 0.06, colour(rng))
    petal = colour(rng)
    for x, y in _around(int(rng.integers(5, 9)), lambda _: 0.33):
        pen.ellipse((x, y - 0.25), (0.17, 0.17), petal)
    pen.ellipse((0, -0.25), (0.17, 0.17), colour(rng))


@kind
def cup(pen: Pen, rng: np.random.Generator) -> None:
    """A tapering vessel with a handle."""
    clay = colour(rng)
    handle = [(0.35, -0.2), (0.65, -0.15), (0.65, 0.2), (0.3, 0.3)]
    pen.stroke(handle, 0.09, shade(clay, -0.2))
    pen.polygon([(-0.42, -0.4), (0.42, -0.4), (0.3, 0.5), (-0.3, 0.5)], clay)


@kind
def star(pen: Pen, rng: np.random.Generator) -> None:
    """A star with five to seven points."""
    n = int(rng.integers(5, 8))
    pen.polygon(_around(2 * n, lambda i: 0.65 if i % 2 == 0 else 0.28), colour(rng))


@kind
def mushroom(pen: Pen, rng: np.random.Generator) -> None:
    """Half an ellipse on a stalk, with dots."""
    pen.stroke([(0, 0), (0, 0.65)], 0.24, colour(rng))
    angle = np.linspace(np.pi, 2 * np.pi, 16)
    cap = np.stack([0.6 * np.cos(angle), 0.05 + 0.55 * np.sin(angle)], axis=1)
    pen.polygon(cap, colour(rng))
    for x, y in [(-0.3, -0.15), (0.05, -0.3), (0.32, -0.12)]:
        pen.ellipse((x, y), (0.08, 0.06), (240, 240, 230))


@kind
def butterfly(pen: Pen, rng: np.random.Generator) -> None:
    """Two pairs of wings on a thin body, two feelers."""
    upper, lower = colour(rng), colour(rng)
    for side in (-1, 1):
        pen.ellipse((side * 0.36, -0.22), (0.36, 0.27), upper, side * 0.5)
        pen.ellipse((side * 0.28, 0.25), (0.26, 0.2), lower, -side * 0.5)
        pen.stroke([(0, -0.35), (side * 0.2, -0.7)], 0.04, (20, 20, 20))
    pen.ellipse((0, 0), (0.06, 0.42), (30, 25, 20))


@kind
def key(pen: Pen, rng: np.random.Generator) -> None:
    """A ring, a shaft, two teeth."""
    metal = colour(rng)
    pen.stroke([(-0.2, 0), (0.75, 0)], 0.1, metal)
    for x in (0.5, 0.68):
        pen.stroke([(x, 0), (x, rng.uniform(0.18, 0.3))], 0.08, metal)
    pen.ellipse((-0.42, 0), (0.3, 0.3), metal)
    pen.ellipse((-0.42, 0), (0.15, 0.15), colour(rng))


@kind
def umbrella(pen: Pen, rng: np.random.Generator) -> None:
    """Half a disc, a long shaft, a hook."""
    pen.stroke([(0, -0.2), (0, 0.65), (0.14, 0.75), (0.24, 0.62)], 0.06, (40, 40, 40))
    angle = np.linspace(np.pi, 2 * np.pi, 16)
    cloth = np.stack([0.72 * np.cos(angle), -0.05 + 0.6 * np.sin(angle)], axis=1)
    pen.polygon(cloth, colour(rng))


@kind
def snake(pen: Pen, rng: np.random.Generator) -> None:
    """A wave that ends in a head."""
    x = np.linspace(-0.8, 0.7, 14)
    waves = rng.uniform(5, 8)
    y = 0.25 * np.sin(waves * x)
    skin = colour(rng)
    pen.stroke(list(zip(x.tolist(), y.tolist(), strict=True)), 0.14, skin)
    pen.ellipse((0.74, float(y[-1])), (0.16, 0.11), shade(skin, -0.3))


@kind
def spider(pen: Pen, rng: np.random.Generator) -> None:
    """Eight bent legs around two discs."""
    body = colour(rng)
    for side in (-1, 1):
        for lift in (-0.45, -0.15, 0.15, 0.45):
            knee = (side * 0.4, lift - 0.15)
            pen.stroke([(0, 0), knee, (side * 0.72, lift + rng.uniform(0, 0.25))], 0.05, body)
    pen.ellipse((0, 0.14), (0.24, 0.28), body)
    pen.ellipse((0, -0.2), (0.14, 0.14), shade(body, 0.2))


@kind
def lamp(pen: Pen, rng: np.random.Generator) -> None:
    """A shade on a thin stand with a foot."""
    pen.stroke([(0, -0.1), (0, 0.7)], 0.05, (50, 50, 50))
    pen.polygon([(-0.3, 0.68), (0.3, 0.68), (0.3, 0.78), (-0.3, 0.78)], (50, 50, 50))
    pen.polygon([(-0.2, -0.65), (0.2, -0.65), (0.48, -0.1), (-0.48, -0.1)], colour(rng))


CLASSES = tuple(KINDS)


def dataset(n: int, seed: int, *, progress: bool = False) -> LabelledImages:
    """Draw n labelled things, the kinds in turn; the same n and seed give the same pictures.

    Raises: ValueError when n is not positive.
    """
    if n <= 0:
        raise ValueError(f"n must be positive, received {n}")
    rng = np.random.default_rng(seed)
    labels = [i % len(CLASSES) for i in range(n)]
    pictures = [
        render(KINDS[CLASSES[label]], rng)
        for label in tqdm(labels, desc="drawing things", disable=not progress)
    ]
    return LabelledImages(torch.from_numpy(np.stack(pictures)), torch.tensor(labels), CLASSES)
