"""Does an alignment name its rows and columns, and refuse a table that does not fit them?"""

import warnings

import numpy as np
import pytest

from course_lib import viz

TARGET, SOURCE = ["책을", "읽는다"], ["reads", "the", "book"]


def test_both_languages_stand_beside_the_table():
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # letters that matplotlib's own font lacks are no concern
        svg = viz.alignment(np.full((2, 3), 1 / 3), TARGET, SOURCE, alt="even shares").html
    for word in TARGET + SOURCE:
        assert f">{word}</text>" in svg


def test_a_table_turned_round_is_refused():
    with pytest.raises(ValueError, match=r"weights must be \(2, 3\) for these words, .*\(3, 2\)"):
        viz.alignment(np.full((3, 2), 0.5), TARGET, SOURCE, alt="turned round")
