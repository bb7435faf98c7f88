"""Do names find places beside their points where nothing is hidden?"""

import itertools

import pytest

from course_lib import viz
from course_lib.viz.labels import GAP, arrange, overlap

FRAME = (0.0, 0.0, 400.0, 300.0)


def test_shared_area_by_hand():
    """Golden: 2 × 2 and 2 × 2, shifted by one both ways, share 1; side by side they share none."""
    assert overlap((0, 0, 2, 2), (1, 1, 3, 3)) == 1
    assert overlap((0, 0, 2, 2), (2, 0, 4, 2)) == 0


@pytest.mark.parametrize("shift", [0.5, 3.0, 6.0])
def test_names_of_near_points_do_not_collide(shift: float):
    points = [(200 + i * shift, 150 + i * shift) for i in range(4)]
    boxes = arrange(points, ["king", "boy", "queen", "girl"], FRAME)
    assert all(overlap(a, b) == 0 for a, b in itertools.combinations(boxes, 2))


def test_a_lone_name_stands_to_the_upper_right():
    assert arrange([(200, 150)], ["king"], FRAME)[0][:2] == (200 + GAP, 150 + GAP)


def test_a_name_at_the_edge_stays_inside():
    (box,) = arrange([(398, 298)], ["dictionary"], FRAME)
    assert box[2] <= FRAME[2]
    assert box[3] <= FRAME[3]


def test_every_name_of_a_map_is_written():
    words = ["king", "boy", "man"]
    places = {"PCA": {word: (i * 0.01, 0.0) for i, word in enumerate(words)}}
    svg = viz.embedding_map({"he": words}, places, alt="three")._repr_html_()
    assert all(f">{word}</text>" in svg for word in words)
