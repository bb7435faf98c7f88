"""The drawings of chapter 11."""

import numpy as np

from course_lib.layers.masks import causal, padding, prefix
from course_lib.viz import show
from course_lib.viz.drawing import (
    GREEN,
    GREY,
    SMALL,
    VERMILION,
    arrow,
    box,
    canvas,
    matrix,
    text,
    tokens,
)

WORDS = ["<s>", "the", "cat", "sat"]


def answer_leaks():
    """The lecture's picture: the next word is asked for, and it stands in the input."""
    fig, axes = canvas(43, 25)
    inputs = tokens(axes, 9, 3, WORDS, step=8.3)
    block = box(axes, 9, 11, "blocks", width=32.5, colour=GREY)
    outputs = tokens(axes, 9, 19.5, ["the", "cat", "sat", "down"], step=8.3, colour=GREEN)
    for i, (below, above) in enumerate(zip(inputs, outputs, strict=True)):
        arrow(axes, below.top, (below.top[0], block.y), strength=0.4)
        arrow(axes, (above.bottom[0], block.top[1]), above.bottom, strength=0.4)
        if i + 1 < len(inputs):
            arrow(axes, inputs[i + 1].top, above.bottom, colour=VERMILION, strength=0.8)
    text(axes, (7.8, inputs[0].left[1]), "given", size=SMALL, align="right")
    text(axes, (7.8, outputs[0].left[1]), "asked", size=SMALL, align="right")
    alt = "From each input word an arrow leads to the place before, where it is asked for"
    return show(fig, alt=alt)


def the_mask():
    """Scores, the mask, what the softmax makes of them."""
    fig, axes = canvas(43, 18)
    scores = np.array([[1.2, 0.3, 2.0, 0.1], [0.4, 1.5, 0.2, 1.0], [0.9, 0.8, 0.1, 1.9],
                       [0.2, 1.1, 0.6, 0.7]])  # fmt: skip
    allowed = causal(4).numpy()
    shares = np.where(allowed, np.exp(scores), 0.0)
    shares /= shares.sum(axis=1, keepdims=True)
    left = matrix(axes, 2.5, 4.5, (4, 4), name="scores", axis_names=("T", "S"),
                  values=scores / 2, cell=2.2, colour=GREY)  # fmt: skip
    middle = matrix(axes, 17, 4.5, (4, 4), name="may attend", values=allowed, cell=2.2,
                    colour=GREEN)  # fmt: skip
    right = matrix(axes, 31.5, 4.5, (4, 4), name="shares", values=shares, cell=2.2, numbers=True)
    arrow(axes, left.right, middle.left)
    arrow(axes, middle.right, right.left)
    text(axes, (28.6, 2.2), "hidden scores become −∞, then the softmax", size=SMALL)
    return show(fig, alt="Above the diagonal the mask is empty, and the shares there are zero")


def kinds_of_masks():
    """Causal, padding, prefix, and causal with padding, for six places."""
    import torch

    padded = padding(torch.tensor([4]), 6)[0, 0].expand(6, 6)
    fig, axes = canvas(43, 36)
    for i, (name, mask) in enumerate(
        {
            "causal": causal(6),
            "padding, 4 words": padded,
            "prefix of 3": prefix(3, 6),
            "causal and padding": causal(6) & padded,
        }.items()
    ):
        x, y = 5 + 21 * (i % 2), 21 - 18 * (i // 2)
        matrix(axes, x, y, (6, 6), name=name, axis_names=("T", "S"), values=mask.numpy(),
               cell=2.0, colour=GREEN)  # fmt: skip
    alt = "Four tables: a triangle, full columns, a triangle with full columns, an overlap"
    return show(fig, alt=alt)
