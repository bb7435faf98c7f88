"""Names beside points, put where they hide neither another name nor a point."""

from collections.abc import Sequence
from itertools import product

from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIZE = 8  # of the letters, in points
LETTER = 0.56  # mean width of a letter, in sizes
GAP = 3  # between a point and its name, in points
Box = tuple[float, float, float, float]  # left, bottom, right, top


def overlap(a: Box, b: Box) -> float:
    """Return the area that two boxes share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def choices(x: float, y: float, width: float, height: float) -> list[Box]:
    """Return the eight boxes around a point in which its name may stand, the best first."""
    across = {"right": x + GAP, "left": x - GAP - width, "over": x - width / 2}
    along = {"up": y + GAP, "down": y - GAP - height, "level": y - height / 2}
    corners = [
        (across[a], along[b]) for a, b in product(across, along) if (a, b) != ("over", "level")
    ]
    return [(left, bottom, left + width, bottom + height) for left, bottom in corners]


def arrange(points: Sequence[tuple[float, float]], names: Sequence[str], frame: Box) -> list[Box]:
    """Choose a box for each name, one after the other, all in points of the page.

    A box is the better the less it shares with names that have a place and with points, and the
    less of it lies outside the frame.
    """
    marks = [(x - 2, y - 2, x + 2, y + 2) for x, y in points]
    taken: list[Box] = []
    for (x, y), name in zip(points, names, strict=True):
        width, height = LETTER * SIZE * len(name), 1.1 * SIZE

        def cost(box: Box, area: float = width * height) -> float:
            hidden = sum(overlap(box, other) for other in taken + marks)
            return hidden + 2 * (area - overlap(box, frame))

        taken.append(min(choices(x, y, width, height), key=cost))
    return taken


def name_points(fig: Figure, axes: Axes, at: Sequence[tuple[float, float]], names: Sequence[str]):
    """Write each name beside its point; call it when everything else has been drawn."""
    fig.draw_without_rendering()  # so that the axes have their final place
    per_pixel = 72 / fig.dpi
    points = [tuple(axes.transData.transform(place) * per_pixel) for place in at]
    frame = axes.get_window_extent()
    edges = (frame.x0, frame.y0, frame.x1, frame.y1)
    boxes = arrange(points, names, tuple(edge * per_pixel for edge in edges))  # type: ignore[arg-type]
    for place, (x, y), name, box in zip(at, points, names, boxes, strict=True):
        offset = box[0] - x, box[1] - y
        axes.annotate(name, place, offset, textcoords="offset points", fontsize=SIZE)
