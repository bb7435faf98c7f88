"""Author and year in the bibliography, as in the sentences that cite it.

    A feature may be general or specific {cite}`yosinski2014transferable`.

    ```{bibliography}
    ```

Where two works would be called the same, their years get letters, in the list and in the text.

In _config.yml: `bibtex_default_style: course`.
"""

from collections.abc import Iterable
from string import ascii_lowercase
from typing import Any

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting.author_year_title import SortingStyle
from sphinx.application import Sphinx


def label_of(entry: Any) -> str:
    """Return who wrote it and when: `He et al., 2016`."""
    authors = entry.persons.get("author", [])
    names = [" ".join([*author.prelast_names, *author.last_names]) for author in authors]
    who = names[0] if names else entry.key
    if len(names) == 2:
        who = f"{names[0]} and {names[1]}"
    elif len(names) > 2:
        who = f"{names[0]} et al."
    return f"{who}, {entry.fields.get('year', 'n.d.')}"


def add_letters(entries: Iterable[Any]) -> None:
    """Put a letter behind the year of works that have the same label, in the order of the list."""
    same: dict[str, list[Any]] = {}
    for entry in SortingStyle().sort(entries):
        same.setdefault(label_of(entry), []).append(entry)
    for works in same.values():
        if len(works) > 1:
            for letter, entry in zip(ascii_lowercase, works, strict=False):
                entry.fields["year"] += letter


class AuthorYearLabels(BaseLabelStyle):
    """Label an entry `He et al., 2016`."""

    def format_labels(self, sorted_entries: list[Any]) -> Any:
        """Yield one label an entry."""
        yield from map(label_of, sorted_entries)


class CourseStyle(UnsrtStyle):
    """Entries sorted by author, year and title, labelled by author and year."""

    default_label_style = AuthorYearLabels
    default_sorting_style = "author_year_title"


def _letters(app: Sphinx) -> None:
    # read anew by sphinxcontrib.bibtex in each build, so no year gets two letters
    domain: Any = app.env.get_domain("cite")
    add_letters(domain.bibdata.data.entries.values())


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the style as `bibtex_default_style: course`."""
    app.connect("builder-inited", _letters)
    register_plugin("pybtex.style.formatting", "course", CourseStyle)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
