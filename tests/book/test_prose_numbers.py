"""Does a record stand behind every number in the book's sentences, and would we notice if not?"""

from pathlib import Path

import pytest
from book_pages import PLACEHOLDER, prose_pages
from prose_numbers import loose_numbers, report

GOOD = [
    "It reaches {rec}`ch01_birds:full.16:mean:.2f` on new photographs.",
    "The variance is {derived}`12.5`, because the squares sum to 50.",
    "The notes speak of {seed}`10,000` birds.",
    "They report 4.6 % {cite}`howard2018universal`.",
    "Error falls to 4.6 percent, from 5.0,\nas {cite:t}`howard2018universal` report.",
    "We have 16 photographs of each of 4 kinds.",
    "In 2014 it began, and in 2018 it reached text.",
    "You need Python 3.11 or newer, with Sphinx 7.4.7.",
    "See section 3.2 and arXiv:1706.03762.",
    "Text under CC BY 4.0.",
    "The sum is $0.5 + 2000$ and `0.5` is code.",
    "$$\n0.25 \\cdot 4000\n$$",
    "```python\nx = 0.5\n```",
    "```{code-cell} ipython3\n:tags: [hide-input]\nx = 12345\n```",
    "~~~\n99.9 %\n~~~",
    "[a link](https://example.org/1.5/20000.html) and https://example.org/0.75",
    "# The 1.5 heading",
    "```{figure} a.svg\n:width: 12.5%\n:alt: 99.5 %\n```",
    "---\nversion: 0.13\n---\n\nText.",
    "| model | error |\n| --- | --- |\n| ours {cite}`he2016deep` | 5.71 |",
    "1. First\n2. Second",
]
BAD = [
    ("It reaches 0.57 on new photographs.", "0.57"),
    ("It reaches 57 % on new photographs.", "57 %"),
    ("It reaches 57% on new photographs.", "57%"),
    ("It has 25,557,032 parameters.", "25,557,032"),
    ("It has 4096 entries.", "4096"),
    ("It has 2048 entries.", "2048"),
    ("It rose from {rec}`a:b` to 0.61.", "0.61"),
    ("Cited {cite}`he2016deep`.\n\nThen 3.5 more.", "3.5"),
    ("| a | b |\n| --- | --- |\n| x | 0.31 |", "0.31"),
    ("- an item with 1.75", "1.75"),
    ("```{predict}\nIs it above 0.9?\n```", "0.9"),
    (":::{self-check}\n[x] It is 2.5 times faster.\n: Because.\n:::", "2.5"),
    ("```{predict}\nWhy?\n```\n\nIt is 0.57.\n\n```{take-away}\nNothing.\n```", "0.57"),
    ("::::{note}\n:::{predict}\nWhy?\n:::\nIt is 0.57.\n::::", "0.57"),
    ("(0.31)", "0.31"),
    ("**0.31**", "0.31"),
    ("It costs $5 and 0.31 of the $6.", "0.31"),
]


@pytest.mark.parametrize("text", GOOD)
def test_number_with_something_behind_it_passes(text: str) -> None:
    assert not loose_numbers(text)


@pytest.mark.parametrize(("text", "number"), BAD)
def test_loose_number_is_found(text: str, number: str) -> None:
    assert [one.number for one in loose_numbers(text)] == [number]


def test_line_is_the_one_that_an_editor_shows() -> None:
    page = "---\na: 1\n---\n\n# Title\n\n```python\nx = 0.1\n```\n\nGood.\nBad 0.25.\n"
    assert [(one.line, one.number) for one in loose_numbers(page)] == [(12, "0.25")]


@pytest.mark.parametrize("path", prose_pages(), ids=lambda path: path.stem)
def test_every_number_in_prose_has_a_record(path: Path) -> None:
    if PLACEHOLDER in path.read_text(encoding="utf-8"):
        pytest.skip("a placeholder")
    assert not report(path), "\n".join(report(path))
