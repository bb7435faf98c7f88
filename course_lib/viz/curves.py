"""Accuracy against labels: the figure that the whole book draws again and again."""

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

from course_lib.viz.show import MARKERS, PALETTE, Shown, figure, show


def label_curves(
    curves: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    alt: str,
    chance: float | None = None,
    ylabel: str = "accuracy on the test part",
    height: float = 3.8,
) -> Shown:
    """Draw one line a method: mean over seeds, bars of one standard deviation.

    curves: method → labels a class → one accuracy (0 to 1) a seed.
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
            color=PALETTE[i % len(PALETTE)],
            marker=MARKERS[i % len(MARKERS)],
            markersize=5,
            capsize=2,
        )
        axes.set_xscale("log", base=2)
        axes.set_xticks(budgets, [str(b) for b in budgets])
    if chance is not None:
        axes.axhline(chance, linestyle=":", color="#808080", label="guessing")
    axes.minorticks_off()
    axes.grid(axis="y")
    axes.set_xlabel("labels a class")
    axes.set_ylabel(ylabel)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return show(fig, alt=alt)
