"""Does every page of the book work in a real browser, for every reader?"""

from pathlib import Path

import pytest
from book_pages import page_names
from visits import RULES, Visit, visit

NAMES = page_names()
VISITS: dict[str, Visit] = {}


@pytest.fixture(params=NAMES)
def seen(request: pytest.FixtureRequest, page: object, site: str) -> Visit:
    """What was found on one page; each page is visited once."""
    if request.param not in VISITS:
        VISITS[request.param] = visit(page, site, request.param)
    return VISITS[request.param]


def test_every_built_page_is_visited(html: Path) -> None:
    built = {
        path.relative_to(html).as_posix().removesuffix(".html") for path in html.rglob("*.html")
    }
    assert {name for name in built if not name.startswith("_static/")} - {"index"} == set(NAMES)


def test_page_loads_everything_from_the_book_itself(seen: Visit) -> None:
    assert seen.status == 200
    assert not seen.requests


def test_console_stays_silent(seen: Visit) -> None:
    assert not seen.console


def test_mathematics_is_drawn(seen: Visit) -> None:
    assert seen.maths["drawn"] == seen.maths["written"]
    assert not seen.maths["errors"]


def test_no_markup_is_left_raw(seen: Visit) -> None:
    """Is there no formula and no table that nobody drew?"""
    assert not seen.maths["raw"]


def test_every_picture_is_there_and_described(seen: Visit) -> None:
    assert not seen.images
    assert not seen.drawings


@pytest.mark.parametrize("look", list(RULES))
def test_axe_finds_nothing_but_minor_matters(seen: Visit, look: str) -> None:
    assert not seen.axe[look], "\n".join(seen.axe[look])


def test_nothing_is_wider_than_a_phone(seen: Visit) -> None:
    assert not seen.wider


def test_keyboard_reaches_everything(seen: Visit) -> None:
    assert seen.reachable > 10
    assert not seen.not_reached


def test_there_is_one_search_box(seen: Visit) -> None:
    assert seen.search_boxes == {1280: 1, 390: 1}
