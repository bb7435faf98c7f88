"""Are two works of the same people and year told apart, in the list and in the text?"""

from pathlib import Path

from small_book import build

BIB = """
@misc{late, author = {Wang, A. and Hu, B. and Li, C.}, title = {Super}, year = {2019}}
@misc{early, author = {Wang, A. and Ma, D. and Li, C.}, title = {Plain}, year = {2019}}
@misc{alone, author = {Wang, A. and Ma, D. and Li, C.}, title = {Other}, year = {2020}}
"""
PAGE = """# T

{cite:t}`late`, {cite:t}`early` and {cite:t}`alone`.

```{bibliography}
```
"""


def test_letters_stand_in_the_text_and_in_the_list(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text(BIB)
    extensions = ["myst_parser", "sphinxcontrib.bibtex", "course_book.bibliography_style"]
    settings = {
        "bibtex_bibfiles": ["a.bib"],
        "bibtex_reference_style": "author_year",
        "bibtex_default_style": "course",
    }
    for _ in range(2):  # a second build must not add a second letter
        built = build(tmp_path, extensions, PAGE, **settings)
        sentence = built.html.select_one("p").text
        assert sentence == "Wang et al. [2019a], Wang et al. [2019b] and Wang et al. [2020]."
        labels = [label.text.strip("[]") for label in built.html.select(".citation .label")]
        assert labels == ["Wang et al., 2019a", "Wang et al., 2019b", "Wang et al., 2020"]
        assert not built.warnings
