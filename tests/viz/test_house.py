"""Does the picture of the house show every part of the plan, each above what it uses?"""

import re

from course_lib.house import FLOORS, ROOMS, TOWER
from course_lib.viz import house


def heights(svg: str) -> dict[str, float]:
    """Return how far below the upper edge each text of the picture stands."""
    texts = re.findall(r"<text[^>]*?translate\([\d.]+ ([\d.]+)\)[^>]*>([^<]+)</text>", svg)
    texts += re.findall(r'<text[^>]*?y="([\d.]+)"[^>]*>([^<]+)</text>', svg)
    return {text: float(y) for y, text in texts}


def test_floors_and_rooms_stand_in_the_order_of_the_plan():
    found = heights(house.plan().html)
    floors = [found[", ".join(names)] for names in FLOORS]
    rooms = [found[name] for name in ROOMS]
    assert floors == sorted(floors, reverse=True)
    assert rooms == sorted(rooms, reverse=True)
    assert found[TOWER] > max(floors + rooms)  # its name is on the ground


def test_the_words_name_every_part():
    words = house.described()
    assert all(name in words for name in [*ROOMS, TOWER, *(n for floor in FLOORS for n in floor)])
