"""Accuracy against labels: the figure that the whole book draws again and again."""

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from course_lib.viz.looks import LOOKS, look
from course_lib.viz.scales import plain_log
from course_lib.viz.show import MARKERS, PALETTE, Shown, figure, show


def label_curves(
    curves: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    alt: str,
    chance: float | None = None,
    xlabel: str = "labels a class",
    ylabel: str = "accuracy on the test part",
    height: float = 3.8,
) -> Shown:
    """Draw one line a method: mean over seeds, bars of one standard deviation.

    curves: method → labels → one accuracy or error (0 to 1) a seed; a method may lack some labels.
    A method of the book has its own look everywhere; others take colours by turns.
    chance: the accuracy of guessing, drawn as a dotted line.
    """
    fig, (axes,) = figure(height=height)
    for i, (name, points) in enumerate(curves.items()):
        budgets = [int(budget) for budget in points]
        means = [fmean(values) for values in points.values()]
        bars = [stdev(values) if len(values) > 1 else 0.0 for values in points.values()]
        nudge = 1 + 0.02 * (i - len(curves) / 2)  # side by side, so that the bars can be told apart
        axes.errorbar(
            [b * nudge for b in budgets],
            means,
            bars,
            label=name,
            markersize=5,
            capsize=2,
            **(look(name) if name in LOOKS else by_turns(i)),
        )
    if chance is not None:
        axes.axhline(chance, linestyle=":", color="#808080", label="guessing")
    ticks = sorted({int(budget) for points in curves.values() for budget in points})
    axes.set_xscale("log", base=2)
    plain_log(axes.xaxis, *ticks)
    axes.grid(axis="y")
    axes.set_xlabel(xlabel)
    axes.set_ylabel(ylabel)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return show(fig, alt=alt)


def by_turns(i: int) -> dict[str, Any]:
    """Return the i-th colour and marker, for a method that the book does not know."""
    return {"color": PALETTE[i % len(PALETTE)], "marker": MARKERS[i % len(MARKERS)]}
