"""The drawings of chapter 9."""

import numpy as np

from course_lib.viz import show
from course_lib.viz.drawing import (
    BLUE,
    GOLD,
    GREEN,
    GREY,
    SMALL,
    VERMILION,
    arrow,
    box,
    canvas,
    matrix,
    text,
)


def two_norms():
    """Which numbers share a mean: a row (layer norm), or a column through the batch."""
    fig, axes = canvas(42, 27)
    for left, title, rows, columns in (
        (3, "layer norm", [2], range(5)),
        (25, "batch norm", range(5), [1]),
    ):
        text(axes, (left + 6.3, 25.4), title)
        for i, (bottom, name) in enumerate([(14.5, "a sentence"), (3.0, "another, padded")]):
            shade = np.zeros((5, 5))
            for row in rows:
                for column in columns:
                    shade[row, column] = 1.0 if title == "batch norm" or i == 0 else 0.0
            place = matrix(
                axes, left, bottom, (5, 5), axis_names=("T", "D"), values=shade, cell=1.6,
                colour=VERMILION if title == "batch norm" else BLUE,
            )  # fmt: skip
            text(axes, (place.x + 4, place.top[1] + 0.9), name, size=SMALL)
            if i == 1:
                text(axes, (place.x + 9.6, bottom + 2.4), "pad", size=SMALL)
                text(axes, (place.x + 9.6, bottom + 0.8), "pad", size=SMALL)
    alt = "Layer norm marks one row of one sentence, batch norm one column of both with padding"
    return show(fig, alt=alt)


def encoder():
    """Word vectors plus positions, then the block, several times."""
    fig, axes = canvas(36, 31)
    words = box(axes, 4, 1.5, "word vectors", width=12, colour=BLUE)
    places = box(axes, 20, 1.5, "positions", width=12, colour=GREEN)
    total = box(axes, 15, 7.5, "+", width=6, height=2.4)
    arrow(axes, words.top, total.bottom)
    arrow(axes, places.top, total.bottom)
    frame = box(axes, 4, 12.5, "", width=28, height=12.5)
    text(axes, (29.5, 23.4), "× N", size=SMALL)
    attention = box(axes, 8, 14, "self-attention", width=18, colour=VERMILION)
    norm = box(axes, 8, 17.6, "normalisation", width=18, colour=GOLD)
    network = box(axes, 8, 21.2, "feed-forward", width=18, colour=GREY)
    arrow(axes, total.top, (18, frame.y))
    arrow(axes, attention.top, norm.bottom)
    arrow(axes, norm.top, network.bottom)
    out = box(axes, 8, 27.5, "a vector for each word", width=20, colour=BLUE)
    arrow(axes, (18, frame.top[1]), out.bottom)
    alt = "Words and positions are added; attention, norm and network follow N times"
    return show(fig, alt=alt)


def block():
    """Both orders of the norms, side by side."""
    fig, axes = canvas(43, 39)
    _order(axes, 2, "post-norm", ["attention", "+", "norm", "feed-forward", "+", "norm"])
    _order(axes, 24, "pre-norm", ["norm", "attention", "+", "norm", "feed-forward", "+"])
    return show(fig, alt="In post-norm the norm follows each sum; in pre-norm it opens each part")


def _order(axes, x, title, parts):
    """Draw one order from the bottom up; a way around leads from before a part to its sum."""
    colours = {"attention": VERMILION, "feed-forward": GREY, "norm": GOLD, "+": BLUE}
    text(axes, (x + 8, 37.6), title)
    text(axes, (x + 8, 1.2), "x", size=SMALL)
    below, start = (x + 8, 1.8), (x + 8, 3.0)
    for i, name in enumerate(parts):
        width = 5 if name == "+" else 12.5
        place = box(
            axes, x + 8 - width / 2, 4.2 + 5.5 * i, name, width=width, height=2.6,
            colour=colours[name], size=SMALL,
        )  # fmt: skip
        arrow(axes, below, place.bottom, strength=0.5)
        if name == "+":
            side, level = x + 16.2, place.right[1]
            axes.plot([start[0], side, side], [start[1], start[1], level], color=BLUE, lw=1.2)
            arrow(axes, (side, level), place.right, colour=BLUE, strength=0.4)
        below = place.top
        ends_a_part = name == ("+" if parts[0] == "norm" else "norm")
        if ends_a_part:
            start = (x + 8, place.top[1] + 1.4)
    arrow(axes, below, (x + 8, below[1] + 2.4), strength=0.5)
