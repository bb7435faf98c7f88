"""Is what the pages need inside the book, and nothing that we chose to leave out?"""

from pathlib import Path

from bs4 import BeautifulSoup
from course_book.offline import PARTS, mathjax_folder
from small_book import build


def test_mathjax_is_copied_without_what_no_page_needs(tmp_path: Path) -> None:
    built = build(
        tmp_path, ["myst_parser", "sphinx.ext.mathjax", "course_book.offline"], "# T\n\n$x$\n"
    )
    copied = tmp_path / "_build" / "html" / "_static" / "mathjax"
    assert all((copied / part).exists() for part in PARTS)
    assert not (copied / "sre").exists()
    assert (mathjax_folder() / "sre").exists()
    sources = [tag["src"] for tag in built.html("script", src=True)]
    assert any("mathjax/tex-chtml.js" in source for source in sources)
    assert not any("//" in source for source in sources)


def test_bibliography_is_a_list_with_items_and_author_year(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text(
        "@misc{one, author={Ada Alpha and Bo Beta and Cy Gamma}, title={T}, year={2001}}\n"
        "@misc{two, author={Ada Alpha and Bo Beta}, title={U}, year={2002}}\n"
        "@misc{three, author={Ada Alpha}, title={V}, year={2003}}\n"
        "@misc{four, author={Ada Alpha}, title={W}, year={2003}}\n"
    )
    page = "# T\n\n{cite}`one` {cite:t}`two` {cite}`three,four`\n\n```{bibliography}\n```\n"
    built = build(
        tmp_path,
        [
            "myst_parser",
            "sphinxcontrib.bibtex",
            "course_book.bibliography_style",
            "course_book.accessible",
        ],
        page,
        bibtex_bibfiles=["a.bib"],
        bibtex_reference_style="author_year",
        bibtex_default_style="course",
    )
    assert not built.warnings
    items = built.html.select("[role=list] > [role=listitem]")
    labels = [item.select_one(".label").text.strip("[]") for item in items]
    assert labels == [
        "Alpha, 2003a",
        "Alpha, 2003b",
        "Alpha and Beta, 2002",
        "Alpha et al., 2001",
    ]
    assert not built.html.select("[role=doc-biblioentry]")


def test_no_page_carries_the_scripts_that_we_left_out(html: Path) -> None:
    text = (html / "book" / "welcome.html").read_text(encoding="utf-8")
    assert "thebe" not in text.lower()
    soup = BeautifulSoup(text, "html.parser")
    assert soup.html["data-theme"] == "auto" or "data-theme" not in soup.html.attrs
    assert 'localStorage.getItem("mode") || "auto"' in text
