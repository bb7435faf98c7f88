"""Logarithmic axes whose numbers can be read."""

from matplotlib.axis import Axis


def plain_log(axis: Axis, *ticks: float) -> None:
    """Label a logarithmic axis at the given numbers, written out, and nowhere else.

    Powers of ten alone leave the ends of a short range without a number.
    """
    axis.set_ticks(ticks, [f"{tick:,}" for tick in ticks])
    axis.set_ticks([], minor=True)
