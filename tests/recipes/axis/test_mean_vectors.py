"""Is a text the mean of its known words, and of nothing else?"""

import numpy as np
from numpy.testing import assert_allclose

from course_lib.embeddings.vectors import WordVectors
from course_lib.recipes.axis.mean_vectors import mean_vectors

VECTORS = WordVectors(["owl", "sea"], np.array([[0.0, 2.0], [3.0, 0.0]]))


def test_unit_vectors_are_averaged_and_unknown_words_left_out():
    rows = mean_vectors(["The owl, the sea", "owl owl sea", "quartz", ""], VECTORS)
    assert_allclose(rows, [[0.5, 0.5], [1 / 3, 2 / 3], [0, 0], [0, 0]])


def test_weights_count():
    assert_allclose(mean_vectors(["owl sea"], VECTORS, np.array([3.0, 1.0])), [[0.25, 0.75]])
