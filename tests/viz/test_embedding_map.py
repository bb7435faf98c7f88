"""Does a map keep what it can, and show every word?"""

import numpy as np
import pytest

from course_lib.viz.embedding_map import embedding_map, flatten


def test_points_of_a_plane_keep_their_distances():
    """Property: what lies in two dimensions of five loses nothing to PCA."""
    draw = np.random.default_rng(0)
    flat, axes = draw.normal(size=(11, 2)), np.linalg.qr(draw.normal(size=(5, 2)))[0]
    found = flatten(flat @ axes.T + 3)
    for i in range(11):
        np.testing.assert_allclose(
            np.linalg.norm(found - found[i], axis=1), np.linalg.norm(flat - flat[i], axis=1)
        )


def test_tsne_keeps_groups_together():
    draw = np.random.default_rng(1)
    one, other = draw.normal(size=(2, 5)) * 5
    vectors = np.concatenate([one + draw.normal(size=(12, 5)), other + draw.normal(size=(12, 5))])
    found = flatten(vectors.astype(np.float32), "tsne")
    centre = [found[:12].mean(axis=0), found[12:].mean(axis=0)]
    to_own = np.linalg.norm(found[:12] - centre[0], axis=1)
    assert (to_own < np.linalg.norm(found[:12] - centre[1], axis=1)).all()


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="3 vectors or more"):
        flatten(np.zeros((2, 5)))
    with pytest.raises(ValueError, match="'pca' or 'tsne'"):
        flatten(np.zeros((5, 5)), "umap")


def test_every_word_is_on_the_map():
    at = {word: [i, i * i] for i, word in enumerate(["king", "queen", "man"])}
    shown = embedding_map(
        {"he": ["king", "man"], "she": ["queen"]},
        {"PCA": at, "t-SNE": at},
        alt="Three words twice",
        arrows=[("king", "queen")],
    )
    assert all(shown.html.count(f">{word}<") == 2 for word in at)
    assert 'aria-label="Three words twice"' in shown.html
