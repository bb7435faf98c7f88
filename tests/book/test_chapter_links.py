"""Is a chapter that a sentence names a link, once it is there and not before?"""

from pathlib import Path

import pytest
from course_book.chapter_links import pages_by_number, with_links
from small_book import build

PAGES = {3: "book/03_ngrams", 4: "book/04_word2vec"}


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("As chapter 3 did, we", [("chapter 3", "book/03_ngrams")]),
        ("Chapter 14 does.", []),
        ("Chapters 3 and 4 claim", [("3", "book/03_ngrams"), ("4", "book/04_word2vec")]),
        ("chapters 4 to 14", [("4", "book/04_word2vec")]),
        ("chapter 3 and 4 more", [("chapter 3", "book/03_ngrams")]),
        ("subchapter 3, chapter three", []),
        ("chapter 33", []),
    ],
)
def test_named_chapters_are_found(text: str, linked: list[tuple[str, str]]) -> None:
    pieces = list(with_links(text, PAGES))
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece in pieces if piece[1]] == linked


def test_pages_are_known_by_their_number():
    assert pages_by_number({"book/03_ngrams", "book/welcome", "api/04_x"}) == {3: "book/03_ngrams"}


def test_a_link_that_names_a_chapter_holds_no_second_one(tmp_path: Path) -> None:
    """Browsers close the outer link where the inner one opens, and leave it empty."""
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "04_b.md").write_text("# B\n")
    page = "# T\n\nSee [chapter 4](book/04_b.md).\n\n```{toctree}\nbook/04_b\n```\n"
    built = build(tmp_path, ["myst_parser", "course_book.chapter_links"], page)
    assert [link.text for link in built.html.select("p a")] == ["chapter 4"]
    assert not built.html.select("a a")


def test_a_page_links_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "04_b.md").write_text("# B\n\nThis is chapter 4.\n")
    page = "# T\n\nSee chapter 4, `chapter 4` and chapter 9.\n\n"
    page += "## After chapter 4\n\n```{toctree}\nbook/04_b\n```\n"
    built = build(tmp_path, ["myst_parser", "course_book.chapter_links"], page)
    assert [link.text for link in built.html.select("p a")] == ["chapter 4"]
    assert built.html.select_one("p a")["href"] == "book/04_b.html"
    own = (tmp_path / "_build" / "html" / "book" / "04_b.html").read_text(encoding="utf-8")
    assert "This is chapter 4." in own
    assert not built.warnings
