"""Autograded notebooks: what nbgrader shows of them without a filter must not run or overflow."""

import re

import pytest
from hostile_pages import BOOM, HEAVY, one_cell, scripted, shown
from nbformat import from_dict, validate
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_lib.grading.notebook.tame import tame, without_tags


def by_nbgrader(notebook):
    """Return the page of nbgrader's template, as `nbgrader generate_feedback` draws it."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.converters import GenerateFeedback

    config = GenerateFeedback().config
    resources = {"nbgrader": {"score": 0, "max_score": 0, "late_penalty": 0, "notebook": "x"}}
    return HTMLExporter(config=config).from_notebook_node(notebook, resources)[0]


def test_nothing_runs_on_a_page_of_nbgrader():
    notebook = from_dict(scripted())
    notebook.metadata = {}
    for cell in notebook.cells:  # the repair has set these before
        cell.metadata = {}
        cell.pop("attachments", None)
    notebook.cells.pop(2)
    tame(notebook)
    validate(notebook)
    page = by_nbgrader(notebook)
    page = page[page.index("<body") :]
    assert not re.findall(r"<script|<iframe|<form|<meta|<link|<svg", page)
    assert not re.findall(r"<[^>]*\son\w+=", page)
    assert not re.findall(r"(href|src)=[\"']?\s*javascript:", page)
    assert BOOM[:12] in page, "it is shown as text"


@pytest.mark.parametrize("what", sorted(set(HEAVY) - {"code", "cells", "text", "an attachment"}))
def test_a_page_of_nbgrader_stays_small(what):
    notebook = from_dict(HEAVY[what]())
    tame(notebook)
    validate(notebook)
    assert len(by_nbgrader(notebook).encode()) < 2_000_000


def test_code_metadata_and_the_instructors_text_stay():
    text = "Read <img src='figure.png'> and $a<b$"
    code = new_code_cell("x = '<script>'", outputs=[shown(text_plain="3")])
    code.metadata["nbgrader"] = {"grade_id": "x", "solution": True}
    notebook = new_notebook(cells=[new_markdown_cell(text), code, new_markdown_cell(text + "!")])
    before = [cell.id for cell in notebook.cells]
    tame(notebook, {text})
    assert notebook.cells[0].source == text
    assert notebook.cells[1].source == "x = '<script>'"
    assert notebook.cells[1].metadata.nbgrader.grade_id == "x"
    assert [cell.id for cell in notebook.cells] == before
    assert "< img" in notebook.cells[2].source


def test_an_error_and_its_message_are_kept_after_a_flood():
    error = new_output("error", ename="AssertionError", evalue="look", traceback=["t" * 10**6])
    notebook = one_cell(*[shown(text_plain="y" * 10_000)] * 500, error)
    tame(notebook)
    last = notebook.cells[0].outputs[-1]
    assert (last.output_type, last.evalue) == ("error", "look")


@pytest.mark.parametrize(
    "source",
    [
        "a < b and c > d",
        "if 3 <4",
        "<b>bold</b> and <br> and H<sub>2</sub>O",
        "<https://jupyter.org> <ada@example.org>",
        '<a href="https://jupyter.org">x</a>',
        "[x](https://jupyter.org) ![y](figure.png) [z](#top) [a](mailto:a@x.org)",
        "a dict: {'a': [1](2)}, x[1](3)",
    ],
)
def test_ordinary_text_is_left_alone(source):
    assert without_tags(source) == source


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:y)",
        "[x]( <JavaScript:y> )",
        "[x](java&#115;cript&colon;y)",
        r"[x](javascript\:y)",
        "[x](&amp;#106;avascript:y)",
        "[x]\n\n[x]: javascript:y",
        "[x](data:text/html,y)",
        "![x](vbscript:y)",
    ],
)
def test_a_link_that_is_a_script_leads_nowhere(source):
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    page = markdown2html_mistune(without_tags(source))
    assert not re.search(r"(href|src)=\"\s*[a-z]+:", page, re.I), page


@pytest.mark.parametrize(
    "source",
    [
        "<script>x</script>",
        "<IMG SRC=x onerror=y>",
        "<b onclick=x>",
        "<a href='javascript:x'>",
        "<svg/onload=x>",
        "</p onload=x>",
        "<!--><script>-->",
        "<details open ontoggle=x>",
        "<https://x onmouseover=y>",
    ],
)
def test_a_tag_that_could_carry_a_script_is_broken(source):
    assert not re.search(r"<[A-Za-z/!?][^>]*(on\w+=|javascript|script|-)", without_tags(source))


def test_an_attached_picture_stays_where_it_fits():
    small = new_markdown_cell("![](attachment:a.png)", attachments={"a.png": {"image/png": "AAAA"}})
    large = {"b.png": {"image/png": "A" * 2_000_000}}
    notebook = new_notebook(
        cells=[small, new_markdown_cell("![](attachment:b.png)", attachments=large)]
    )
    tame(notebook)
    assert notebook.cells[0].attachments == {"a.png": {"image/png": "AAAA"}}
    assert notebook.cells[1].attachments == {}
    assert "a picture of 2,000 kB left out" in notebook.cells[1].source
