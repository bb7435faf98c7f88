"""Drawings of models: boxes, arrows, matrices with their axes, words in a row.

A drawing is measured in tenths of an inch from its lower left corner. Drawings are at most 44 wide,
so that they need not shrink, and stay readable, on a page of 390 pixels.
"""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from numpy.typing import ArrayLike

from course_lib.viz.show import INK, PALETTE, STYLE

BLUE, VERMILION, GREEN, PINK, GOLD, SKY, GREY = PALETTE
WIDEST = 44.0
FAINT = 0.22  # of a filled shape, so that text on it is read in both themes
SMALL, NORMAL = 9, 10.5  # letters, in points


class Place(NamedTuple):
    """Where a shape lies, and the four points at which arrows meet it."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> tuple[float, float]:
        """The middle of the left side."""
        return self.x, self.y + self.height / 2

    @property
    def right(self) -> tuple[float, float]:
        """The middle of the right side."""
        return self.x + self.width, self.y + self.height / 2

    @property
    def top(self) -> tuple[float, float]:
        """The middle of the upper side."""
        return self.x + self.width / 2, self.y + self.height

    @property
    def bottom(self) -> tuple[float, float]:
        """The middle of the lower side."""
        return self.x + self.width / 2, self.y

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the shape."""
        return self.x + self.width / 2, self.y + self.height / 2


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty drawing, in tenths of an inch.

    Raises: ValueError for a drawing wider than a phone's page.
    """
    if width > WIDEST:
        raise ValueError(f"a drawing is at most {WIDEST:g} wide, received {width:g}")
    matplotlib.rcParams.update(STYLE)
    fig = Figure(figsize=(width / 10, height / 10))
    axes = fig.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return fig, axes


def text(
    axes: Axes, at: tuple[float, float], words: str, *, size: float = NORMAL, align: str = "center"
) -> None:
    """Write words around a point, or to its right ("left") or left ("right")."""
    axes.text(*at, words, ha=align, va="center", fontsize=size, linespacing=1.15)


def box(
    axes: Axes,
    x: float,
    y: float,
    words: str,
    *,
    width: float = 11,
    height: float = 2.8,
    colour: str = GREY,
    size: float = NORMAL,
) -> Place:
    """Draw a part of a model: a box with its name."""
    patch = FancyBboxPatch(
        (x, y), width, height, boxstyle="round,pad=0,rounding_size=0.5", linewidth=1.2,
        edgecolor=colour, facecolor=(*to_rgb(colour), FAINT),
    )  # fmt: skip
    axes.add_patch(patch)
    place = Place(x, y, width, height)
    text(axes, place.middle, words, size=size)
    return place


def arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    bend: float = 0.0,
    colour: str = INK,
    strength: float = 1.0,
) -> None:
    """Draw an arrow.

    bend: how far it leaves the straight line. strength: how thick it is, 0 to 1.
    """
    axes.add_patch(
        FancyArrowPatch(
            start, end, connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>", mutation_scale=8,
            linewidth=0.4 + 1.6 * strength, color=colour, shrinkA=1.5, shrinkB=1.5,
            alpha=0.25 + 0.75 * strength,
        )
    )  # fmt: skip


def tokens(
    axes: Axes,
    x: float,
    y: float,
    words: Sequence[str],
    *,
    step: float = 8.0,
    height: float = 2.4,
    colour: str = BLUE,
) -> list[Place]:
    """Draw words in a row, each in its box."""
    return [
        box(axes, x + i * step, y, word, width=step - 0.8, height=height, colour=colour, size=SMALL)
        for i, word in enumerate(words)
    ]


def matrix(
    axes: Axes,
    x: float,
    y: float,
    shape: tuple[int, int],
    *,
    name: str = "",
    axis_names: tuple[str, str] = ("", ""),
    values: ArrayLike | None = None,
    numbers: ArrayLike | bool = False,
    cell: float = 1.5,
    colour: str = BLUE,
) -> Place:
    """Draw a matrix as cells, its name above it, its axes' letters at its left and below it.

    values: numbers from 0 to 1 that say how dark each cell is. numbers: True writes them into the
    cells; a table of others is written in their place.
    """
    rows, columns = shape
    shade = np.full(shape, 0.35) if values is None else np.asarray(values, dtype=float)
    written = None if numbers is True or numbers is False else np.asarray(numbers, dtype=float)
    for i in range(rows):
        for j in range(columns):
            corner = (x + j * cell, y + (rows - 1 - i) * cell)
            fill = (
                *to_rgb(colour),
                0.08 + 0.62 * float(np.clip(shade[i, j], 0, 1)),
            )
            axes.add_patch(
                Rectangle(corner, cell, cell, facecolor=fill, edgecolor=colour, linewidth=0.8)
            )
            at = (corner[0] + cell / 2, corner[1] + cell / 2)
            if written is not None:
                text(axes, at, f"{written[i, j]:.1f}", size=SMALL - 1)
            elif numbers:
                share = "1" if shade[i, j] == 1 else f"{shade[i, j]:.2f}".lstrip("0")
                text(axes, at, share, size=SMALL - 1)
    place = Place(x, y, columns * cell, rows * cell)
    if name:
        text(axes, (place.top[0], place.top[1] + 1.1), name)
    if axis_names[0]:
        text(axes, (x - 1.0, place.left[1]), axis_names[0], size=SMALL)
    if axis_names[1]:
        text(axes, (place.bottom[0], y - 1.1), axis_names[1], size=SMALL)
    return place
