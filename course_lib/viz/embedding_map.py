"""A map of word vectors: points with names, in one colour a group."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float

from course_lib.viz.labels import name_points
from course_lib.viz.show import MARKERS, PALETTE, Shown, figure, show


def flatten(
    vectors: Float[np.ndarray, "N D"], method: str = "pca", seed: int = 0
) -> Float[np.ndarray, "N 2"]:
    """Bring vectors to two dimensions: by PCA, or by t-SNE (van der Maaten & Hinton 2008).

    Raises: ValueError for another method or fewer than 3 vectors.
    """
    if len(vectors) < 3:
        raise ValueError(f"a map needs 3 vectors or more, received {len(vectors)}")
    centred = vectors - vectors.mean(axis=0)
    if method == "pca":
        left, values, axes = np.linalg.svd(centred, full_matrices=False)
        # each axis points to where its largest part is positive, so that a map can be drawn again
        signs = np.sign(axes[np.arange(2), np.abs(axes[:2]).argmax(axis=1)])
        return left[:, :2] * values[:2] * signs
    if method == "tsne":
        from sklearn.manifold import TSNE

        perplexity = min(8.0, (len(vectors) - 1) / 3)
        flat = TSNE(2, perplexity=perplexity, init="pca", random_state=seed, metric="cosine")
        return flat.fit_transform(vectors)
    raise ValueError(f"method is 'pca' or 'tsne', received {method!r}")


def embedding_map(
    groups: Mapping[str, Sequence[str]],
    places: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    alt: str,
    arrows: Sequence[tuple[str, str]] = (),
    height: float = 4.2,
) -> Shown:
    """Draw one map for each title, one below the other.

    groups: group → its words. places: title → word → its two coordinates.
    arrows: pairs of words to join.
    """
    fig, all_axes = figure(len(places), 1, height=height * len(places))
    for axes, (title, at) in zip(all_axes, places.items(), strict=True):
        for i, (group, words) in enumerate(groups.items()):
            points = np.array([at[word] for word in words])
            colour, marker = PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)]
            axes.scatter(points[:, 0], points[:, 1], 14, color=colour, marker=marker, label=group)
        for start, end in arrows:
            axes.annotate(
                "", (at[end][0], at[end][1]), (at[start][0], at[start][1]),
                arrowprops={"arrowstyle": "->", "color": "#808080", "linewidth": 0.8},
            )  # fmt: skip
        axes.set(title=title, xticks=[], yticks=[])
        axes.margins(0.08)
    all_axes[0].legend(fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    names = [word for words in groups.values() for word in words]
    for axes, at in zip(all_axes, places.values(), strict=True):
        name_points(fig, axes, [(at[word][0], at[word][1]) for word in names], names)
    return show(fig, alt=alt)
