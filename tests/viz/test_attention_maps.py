"""Is every head drawn, beside the words that look?"""

import numpy as np
import pytest

from course_lib import viz

WORDS = ["the", "cat", "sleeps"]
WEIGHTS = [np.full((2, 3, 3), 1 / 3), np.full((2, 3, 3), 1 / 3)]


def test_each_head_of_each_layer_has_a_table():
    svg = viz.attention_maps(WEIGHTS, WORDS, alt="two layers of two even heads").html
    for layer in (1, 2):
        for head in (1, 2):
            assert f">layer {layer}, head {head}</text>" in svg
    assert svg.count(">cat</text>") == 2  # at the left of each row of tables
    assert "<image" not in svg


def test_tables_of_another_size_are_refused():
    with pytest.raises(ValueError, match=r"weights must be \(heads, 2, 2\) for 2 words"):
        viz.attention_maps(WEIGHTS, WORDS[:2], alt="none of them")
