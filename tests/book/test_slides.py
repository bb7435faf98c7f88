"""Has every slide of the lecture a place in the book, once its chapter is written?"""

import yaml
from book_pages import ROOT
from bs4 import BeautifulSoup
from small_book import build

SLIDES = yaml.safe_load((ROOT / "book" / "slides.yml").read_text(encoding="utf-8"))
# which chapter a slide belongs to: CHAPTER: slides
CHAPTERS = {
    1: [16, 17, 18],
    2: [19, 20],
    3: [21, 22, 23],
    4: [24, 25, 26, 27, 28],
    5: [29, 30],
    6: [34],
    7: [31, 32, 33],
    8: [38, 39, 40, 41, 42],
    9: [37, 43, 44],
    10: [45],
    11: [46, 47],
    12: [36],
    13: [48, 49, 50],
    14: [51, 52],
    16: [53],
    18: [35],
}


def test_all_slides_are_listed_once_and_belong_to_a_chapter() -> None:
    assert list(SLIDES) == list(range(16, 54))
    assert sorted(n for numbers in CHAPTERS.values() for n in numbers) == list(SLIDES)


def test_a_slide_has_its_place_as_soon_as_its_chapter_is_written() -> None:
    for chapter, numbers in CHAPTERS.items():
        pages = list((ROOT / "book").glob(f"{chapter:02}_*.md"))
        text = "".join(page.read_text(encoding="utf-8") for page in pages)
        for number in numbers:
            label = SLIDES[number].get("at")
            if pages:
                assert f"({label})=" in text or f":name: {label}\n" in text, (number, label)
            else:
                assert label is None, number


def test_the_page_links_each_place(html) -> None:
    soup = BeautifulSoup((html / "book" / "slides.html").read_text(encoding="utf-8"), "html.parser")
    rows = soup.select("article table tbody tr")
    assert len(rows) == 38
    for row, (number, slide) in zip(rows, SLIDES.items(), strict=True):
        assert row.td.text.strip() == str(number)
        link = row.select_one("a.reference")
        assert (link is not None) == ("at" in slide)
        if link is not None:
            assert link["href"].partition("#")[2] == slide["at"]


def test_a_label_that_no_page_has_is_a_warning(tmp_path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "slides.yml").write_text(
        "1: {shows: a word, at: nowhere}\n2: {shows: b}\n"
    )
    built = build(tmp_path, ["myst_parser", "course_book.slides"], "# T\n\n```{slides}\n```\n")
    assert "nowhere" in built.warnings
    assert "with a later chapter" in built.html.text
