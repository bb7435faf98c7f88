"""Notebooks of students who try their reader's browser, or their reader's patience."""

import base64
import copy
import os

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

BOOM = "window.pwned=1;document.title='pwned'"
SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"{BOOM}\"><script>{BOOM}</script></svg>"


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def shown(metadata=None, **data):
    """Return a display output; text_html stands for text/html."""
    data = {kind.replace("_", "/").replace("svg", "svg+xml"): text for kind, text in data.items()}
    return new_output("display_data", data=data, metadata=metadata or {})


def scripted():
    """Return a notebook with a script in every place that a page might show."""
    outputs = [
        shown(text_html=f"<script>{BOOM}</script><b>kept</b>"),
        shown(text_html=f'<img src=x onerror="{BOOM}">'),
        shown(text_html=f"<scr<script></script>ipt>{BOOM}</scr</script>ipt>"),
        shown(text_html=SVG),
        shown(image_svg=SVG),
        shown(text_html=f'<math><mtext><style><img src=x onerror="{BOOM}"></style></mtext></math>'),
        shown(text_html=f'<iframe srcdoc="<script>parent.{BOOM}</script>"></iframe>'),
        shown(text_html=f'<a href="javascript:{BOOM}">click</a><form action="javascript:{BOOM}">'),
        shown(text_html='<meta http-equiv="refresh" content="0;url=http://evil.invalid/">'),
        shown(text_html='<img src="http://evil.invalid/a.png"><link rel=stylesheet href=//evil>'),
        shown(
            text_html='<b style="background:url(http://evil.invalid/b.png);color:red">styled</b>'
        ),
        shown(text_markdown=f"[click](javascript:{BOOM}) <script>{BOOM}</script>"),
        shown(text_latex=f"$$\\text{{<script>{BOOM}</script>}}$$ <script>{BOOM}</script>"),
        shown(application_javascript=BOOM),
        shown({"image/png": {"width": f"1 onload={BOOM}"}}, image_png="iVBORw0KGgo="),
        shown(image_png=f'"><script>{BOOM}</script>'),
        shown(text_plain=f"</pre><script>{BOOM}</script>"),
        printed(f"</pre><script>{BOOM}</script>\x1b[31m<script>{BOOM}</script>"),
        new_output("error", ename="<script>", evalue=f"<script>{BOOM}</script>", traceback=[SVG]),
    ]
    svg64 = base64.b64encode(SVG.encode()).decode()
    cells = [
        new_markdown_cell(f"[link](javascript:{BOOM}) <script>{BOOM}</script>"),
        new_markdown_cell(f'<img src=x onerror="{BOOM}"> $</script><script>{BOOM}</script>$'),
        new_markdown_cell(
            "![a](attachment:a.svg)", attachments={"a.svg": {"image/svg+xml": svg64}}
        ),
        new_code_cell(f"x = '</script></code></pre><script>{BOOM}</script>'", outputs=outputs),
    ]
    cells[3].metadata["tags"] = [f'"><script>{BOOM}</script>']
    notebook = new_notebook(cells=cells)
    notebook.metadata["title"] = f"</title><script>{BOOM}</script>"
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    return notebook


def one_cell(*outputs, source="x"):
    return new_notebook(cells=[new_code_cell(source, outputs=list(outputs))])


def picture(size):
    return base64.b64encode(os.urandom(size)).decode()


def many(source, outputs=()):
    cells = (new_code_cell(source, outputs=list(copy.deepcopy(outputs))) for _ in range(40))
    return new_notebook(cells=list(cells))


# what is large or slow to draw about a notebook -> a function that makes it
HEAVY = {
    "printed": lambda: one_cell(printed("hello world\n" * 2_000_000)),
    "a picture": lambda: one_cell(shown(image_png=picture(10**6), text_plain="<Figure>")),
    "pictures": lambda: one_cell(*[shown(image_png=picture(300_000))] * 20),
    "a drawing": lambda: one_cell(shown(text_html=f"<svg>{'<g/>' * 200_000}</svg>")),
    "outputs": lambda: one_cell(*[shown(text_plain="a" * 500)] * 1000),
    "a traceback": lambda: one_cell(
        new_output("error", ename="E", evalue="v" * 10**6, traceback=["line " * 10] * 10**5)
    ),
    "colours": lambda: many("x", [printed("\x1b[31ma\x1b[0m" * 30_000)]),
    "code": lambda: many("a=b+c;" * 6000),
    "cells": lambda: new_notebook(cells=[new_code_cell("a = 1") for _ in range(20_000)]),
    "text": lambda: new_notebook(cells=[new_markdown_cell("word " * 10**6)]),
    "a table": lambda: one_cell(shown(text_html="<table>" + "<tr><td>1</td></tr>" * 100_000)),
    "an attachment": lambda: new_notebook(
        cells=[
            new_markdown_cell(
                "![x](attachment:a.png)", attachments={"a.png": {"image/png": picture(10**6)}}
            )
        ]
    ),
}
