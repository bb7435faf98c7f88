"""One look for the whole book: figures as inline SVG that follow the page's light or dark theme."""

import base64
import html
import io
import re
import warnings
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito, 2008: told apart by colour-blind readers, and visible on white and on near-black.
PALETTE = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56a4d9", "#7f7f7f"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]

# A colour that no figure uses; it becomes the page's text colour.
INK = "#010203"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it is searched, read aloud, set in the page's font
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "axes.prop_cycle": cycler(color=PALETTE),
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "grid.color": "#808080",
    "grid.alpha": 0.35,
}


class Shown:
    """A figure as the page gets it: HTML with a text alternative."""

    def __init__(self, html: str, alt: str) -> None:
        self.html = html
        self.alt = alt

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"


def figure(
    rows: int = 1, columns: int = 1, *, width: float = 6.4, height: float = 3.6
) -> tuple[Figure, list[Axes]]:
    """Set the book's style for this process, make a figure, return it with its axes row by row.

    width, height: of the whole figure, in inches.
    """
    matplotlib.rcParams.update(STYLE)
    fig = Figure(figsize=(width, height), layout="constrained")
    axes = fig.subplots(rows, columns, squeeze=False)
    return fig, list(axes.flat)


def show(fig: Figure, *, alt: str) -> Shown:
    """Turn a figure into inline SVG; end a chapter's cell with it.

    alt: what is to be seen, for those who do not see it. The same figure gives the same bytes.

    Raises: ValueError when alt is empty.
    """
    if not alt.strip():
        raise ValueError("alt must say what is to be seen, received an empty text")
    buffer = io.StringIO()
    style: dict[Any, Any] = {**STYLE, "svg.hashsalt": alt}
    with matplotlib.rc_context(style), warnings.catch_warnings():
        # text stays text, and the page's fonts know letters that matplotlib's own do not
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1; font-family: inherit", svg)
    svg = re.sub(r"font-family: [^;\"]*", "font-family: inherit", svg)
    svg = svg.replace(INK, "currentColor")
    label = html.escape(alt, quote=True)
    width = round(fig.get_figwidth() * 100)
    svg = re.sub(r'<svg ([^>]*?)width="[^"]*"', r"<svg \1", svg, count=1)
    svg = re.sub(r'<svg ([^>]*?)height="[^"]*"', r"<svg \1", svg, count=1)
    attributes = f'<svg role="img" aria-label="{label}" style="width:100%;max-width:{width}px" '
    svg = svg.replace("<svg ", attributes, 1)
    return Shown(f'<div class="figure">{svg}</div>', alt)


def pictures(images, titles: list[str], *, columns: int, alt: str) -> Shown:
    """Show small pictures in a grid, each above its title.

    Shapes: images (N, 3, height, width), bytes.
    """
    from PIL import Image

    cells = []
    for image, title in zip(images, titles, strict=True):
        buffer = io.BytesIO()
        array = image.permute(1, 2, 0).numpy()
        Image.fromarray(array).save(buffer, format="PNG", optimize=True)
        data = base64.b64encode(buffer.getvalue()).decode()
        cells.append(
            '<figure style="margin:0;text-align:center">'
            f'<img src="data:image/png;base64,{data}" alt="{html.escape(title)}" '
            'style="width:100%;image-rendering:pixelated">'
            f"<figcaption>{html.escape(title)}</figcaption></figure>"
        )
    # as many columns as asked for, fewer where a title would not fit
    width = f"max(4.5rem,calc(100%/{columns} - 0.5rem))"
    layout = f"display:grid;gap:0.5rem;grid-template-columns:repeat(auto-fill,minmax({width},1fr))"
    label = html.escape(alt, quote=True)
    grid = f'<div class="pictures" role="group" aria-label="{label}" style="{layout}">'
    return Shown(grid + "".join(cells) + "</div>", alt)
