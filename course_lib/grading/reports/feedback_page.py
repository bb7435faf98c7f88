"""One feedback page: nbgrader's template with our head and our summary, and a bound on its size."""

import html
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from course_lib.grading.course.gradesheet import GradeSheet
from course_lib.grading.notebook.page_size import Budget, shrink
from course_lib.grading.notebook.page_style import PAGE_STYLE, POLICY
from course_lib.grading.notebook.untrusted import clean_html, markdown

LIMIT = 1_900_000  # bytes of a page
TEMPLATE = "course_feedback.html.j2"

_PAGE = """\
{%- extends 'index.html.j2' -%}
{%- block header -%}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ resources.course.policy }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{ resources.course.title | e }}</title>
<style>{{ resources.course.css }}</style>
</head>
{%- endblock header -%}
{% block body %}
<body>
<main id="top">
{{ resources.course.summary }}
{{ self.body_loop() }}
</main>
</body>
{% endblock body %}
{% block in_prompt %}{% endblock %}
{% block empty_in_prompt %}{% endblock %}
{% block output_area_prompt %}{% endblock %}
{% block markdowncell scoped %}
{%- if cell.cell_type == 'markdown' and 'nbgrader' in cell.metadata -%}
<div class="panel">{{ nbgrader_heading(cell) }}
<div class="text_cell_render">{{ cell.source | markdown2html }}</div>
{{ nbgrader_footer(cell) }}</div>
{%- else -%}
<div class="text_cell_render">{{ cell.source | markdown2html }}</div>
{%- endif -%}
{% endblock markdowncell %}
{% block error scoped %}
<div class="output_error" role="note"><pre>
{%- for line in output.traceback %}{{ line | ansi2html }}
{% endfor -%}
</pre></div>
{% endblock error %}
"""


class PageMaker:
    """Makes the pages of a class with one exporter; making that costs more than a page."""

    def __init__(self, config: Any) -> None:
        """config: nbgrader's GenerateFeedback's own, with the folder of its template in it."""
        from jinja2 import DictLoader

        self.exporter: Any = _exporter_class()(
            config=config, extra_loaders=[DictLoader({TEMPLATE: _PAGE})], sanitize_html=True
        )
        if self.exporter.template_name == "feedback":
            self.exporter.template_file = TEMPLATE
        # clean already, each by its own kind
        for name in ("clean_html", "strip_files_prefix"):
            self.exporter.register_filter(name, lambda text: text)
        self.exporter.register_filter("markdown2html", _markdown_of_cell())
        self.css = PAGE_STYLE + _code_colours()

    def page(self, notebook: Any, sheet: GradeSheet) -> str:
        """Return the page; where it would be too large, with less and less of what was printed."""
        import copy

        budget = Budget()
        _enter_grades(notebook, sheet)
        shrink(notebook, budget)
        text = self._render(copy.deepcopy(notebook), sheet)
        smaller = Budget()
        while len(text.encode("utf-8", "replace")) > LIMIT and smaller.text > 100:
            smaller = smaller.halved()
            shrink(notebook, Budget(**vars(smaller)))
            text = self._render(copy.deepcopy(notebook), sheet)
        return text

    def _render(self, notebook: Any, sheet: GradeSheet) -> str:
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                _clean_output(output)
        resources = {
            "course": {
                "policy": POLICY,
                "title": f"{sheet.notebook}: feedback for {sheet.student}",
                "css": self.css,
                "summary": _summary(notebook, sheet),
            },
            "nbgrader": {
                "notebook": sheet.notebook,
                "student": sheet.student,
                "score": sheet.score - sheet.penalty,
                "max_score": sheet.max_score,
                "late_penalty": sheet.penalty,
            },
            "metadata": {"name": sheet.notebook},
        }
        return self.exporter.from_notebook_node(notebook, resources)[0]


def _exporter_class() -> Any:
    from nbconvert.exporters import HTMLExporter
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbconvert.filters.highlight import Highlight2HTML
    from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter

    coloured: dict[str, Any] = {}

    class Exporter(HTMLExporter):
        """nbconvert's, without reading every page again: half of the time went there.

        What the class has in common, its tests and its texts, is coloured once.
        """

        def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> Any:
            resources = self._init_resources(resources)
            types = WidgetsDataTypeFilter(
                notebook_metadata=self._nb_metadata, parent=self, resources=resources
            )
            self.register_filter("filter_data_type", types)
            self.register_filter("highlight_code", self._highlighted(nb))
            return TemplateExporter.from_notebook_node(self, nb, resources, **kw)

        def _highlighted(self, nb: Any) -> Any:
            lexer = nb.metadata["language_info"]["name"]
            if lexer not in coloured:
                colour = Highlight2HTML(pygments_lexer=lexer, parent=self)
                coloured[lexer] = lru_cache(1000)(lambda source: colour(source))
            return lambda source, metadata=None: coloured[lexer](source)

    return Exporter


def _markdown_of_cell() -> Any:
    from jinja2 import pass_context

    plain = lru_cache(1000)(markdown)

    @pass_context
    def convert(context: Any, source: str) -> str:
        attached = context.get("cell", {}).get("attachments")
        return markdown(source, attached) if attached else plain(source)

    return convert


def _clean_output(output: Any) -> None:
    data = output.get("data", {})
    if "text/html" in data:
        data["text/html"] = clean_html(data["text/html"])
    if "text/latex" in data:
        data["text/html"] = markdown(data.pop("text/latex"))


def _enter_grades(notebook: Any, sheet: GradeSheet) -> None:
    """Write the gradebook's points and comments where nbgrader's template looks for them."""
    language = notebook.metadata.get("language_info", {}).get("name")
    notebook.metadata = {"language_info": {"name": language if language in ("R",) else "ipython3"}}
    for cell in notebook.cells:
        own = cell.metadata.get("nbgrader")
        if not own:
            continue
        row = sheet.rows.get(own.get("grade_id"))
        if (own.get("grade") or own.get("task")) and row:
            own["score"], own["points"] = row.score, row.max_score
        elif own.get("grade") or own.get("task"):
            own["grade"] = own["task"] = False  # the gradebook knows nothing of it
        if own.get("solution") or own.get("task"):
            own["comment"] = sheet.comments.get(own.get("grade_id"))
        if not (own.get("grade") or own.get("task") or own.get("solution")):
            del cell.metadata["nbgrader"]


def _titles(notebook: Any) -> dict[str, str]:
    """Return for each graded cell the heading that it stands under, without what is in brackets.

    Of several under one heading each has its own name behind it.
    """
    heading, found = "", {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in re.findall(r"^#{1,4} +(.+)$", cell.source, re.MULTILINE):
                heading = re.sub(r"\s*\(.*\)\s*$", "", line)
        elif cell.metadata.get("nbgrader", {}).get("grade"):
            found[cell.metadata.nbgrader["grade_id"]] = heading
    shared = {title for title, n in Counter(found.values()).items() if n > 1}
    return {
        name: f"{title} · {name}" if title in shared else title
        for name, title in found.items()
        if title
    }


def _summary(notebook: Any, sheet: GradeSheet) -> str:
    rows, titles = [], _titles(notebook)
    for cell in notebook.cells:
        own = cell.metadata.get("nbgrader", {})
        row = sheet.rows.get(own.get("grade_id", ""))
        if row is None or not (own.get("grade") or own.get("task")):
            continue
        name = html.escape(row.cell, quote=True)
        waits = row.needs_person and row.manual is None
        points = "not graded yet" if waits else f"{row.score:g} / {row.max_score:g}"
        kind = "full" if row.score >= row.max_score else "lost"
        task = html.escape(titles.get(row.cell, row.cell))
        link = f'<a href="#{name}">{task}</a>'
        rows.append(f'<tr><td>{link}</td><td class="points {kind}">{points}</td></tr>')
    title = f"<h1>{html.escape(sheet.notebook)}</h1>"
    if not rows:
        return f"{title}<p>{html.escape(sheet.student)}: nothing in it is graded</p>"
    if sheet.penalty:
        rows.append(f'<tr><td>handed in late</td><td class="points">−{sheet.penalty:g}</td></tr>')
    total = max(0.0, sheet.score - sheet.penalty)
    return (
        f"{title}<p>{html.escape(sheet.student)}: "
        f"<strong>{total:g} / {sheet.max_score:g}</strong> points</p>"
        "<table><caption>Points by task</caption><thead><tr><th scope=col>task</th>"
        f"<th scope=col>points</th></tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _code_colours() -> str:
    from pygments.formatters import HtmlFormatter

    def colours(style: str) -> str:
        lines = HtmlFormatter(style=style).get_style_defs(".highlight").splitlines()
        return "\n".join(line for line in lines if line.startswith(".highlight ."))

    dark = f"@media (prefers-color-scheme:dark){{{colours('github-dark')}}}"
    return f"{colours('default')}\n{dark}\n{_terminal_colours()}"


def _terminal_colours() -> str:
    """Return rules for the classes that nbconvert gives to a terminal's colours."""
    names = "black red green yellow blue magenta cyan white".split()
    light = "#3e424d #a1161d #176b2c #7a5200 #0b57a4 #8a2b8f #0f6670 #6a6f78".split()
    dark = "#a9b0b9 #ff9c9c #83d196 #e3c07a #7db8f5 #e5a1e8 #7fd6e0 #e6e6e6".split()

    def rules(colours: Sequence[str]) -> str:
        pairs = zip(names, colours, strict=True)
        return "".join(f".ansi-{n}-fg,.ansi-{n}-intense-fg{{color:{c}}}" for n, c in pairs)

    bold = ".ansi-bold{font-weight:600}.ansi-underline{text-decoration:underline}"
    return f"{rules(light)}{bold}@media (prefers-color-scheme:dark){{{rules(dark)}}}"
