"""Are drawings made of shapes that arrows can meet, narrow enough for a phone?"""

import re
from itertools import pairwise

import pytest

from course_lib import viz
from course_lib.viz.drawing import WIDEST, Place, arrow, box, canvas, matrix, text, tokens


def test_the_sides_of_a_place():
    place = Place(2, 3, 10, 4)
    assert (place.left, place.right) == ((2, 5), (12, 5))
    assert (place.bottom, place.top, place.middle) == ((7, 3), (7, 7), (7, 5))


def test_a_drawing_is_text_and_shapes_in_the_colour_of_the_page():
    fig, axes = canvas(30, 20)
    first, second = tokens(axes, 1, 1, ["the", "cat"], step=9)
    sum_ = box(axes, 5, 10, "Σ")
    arrow(axes, first.top, sum_.bottom, strength=0.2)
    arrow(axes, second.top, sum_.bottom, bend=0.3)
    text(axes, (15, 18), "a name")
    svg = viz.show(fig, alt="two words meet in a sum").html
    for words in ("the", "cat", "a name"):
        assert f">{words}</text>" in svg
    assert "currentColor" in svg
    assert 'aria-label="two words meet in a sum"' in svg
    assert "max-width:300px" in svg


def test_words_stand_in_a_row():
    _, axes = canvas(30, 5)
    places = tokens(axes, 1, 1, ["a", "b", "c"], step=7)
    assert [place.x for place in places] == [1, 8, 15]
    assert all(a.right[0] < b.left[0] for a, b in pairwise(places))


def test_a_matrix_has_a_cell_a_number_and_its_axes():
    fig, axes = canvas(30, 20)
    place = matrix(
        axes, 5, 5, (2, 3), name="weights", axis_names=("T", "S"),
        values=[[0.5, 0.25, 0.25], [1, 0, 0]], numbers=True, cell=3,
    )  # fmt: skip
    assert (place.width, place.height) == (9, 6)
    svg = viz.show(fig, alt="weights").html
    for words in ("weights", "T", "S", ".50", "1"):
        assert f">{words}</text>" in svg
    assert len(re.findall(r'id="patch_\d+"', svg)) >= 6


def test_a_drawing_that_a_phone_would_shrink_is_refused():
    with pytest.raises(ValueError, match="at most 44 wide, received 60"):
        canvas(60, 20)
    canvas(WIDEST, 20)
