"""Do the parts that move work: search, the theme switch, answers, the first address?"""

from typing import Any

import pytest


@pytest.fixture
def wide(page: Any) -> Any:
    """The page at a desktop's width, its memory of the theme emptied."""
    page.set_viewport_size({"width": 1280, "height": 900})
    return page


def test_index_leads_to_the_welcome_page(wide: Any, site: str) -> None:
    wide.goto(f"{site}/index.html")
    wide.wait_for_url("**/book/welcome.html")
    assert wide.locator("article h1").count() == 1


def test_search_by_keyboard_finds_a_term(wide: Any, site: str) -> None:
    wide.goto(f"{site}/book/welcome.html")
    wide.keyboard.press("Control+k")
    wide.wait_for_timeout(200)
    wide.keyboard.type("embeddings")
    wide.keyboard.press("Enter")
    wide.wait_for_url("**/search.html?q=embeddings*")
    first = wide.locator("#search-results li a").first
    first.wait_for()
    addresses = wide.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
    assert any("02_embeddings" in address for address in addresses)


def test_search_says_when_there_is_nothing(wide: Any, site: str) -> None:
    wide.goto(f"{site}/search.html?q=zzyzxq")
    wide.get_by_text("did not match any documents").wait_for()


def test_theme_switch_goes_round_and_is_remembered(wide: Any, site: str) -> None:
    wide.goto(f"{site}/book/notation.html")
    wide.evaluate("localStorage.clear()")
    wide.reload()
    looks = []
    for _ in range(3):
        looks.append(wide.evaluate("({...document.documentElement.dataset})"))
        wide.locator(".theme-switch-button").first.click()
    assert {look["mode"] for look in looks} == {"auto", "light", "dark"}
    backgrounds = set()
    for mode in ("light", "dark"):
        wide.evaluate("mode => localStorage.setItem('mode', mode)", mode)
        wide.evaluate("mode => localStorage.setItem('theme', mode)", mode)
        wide.reload()
        assert wide.evaluate("document.documentElement.dataset.theme") == mode
        backgrounds.add(wide.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(backgrounds) == 2
    wide.evaluate("localStorage.clear()")


def test_auto_follows_the_system(wide: Any, site: str) -> None:
    wide.goto(f"{site}/book/notation.html")
    wide.evaluate("localStorage.clear()")
    for scheme in ("dark", "light"):
        wide.emulate_media(color_scheme=scheme)
        wide.reload()
        assert wide.evaluate("document.documentElement.dataset.theme") == scheme


def test_an_answer_opens_by_keyboard_and_explains_itself(wide: Any, site: str) -> None:
    wide.goto(f"{site}/book/01_transfer.html")
    answer = wide.locator(".self-check details.answer").first
    assert not answer.locator(".explanation").is_visible()
    answer.locator("summary").focus()
    wide.keyboard.press("Enter")
    assert answer.locator(".explanation").is_visible()
    assert answer.locator(".verdict").inner_text() in ("Right.", "Not this one.")


def test_page_can_be_read_without_scripts(wide: Any, site: str) -> None:
    """Does the text of a chapter arrive where scripts are off?"""
    context = wide.context.browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{site}/book/01_transfer.html")
    assert plain.locator(".course-box.chapter-card").is_visible()
    context.close()
