"""Does every link inside the book lead somewhere, and does nothing lead out where it must not?"""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

LOADED = [("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src")]


@pytest.fixture(scope="module")
def soups(html: Path) -> dict[Path, BeautifulSoup]:
    """Every page, parsed."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in html.rglob("*.html")
    }


def anchors(soup: BeautifulSoup) -> set[str]:
    """Return what a `#` link may name."""
    return {tag["id"] for tag in soup.find_all(id=True)} | {
        tag["name"] for tag in soup.find_all("a", attrs={"name": True})
    }


def broken(path: Path, address: str, known: dict[Path, set[str]]) -> bool:
    """Say whether a link found on the page `path` leads nowhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return False
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.exists():
        return True
    top = parts.fragment in ("", "top")
    return not top and target in known and unquote(parts.fragment) not in known[target]


def test_internal_links_and_anchors_resolve(soups: dict[Path, BeautifulSoup]) -> None:
    known = {path: anchors(soup) for path, soup in soups.items()}
    dead = [
        f"{path.name}: {tag['href']}"
        for path, soup in soups.items()
        for tag in soup.find_all("a", href=True)
        if broken(path, tag["href"], known)
    ]
    assert len(known) > 10
    assert not dead


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<a id='here'></a>")
    known = {page: {"here"}}
    assert broken(page, "b.html", known)
    assert broken(page, "#nowhere", known)
    assert broken(page, "a.html#nowhere", known)
    assert not broken(page, "a.html#here", known)
    assert not broken(page, "https://example.org", known)


def test_nothing_is_loaded_from_another_host(soups: dict[Path, BeautifulSoup]) -> None:
    outside = [
        f"{path.name}: {tag[attribute]}"
        for path, soup in soups.items()
        for name, attribute in LOADED
        for tag in soup.find_all(name, attrs={attribute: True})
        if urlsplit(tag[attribute]).netloc
    ]
    assert not outside


def test_stylesheets_load_nothing_from_another_host(html: Path) -> None:
    for path in (html / "_static").rglob("*.css"):
        text = path.read_text(encoding="utf-8", errors="replace")
        assert "url(http" not in text.replace('"', "").replace("'", ""), path
        assert "@import" not in text or "http" not in text.split("@import")[1][:80], path
