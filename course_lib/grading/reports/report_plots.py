"""Pictures of a class report: how points are spread, as drawings that follow the page's colours."""

import html
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

INK = "#010203"  # becomes the page's own text colour
BAR, LOW = "#3b82c4", "#d2691e"  # told apart by colour-blind readers, seen on white and near-black
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.facecolor": "none",
}


def histogram(
    scores: Sequence[float], most: float, *, what: str, width: float = 6.4, height: float = 2.6
) -> str:
    """Return a histogram of points as inline SVG, its numbers in the text alternative."""
    bars = _bars(scores, most)
    alt = f"{what}: " + ", ".join(f"{label} points: {n}" for label, _, _, n in bars if n)
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
        for _, left, span, number in bars:
            # a bar below half of the points has the other colour: the eye finds hard tasks by it
            colour = LOW if most and left + span / 2 < most / 2 else BAR
            axes.bar(left, number, width=span, align="edge", color=colour, linewidth=0)
        axes.set_xlim(bars[0][1] - 0.02 * most, bars[-1][1] + bars[-1][2] + 0.02 * most)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        small = width < 4
        if len(bars) <= 11:
            axes.set_xticks([left + span / 2 for _, left, span, _ in bars])
            step = 2 if small and len(bars) > 7 else 1
            axes.set_xticklabels([bar[0] if at % step == 0 else "" for at, bar in enumerate(bars)])
        if not small:
            axes.set_xlabel("points")
            axes.set_ylabel("students")
        return _svg(figure, alt, width)


def _bars(scores: Sequence[float], most: float) -> list[tuple[str, float, float, int]]:
    """Return (label, left edge, width, number) of each bar: a value each, or ten steps."""
    top = max([most, *scores, 1e-9])
    values = Counter(round(score, 3) for score in scores)
    whole = all(value == int(value) for value in values) and top <= 12
    if whole:
        return [(f"{at}", at - 0.4, 0.8, values[at]) for at in range(int(top) + 1)]
    if len(values) <= 4:
        span = 0.08 * top
        return [(f"{at:g}", at - span / 2, span, values[at]) for at in sorted({*values, 0.0, top})]
    step = top / 10
    counts = Counter(min(int(score / step + 1e-9), 9) for score in scores)
    return [
        (f"{at * step:g}–{(at + 1) * step:g}", (at + 0.05) * step, 0.9 * step, counts[at])
        for at in range(10)
    ]


def _svg(figure: Any, alt: str, width: float) -> str:
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": alt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :].strip().replace(INK, "currentColor")
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg)
    svg = svg.replace("xlink:href", "href")
    svg = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1; font-family: inherit", svg)
    svg = re.sub(r' (?:width|height)="[\d.]+pt"', "", svg)
    label = html.escape(alt, quote=True)
    head = f'<svg role="img" aria-label="{label}" style="width:100%;max-width:{width * 96:.0f}px" '
    return svg.replace("<svg ", head, 1)
