"""Tables of attention weights beside one another, a row a layer and a column a head."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from numpy.typing import ArrayLike

from course_lib.viz.show import PALETTE, Shown, figure, show

BLUE = to_rgb(PALETTE[0])
SHARES = LinearSegmentedColormap.from_list("shares", [(*BLUE, 0.0), (*BLUE, 1.0)])


def attention_maps(weights: Sequence[ArrayLike], words: Sequence[str], *, alt: str) -> Shown:
    """Draw every head of every layer; a row looks, a column is looked at, darker is a larger share.

    weights: of each layer, (heads, T, T), 0 to 1. words: T of them.

    Raises: ValueError when the tables do not fit the words.
    """
    layers = [np.asarray(layer, dtype=float) for layer in weights]
    n = len(words)
    if any(layer.ndim != 3 or layer.shape[1:] != (n, n) for layer in layers):
        shapes = [layer.shape for layer in layers]
        raise ValueError(f"weights must be (heads, {n}, {n}) for {n} words, received {shapes}")
    n_heads = layers[0].shape[0]
    fig, axes = figure(len(layers), n_heads, width=1.7 * n_heads, height=1.9 * len(layers))
    for i, layer in enumerate(layers):
        for h in range(n_heads):
            panel = axes[i * n_heads + h]
            panel.pcolormesh(layer[h], cmap=SHARES, vmin=0, vmax=1)
            panel.set(title=f"layer {i + 1}, head {h + 1}", aspect="equal", ylim=(n, 0))
            panel.title.set_fontsize(9)
            panel.set_xticks([])
            panel.set_yticks(np.arange(n) + 0.5 if h == 0 else [], words if h == 0 else [])
            panel.tick_params(labelsize=8, length=0)
            for spine in panel.spines.values():
                spine.set_visible(True)
    return show(fig, alt=alt)
