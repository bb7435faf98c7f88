"""The drawings of chapter 8."""

import torch

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
    tokens,
)

WORDS = ["the", "cat", "is", "yawning"]
# four vectors made by hand: "cat" and "yawning" point the same way, the other two another way
VECTORS = torch.tensor([[0.2, 1.0], [1.6, 0.3], [0.1, 0.9], [1.4, 0.2]])


def weighted_sum():
    """One output: what the other vectors have in common with its own decides their shares."""
    fig, axes = canvas(36, 23)
    inputs = tokens(axes, 3, 2.5, ["$x_1$", "$x_2$", "$x_3$", "$x_4$"], step=8)
    shares = (VECTORS @ VECTORS[1]).softmax(dim=0).tolist()
    y = box(axes, 11, 17.6, "$y_2$", width=7.2, height=2.4, colour=VERMILION, size=SMALL)
    total = box(axes, 11.6, 12.4, "Σ", width=6, height=2.4)
    for place, share in zip(inputs, shares, strict=True):
        arrow(axes, place.top, total.bottom, strength=share)
        middle = (place.top[0] * 2 + total.bottom[0]) / 3, (place.top[1] * 2 + total.bottom[1]) / 3
        aside = -1.6 if place.middle[0] < 14.6 else 1.6
        text(axes, (middle[0] + aside, middle[1]), f"{share:.2f}", size=SMALL)
    arrow(axes, total.top, y.bottom)
    text(axes, (18, 0.9), r"$w_{2j} = \mathrm{softmax}_j\,(x_2 \cdot x_j)$", size=SMALL)
    return show(fig, alt="Four inputs, each with an arrow as thick as its share, meet in one sum")


def the_cat_is_yawning():
    """The four weights of each word, as a matrix beside the sentence."""
    fig, axes = canvas(36, 25)
    weights = (VECTORS @ VECTORS.T).softmax(dim=-1).numpy()
    place = matrix(
        axes, 10, 5, (4, 4), values=weights, numbers=True, cell=4.4,
    )  # fmt: skip
    for i, word in enumerate(WORDS):
        text(axes, (9.2, place.y + (3.5 - i) * 4.4), word, size=SMALL, align="right")
        text(axes, (place.x + (i + 0.5) * 4.4, place.y - 1.2), word, size=SMALL)
    text(axes, (18.8, 1.6), "is looked at", size=SMALL)
    text(axes, (4.5, 23.6), "looks", size=SMALL)
    return show(fig, alt="cat and yawning look at each other; the and is look at each other")


def query_key_value():
    """One vector in its three roles."""
    fig, axes = canvas(38, 33)
    x = tokens(axes, 4, 4, ["$x_1$", "$x_2$", "$x_3$"], step=11.5, colour=BLUE)
    keys, values = [], []
    for i, place in enumerate(x):
        middle = place.middle[0]
        keys.append(_role(axes, place, "key", middle - (0 if i == 1 else 1.9), GREEN))
        values.append(_role(axes, place, "value", middle + (3.6 if i == 1 else 1.9), GOLD))
    query = _role(axes, x[1], "query", x[1].middle[0] - 3.6, VERMILION)
    total = box(axes, 16.6, 24.4, "Σ", width=5, height=2.4)
    for key, value, share, bend in zip(
        keys, values, [0.2, 0.5, 0.3], [0.45, -0.9, -0.45], strict=True
    ):
        arrow(axes, query.top, key.top, bend=bend, colour=GREEN, strength=share)
        arrow(axes, value.top, total.bottom, colour=GOLD, strength=share)
    y = box(axes, 15.5, 29.4, "$y_2$", width=7.2, height=2.4, colour=VERMILION, size=SMALL)
    arrow(axes, total.top, y.bottom)
    for i, (kind, colour) in enumerate([("query", VERMILION), ("key", GREEN), ("value", GOLD)]):
        box(axes, 6 + 9.5 * i, 0.4, kind, width=7.5, height=2.2, colour=colour, size=SMALL)
    return show(fig, alt="The second vector asks with its query; every vector answers by its key")


def _role(axes, place, kind, x, colour):
    made = box(axes, x - 1.5, 11, f"${kind[0]}$", width=3, height=2.4, colour=colour, size=SMALL)
    arrow(axes, place.top, made.bottom, strength=0.3)
    return made


def with_matrices():
    """Shapes: T × K times K × S gives T × S, times S × K gives T × K."""
    fig, axes = canvas(44, 31)
    matrix(axes, 3, 20, (3, 4), name="$Q$", axis_names=("T", "K"), colour=VERMILION)
    matrix(axes, 13.5, 19.2, (4, 5), name="$K^T$", axis_names=("K", "S"), colour=GREEN)
    text(axes, (10.8, 22.2), "·")
    text(axes, (34, 23.6), "divide by √K,\nsoftmax of each row", size=SMALL)
    arrow(axes, (22.5, 22.2), (27, 22.2), strength=0.4)
    torch.manual_seed(0)
    shares = torch.randn(3, 5).softmax(dim=-1).numpy()
    matrix(
        axes, 3, 5.5, (3, 5), name="weights", axis_names=("T", "S"), values=shares, colour=GREY
    )
    arrow(axes, (34, 21), (8, 13), bend=-0.15, strength=0.4)
    value = matrix(axes, 16, 4, (5, 4), name="$V$", axis_names=("S", "K"), colour=GOLD)
    output = matrix(axes, 32, 5.5, (3, 4), name="output", axis_names=("T", "K"), colour=VERMILION)
    text(axes, (12.8, 7.7), "·")
    arrow(axes, (24, value.middle[1]), (29, output.middle[1]), strength=0.4)
    alt = "Queries times keys give a table of scores; its shares times values give the output"
    return show(fig, alt=alt)


def several_heads():
    """D numbers are cut into H heads of K, each attends by itself, and they are joined again."""
    fig, axes = canvas(40, 34)
    x = box(axes, 8, 1, "x   (T, D)", width=24, height=2.6, colour=BLUE)
    proj = box(axes, 5, 7, "three projections, each (D, D)", width=30, height=2.8)
    arrow(axes, x.top, proj.bottom)
    joined = box(axes, 8, 24, "heads side by side   (T, D)", width=24, height=2.6, colour=BLUE)
    for i, colour in enumerate((VERMILION, GREEN, GOLD)):
        head = box(
            axes, 2 + 12.5 * i, 14.5, f"head {i + 1}\n(T, K)", width=11, height=5, colour=colour
        )
        arrow(axes, (head.bottom[0] * 0.7 + 6, proj.top[1]), head.bottom, strength=0.5)
        arrow(axes, head.top, (head.top[0] * 0.7 + 6, joined.y), strength=0.5)
    out = box(axes, 8, 29.5, "output projection   (D, D)", width=24, height=2.8)
    arrow(axes, joined.top, out.bottom)
    return show(fig, alt="One vector is projected, cut into three heads, and joined again")


def one_head_in_numbers():
    """Every table of one head for the lecture's sentence, with the numbers in it."""
    query, key = VECTORS @ torch.tensor([[1.0, 0.5], [0.0, 1.0]]), VECTORS
    value = VECTORS @ torch.tensor([[0.0, 1.0], [2.0, 0.0]])
    scores = query @ key.T / 2**0.5
    shares = scores.softmax(dim=-1)
    fig, axes = canvas(43, 37)
    cell = 2.5
    q = _written(axes, 3.5, 24, query, "queries", ("T", "K"), VERMILION, cell)
    text(axes, (q.right[0] + 1.4, q.right[1]), "·")
    k = _written(axes, q.right[0] + 4.2, 26.5, key.T, "keys", ("K", "S"), GOLD, cell)
    text(axes, (k.right[0] + 1.9, q.right[1]), "→")
    _written(axes, k.right[0] + 5.0, 24, scores, "divided by √2", ("T", "S"), GREY, cell)
    text(axes, (21.5, 19.6), "each row through the softmax ↓", size=SMALL)
    w = matrix(
        axes, 3.5, 4, (4, 4), name="shares", axis_names=("T", "S"), values=shares, numbers=True,
        cell=cell,
    )  # fmt: skip
    text(axes, (w.right[0] + 1.4, w.right[1]), "·")
    v = _written(axes, w.right[0] + 4.2, 4, value, "values", ("S", "K"), GREEN, cell)
    text(axes, (v.right[0] + 1.9, w.right[1]), "→")
    _written(axes, v.right[0] + 6.0, 4, shares @ value, "outputs", ("T", "K"), BLUE, cell)
    alt = "Queries times keys are scores; the softmax makes shares; shares times values are outputs"
    return show(fig, alt=alt)


def _written(axes, x, y, table, name, axis_names, colour, cell):
    """A matrix with its own numbers, one shade throughout."""
    return matrix(
        axes, x, y, (table.shape[0], table.shape[1]), name=name, axis_names=axis_names,
        numbers=table, colour=colour, cell=cell,
    )  # fmt: skip
