"""The drawings of chapter 10."""

import math

from matplotlib.patches import Circle

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
    text,
    tokens,
)


def word_plus_position():
    """The lecture's picture: a vector for what the word is, one for where it stands, their sum."""
    fig, axes = canvas(42, 27)
    words = tokens(axes, 8, 2, ["the", "cat", "is", "yawning"], step=8.3)
    places = tokens(axes, 8, 8.5, ["place 0", "place 1", "place 2", "place 3"], step=8.3,
                    colour=GREEN)  # fmt: skip
    for word, place in zip(words, places, strict=True):
        text(axes, (word.top[0], (word.top[1] + place.y) / 2), "+")
    block = box(axes, 8, 16, "block", width=32.5, colour=GREY)
    out = tokens(axes, 8, 22.5, ["$y_0$", "$y_1$", "$y_2$", "$y_3$"], step=8.3, colour=VERMILION)
    for place, y in zip(places, out, strict=True):
        arrow(axes, place.top, (place.top[0], block.y))
        arrow(axes, (y.bottom[0], block.top[1]), y.bottom)
    text(axes, (7, words[0].left[1]), "what", size=SMALL, align="right")
    text(axes, (7, places[0].left[1]), "where", size=SMALL, align="right")
    return show(fig, alt="Under each word's box, a box for its place; their sums enter the block")


def clock_hands():
    """Three hands at places 0, 1, 2, 3: the first turns fast, the last hardly at all."""
    fig, axes = canvas(42, 34)
    for row, (speed, colour) in enumerate(((1.0, BLUE), (0.3, GREEN), (0.09, VERMILION))):
        y = 26 - 10.5 * row
        text(axes, (4.5, y), rf"$\omega_{row} = {speed:g}$", size=SMALL)
        for place in range(4):
            _hand(axes, (13 + 8.2 * place, y), speed * place, colour)
    for place in range(4):
        text(axes, (13 + 8.2 * place, 32), f"place {place}", size=SMALL)
    return show(fig, alt="A row of clock faces for each speed; from place to place the hand turns")


def _hand(axes, centre, angle, colour, length=3.3, name=""):
    """A circle with a hand, turned from the right against the clock."""
    axes.add_patch(Circle(centre, length + 0.5, fill=False, edgecolor=GREY, linewidth=0.9))
    tip = centre[0] + length * math.cos(angle), centre[1] + length * math.sin(angle)
    axes.plot(*centre, marker=".", color=colour)
    arrow(axes, centre, tip, colour=colour, strength=0.7)
    if name:
        beyond = (length + 2.2) / length
        at = (centre[0] + (tip[0] - centre[0]) * beyond, centre[1] + (tip[1] - centre[1]) * beyond)
        text(axes, at, name, size=SMALL)


def rotary_turn():
    """A query and a key, both three places later: both have turned, their angle is the same."""
    fig, axes = canvas(42, 21)
    for x, (m, n) in ((11, (4, 2)), (31, (7, 5))):
        query, key = 0.35 + 0.3 * m, 0.1 + 0.3 * n
        _hand(axes, (x, 10), query, BLUE, 5, "q")
        _hand(axes, (x, 10), key, GOLD, 5, "k")
        text(axes, (x, 19.6), f"query at {m}, key at {n}", size=SMALL)
        text(axes, (x, 1.2), f"angle between them: {query - key:.2f}", size=SMALL)
    return show(fig, alt="Two clock faces; query and key have turned together, the angle stays")
