"""Who is looked at while each word is written: target words in rows, source words in columns."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_lib.viz.attention_maps import SHARES
from course_lib.viz.show import Shown, figure, show


def alignment(
    weights: ArrayLike, target: Sequence[str], source: Sequence[str], *, alt: str
) -> Shown:
    """Draw one table of shares with its words; darker is a larger share.

    weights: (T, S), 0 to 1. target, source: T and S words.

    Raises: ValueError when the table does not fit the words.
    """
    shares = np.asarray(weights, dtype=float)
    if shares.shape != (len(target), len(source)):
        raise ValueError(
            f"weights must be ({len(target)}, {len(source)}) for these words, received "
            f"{shares.shape}"
        )
    fig, (axes,) = figure(width=1.3 + 0.27 * len(source), height=0.9 + 0.27 * len(target))
    axes.pcolormesh(shares, cmap=SHARES, vmin=0, vmax=1)
    axes.set(ylim=(len(target), 0), aspect="equal")
    axes.set_yticks(np.arange(len(target)) + 0.5, target)
    axes.set_xticks(np.arange(len(source)) + 0.5, source, rotation=60, ha="left",
                    rotation_mode="anchor")  # fmt: skip
    axes.xaxis.tick_top()
    axes.tick_params(labelsize=9, length=0)
    for spine in axes.spines.values():
        spine.set_visible(True)
    return show(fig, alt=alt)
