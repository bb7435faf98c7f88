"""A pen that draws in unit coordinates, and the scene around what it draws.

x runs from -1 (left) to 1 (right), y from -1 (top) to 1 (bottom). Everything is a polygon, so one
affine map (size, turn, mirror, place) moves a whole figure; pictures are drawn at twice their size
and shrunk, which smooths the edges.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = 64
DRAWN = 2 * SIZE

Colour = tuple[int, int, int]
Point = tuple[float, float]


class Pen:
    """Draws polygons, ellipses and strokes through one affine map."""

    def __init__(self, draw: ImageDraw.ImageDraw, matrix: np.ndarray, offset: np.ndarray) -> None:
        self._draw = draw
        self._matrix = matrix
        self._offset = offset

    def polygon(self, points: Sequence[Point] | np.ndarray, colour: Colour) -> None:
        """Fill a polygon."""
        mapped = np.asarray(points, dtype=float) @ self._matrix.T + self._offset
        self._draw.polygon([tuple(point) for point in mapped.tolist()], fill=colour)

    def ellipse(self, centre: Point, radii: Point, colour: Colour, turn: float = 0.0) -> None:
        """Fill an ellipse; turn is in radians."""
        angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        x, y = radii[0] * np.cos(angle), radii[1] * np.sin(angle)
        cos, sin = np.cos(turn), np.sin(turn)
        points = np.stack([centre[0] + cos * x - sin * y, centre[1] + sin * x + cos * y], axis=1)
        self.polygon(points, colour)

    def stroke(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """Draw a line through the points, each piece a rectangle of that width."""
        for start, end in pairwise(points):
            a, b = np.array(start, dtype=float), np.array(end, dtype=float)
            along = (b - a) / (np.linalg.norm(b - a) + 1e-9)
            side = np.array([-along[1], along[0]]) * width / 2
            self.polygon(np.stack([a + side, b + side, b - side, a - side]), colour)


Figure = Callable[[Pen, np.random.Generator], None]


def colour(rng: np.random.Generator, low: int = 20, high: int = 236) -> Colour:
    """Draw a colour at random, each channel between low and high."""
    red, green, blue = rng.integers(low, high, 3).tolist()
    return red, green, blue


def shade(base: Colour, by: float) -> Colour:
    """Make a colour lighter (by > 0) or darker (by < 0)."""
    target = 255 if by > 0 else 0
    red, green, blue = (round(c + (target - c) * abs(by)) for c in base)
    return red, green, blue


def render(figure: Figure, rng: np.random.Generator) -> np.ndarray:
    """Draw a figure in a scene of its own: background, size, turn, mirror, place, grass, noise.

    Shapes: returns (3, 64, 64), bytes.
    """
    canvas = _background(rng)
    draw = ImageDraw.Draw(canvas)
    scale = DRAWN / 2 * rng.uniform(0.6, 0.85)
    turn = rng.uniform(-0.35, 0.35)
    cos, sin = np.cos(turn), np.sin(turn)
    mirror = rng.choice([-1.0, 1.0])
    matrix = (
        scale * np.array([[cos, -sin], [sin, cos]]) @ np.diag([mirror, rng.uniform(0.85, 1.15)])
    )
    offset = DRAWN / 2 + DRAWN * rng.uniform(-0.1, 0.1, 2)
    figure(Pen(draw, matrix, offset), rng)
    _grass(draw, rng)
    small = canvas.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.0))).resize((SIZE, SIZE))
    pixels = np.asarray(small, dtype=np.float32)
    pixels = (pixels - 128) * rng.uniform(0.8, 1.1) + 128 + rng.uniform(-25, 25)
    pixels += rng.normal(0, rng.uniform(1, 6), pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8).transpose(2, 0, 1)


def _background(rng: np.random.Generator) -> Image.Image:
    """Blend two colours from top to bottom and scatter blotches a little lighter or darker."""
    top = colour(rng)
    bottom = shade(top, rng.uniform(-0.6, 0.6))
    ramp = np.linspace(0, 1, DRAWN)[:, None, None]
    pixels = np.broadcast_to(
        np.array(top) * (1 - ramp) + np.array(bottom) * ramp, (DRAWN, DRAWN, 3)
    )
    canvas = Image.fromarray(pixels.astype(np.uint8))
    draw = ImageDraw.Draw(canvas)
    for _ in range(rng.integers(0, 7)):
        x, y = rng.uniform(0, DRAWN, 2)
        rx, ry = rng.uniform(3, DRAWN / 4, 2)
        blotch = shade(top if y < DRAWN / 2 else bottom, rng.uniform(-0.3, 0.3))
        draw.ellipse((x - rx, y - ry, x + rx, y + ry), fill=blotch)
    return canvas


def _grass(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Put blades or twigs in front of the figure, so that parts of it are hidden."""
    for _ in range(rng.integers(0, 4)):
        x, y = rng.uniform(0, DRAWN, 2)
        end = (x + rng.uniform(-40, 40), y + rng.uniform(-40, 40))
        draw.line(((x, y), end), fill=colour(rng), width=int(rng.integers(2, 5)))
