"""Author and year in the bibliography, as in the sentences that cite it.

    A feature may be general or specific {cite}`yosinski2014transferable`.

    ```{bibliography}
    ```

In _config.yml: `bibtex_default_style: course`.
"""

from typing import Any

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx


class AuthorYearLabels(BaseLabelStyle):
    """Label an entry `He et al., 2016`."""

    def format_labels(self, sorted_entries: list[Any]) -> Any:
        """Yield one label an entry, with a letter where two would be the same."""
        plain = [self._label(entry) for entry in sorted_entries]
        for index, label in enumerate(plain):
            same = [i for i, other in enumerate(plain) if other == label]
            yield label if len(same) == 1 else f"{label}{chr(ord('a') + same.index(index))}"

    def _label(self, entry: Any) -> str:
        authors = entry.persons.get("author", [])
        names = [" ".join([*author.prelast_names, *author.last_names]) for author in authors]
        who = names[0] if names else entry.key
        if len(names) == 2:
            who = f"{names[0]} and {names[1]}"
        elif len(names) > 2:
            who = f"{names[0]} et al."
        return f"{who}, {entry.fields.get('year', 'n.d.')}"


class CourseStyle(UnsrtStyle):
    """Entries sorted by author, year and title, labelled by author and year."""

    default_label_style = AuthorYearLabels
    default_sorting_style = "author_year_title"


def setup(app: Sphinx) -> dict[str, Any]:
    """Offer the style as `bibtex_default_style: course`."""
    register_plugin("pybtex.style.formatting", "course", CourseStyle)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
