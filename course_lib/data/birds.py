"""Drawn birds: six kinds that differ in bill, tail, legs, neck and crest, never in colour.

Made by the project, and called what they are. Colours, pose, size, light, background and what
stands in front vary freely, so a network has to find the parts that tell the kinds apart.
"""

from dataclasses import dataclass

import numpy as np
import torch
from tqdm.auto import tqdm

from course_lib.data.drawing import Colour, Pen, colour, render, shade
from course_lib.data.images import LabelledImages


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What distinguishes a kind, in units of half a picture."""

    bill: float = 0.16
    bill_drop: float = 0.0
    tail: float = 0.35
    forked: bool = False
    legs: float = 0.22
    neck: float = 0.0
    crest: bool = False


KINDS: dict[str, Kind] = {
    "finch": Kind(bill=0.14),
    "sandpiper": Kind(bill=0.46, legs=0.34),
    "curlew": Kind(bill=0.5, bill_drop=0.24, legs=0.34),
    "swallow": Kind(bill=0.12, tail=0.62, forked=True, legs=0.12),
    "heron": Kind(bill=0.36, neck=0.42, legs=0.46, tail=0.22),
    "hoopoe": Kind(bill=0.36, bill_drop=0.12, crest=True),
}
CLASSES = tuple(KINDS)


def draw_bird(pen: Pen, rng: np.random.Generator, kind: Kind) -> None:
    """Draw one bird that looks to the right; every measure varies by about a tenth."""

    def about(value: float) -> float:
        return value * rng.uniform(0.85, 1.15)

    body, wing, bill = colour(rng), colour(rng), colour(rng)
    tilt = rng.uniform(-0.25, 0.25)
    _legs(pen, rng, about(kind.legs), bill)
    _tail(pen, about(kind.tail), kind.forked, shade(body, -0.3))
    pen.ellipse((0.0, 0.0), (about(0.45), about(0.27)), body, tilt)
    neck = about(kind.neck)
    head = np.array([0.42, -0.26]) + neck * np.array([0.35, -0.95])
    if neck:
        pen.stroke([(0.3, -0.08), (0.42, -0.26), tuple(head)], 0.13, body)
    radius = about(0.19)
    if kind.crest:
        for lean in (-0.75, -0.4, -0.05):
            tip = head + 0.42 * np.array([np.sin(lean), -np.cos(lean)])
            pen.stroke([tuple(head), tuple(tip)], 0.07, shade(wing, 0.2))
    _bill(pen, head, radius, about(kind.bill), about(kind.bill_drop), bill)
    pen.ellipse(tuple(head), (radius, radius), shade(body, rng.uniform(-0.3, 0.3)))
    pen.ellipse((head[0] + 0.07, head[1] - 0.05), (0.035, 0.035), (10, 10, 10))
    pen.ellipse((-0.08, -0.02), (about(0.3), about(0.15)), wing, tilt + rng.uniform(-0.3, 0.3))


def _legs(pen: Pen, rng: np.random.Generator, length: float, colour_: Colour) -> None:
    for hip in (-0.06, 0.1):
        foot = hip + rng.uniform(-0.08, 0.12)
        pen.stroke([(hip, 0.2), (foot, 0.22 + length), (foot + 0.1, 0.22 + length)], 0.045, colour_)


def _tail(pen: Pen, length: float, forked: bool, colour_: Colour) -> None:
    root_top, root_bottom = (-0.3, -0.1), (-0.3, 0.1)
    if not forked:
        end = -0.35 - length
        pen.polygon([root_top, (end, -0.08), (end, 0.1), root_bottom], colour_)
        return
    for lift in (-0.28, 0.24):
        pen.polygon([root_top, (-0.35 - length, lift), root_bottom], colour_)


def _bill(
    pen: Pen, head: np.ndarray, radius: float, length: float, drop: float, colour_: Colour
) -> None:
    """Draw the bill as a strip that thins towards its tip and bends down by `drop`."""
    along = np.linspace(0, 1, 6)
    x = head[0] + radius * 0.7 + along * (length + radius * 0.3)
    y = head[1] + 0.02 + drop * along**2
    half = 0.06 * (1 - along) + 0.008
    upper, lower = np.stack([x, y - half], axis=1), np.stack([x, y + half], axis=1)
    pen.polygon(np.concatenate([upper, lower[::-1]]), colour_)


def dataset(n: int, seed: int, *, progress: bool = False) -> LabelledImages:
    """Draw n labelled birds, the kinds in turn; the same n and seed give the same pictures.

    Raises: ValueError when n is not positive.
    """
    if n <= 0:
        raise ValueError(f"n must be positive, received {n}")
    rng = np.random.default_rng(seed)
    labels = [i % len(CLASSES) for i in range(n)]
    pictures = [
        render(lambda pen, rng, kind=KINDS[CLASSES[label]]: draw_bird(pen, rng, kind), rng)
        for label in tqdm(labels, desc="drawing birds", disable=not progress)
    ]
    return LabelledImages(torch.from_numpy(np.stack(pictures)), torch.tensor(labels), CLASSES)
