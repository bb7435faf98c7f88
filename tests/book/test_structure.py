"""Is every chapter built as the book promises?"""

import re
from pathlib import Path

import pytest
from book_pages import ROOT, chapters
from course_book.import_closure import CELL

OPENING = re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w-]+)\}", re.MULTILINE)
# The end of a sentence inside a line: a stop, then a capital, after a word and not an initial.
SECOND_SENTENCE = re.compile(r"(?<=[a-z0-9)`$*’\"%][.?!]) +(?=[A-Z`{*“])")
ABBREVIATION = re.compile(r"(?:e\.g|i\.e|al|etc|vs|cf|Fig|Eq|No|St|Dr|approx)\.$")

pytestmark = pytest.mark.skipif(not chapters(), reason="no chapter is written yet")


@pytest.fixture(params=chapters(), ids=lambda path: path.stem)
def chapter(request: pytest.FixtureRequest) -> Path:
    """The source of one chapter."""
    return request.param


def boxes(text: str, name: str) -> list[str]:
    """Return the bodies of the directives of one name."""
    pattern = rf"^(?P<fence>`{{3,}}|:{{3,}})\{{{name}\}}[^\n]*\n(.*?)^(?P=fence)[ \t]*$"
    return [match[2] for match in re.finditer(pattern, text, re.MULTILINE | re.DOTALL)]


def without_code(text: str) -> str:
    """Return the prose: no front matter, no code cells, no code fences, no tables."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = CELL.sub("", text)
    text = re.sub(r"^(`{3,})(?!\{)[^\n]*\n.*?^\1\s*$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^\|.*$", "", text, flags=re.MULTILINE)


def crowded(text: str) -> list[str]:
    """Return the lines of prose that hold more than one sentence.

    A short pair may share a line ("How many remain? Predict."), and so may the sentences of a list
    item or of an explanation, where a second line would need an indent.
    """
    found = []
    for line in without_code(text).splitlines():
        if len(line) < 100 or re.match(r"\s*([-*:]|\d+\.) ", line):
            continue
        bare = re.sub(r"`[^`]*`", "`x`", line)
        ends = [m.start() for m in SECOND_SENTENCE.finditer(bare)]
        if any(not ABBREVIATION.search(bare[:end].rstrip()) for end in ends):
            found.append(line)
    return found


def test_begins_with_a_card_that_names_its_parts(chapter: Path) -> None:
    cards = boxes(chapter.read_text(encoding="utf-8"), "chapter-card")
    assert len(cards) == 1
    for option in ("time", "modules", "exercise", "tests"):
        assert f":{option}:" in cards[0]
    assert len(re.findall(r"^- ", cards[0], re.MULTILINE)) >= 2


def test_card_points_at_what_exists(chapter: Path) -> None:
    card = boxes(chapter.read_text(encoding="utf-8"), "chapter-card")[0]
    options = dict(re.findall(r"^:(\w+):\s*(.+)$", card, re.MULTILINE))
    exercise = options["exercise"].strip()
    assert (ROOT / "exercises" / exercise / f"{exercise}.ipynb").exists()
    for path in options["tests"].split(","):
        assert list((ROOT / path.strip()).rglob("test_*.py")), path


def test_asks_for_predictions_and_leaves_something(chapter: Path) -> None:
    text = chapter.read_text(encoding="utf-8")
    assert len(boxes(text, "predict")) >= 2
    assert len(boxes(text, "take-away")) == 1


def test_has_two_or_three_questions_whose_answers_are_explained(chapter: Path) -> None:
    questions = boxes(chapter.read_text(encoding="utf-8"), "self-check")
    assert 2 <= len(questions) <= 3
    for question in questions:
        answers = re.findall(r"^\[[ x]\] .*(?:\n(?!\n).*)*?\n: \S", question, re.MULTILINE)
        assert len(answers) == len(re.findall(r"^\[[ x]\] ", question, re.MULTILINE)) >= 2


def test_names_a_common_mistake(chapter: Path) -> None:
    assert re.search(r"^`{3,}\{misconception\} ", chapter.read_text(encoding="utf-8"), re.MULTILINE)


def test_cells_are_short(chapter: Path) -> None:
    cells = [match[2] for match in CELL.finditer(chapter.read_text(encoding="utf-8"))]
    assert cells
    long = []
    for cell in cells:
        code = [line for line in cell.splitlines() if not re.match(r":[\w-]+:", line)]
        if len(code) > 15:
            long.append(code[0])
    assert not long


def test_code_that_is_shown_fits_the_page(chapter: Path) -> None:
    cells = [match[2] for match in CELL.finditer(chapter.read_text(encoding="utf-8"))]
    shown = [cell for cell in cells if "hide-input" not in cell]
    assert [line for cell in shown for line in cell.splitlines() if len(line) > 88] == []


def test_prose_has_one_sentence_a_line(chapter: Path) -> None:
    assert not crowded(chapter.read_text(encoding="utf-8"))


def test_links_to_its_exercise(chapter: Path) -> None:
    text = chapter.read_text(encoding="utf-8")
    assert f":exercise: {chapter.stem}" in text


LONG = (
    "The rest of this sentence says nothing and is here to make the line as long as it must be to"
)
CROWDED = [
    f"It works. {LONG} count.",
    f"Does it? {LONG} count.",
    f"{LONG} see `code`. Then go on.",
    f"{LONG} have 3.5 of them. Two are left.",
]
FINE = [
    "It works. It is fast.",
    f"{LONG} count.",
    f"{LONG} report, as He et al. Report it.",
    f"- {LONG} count. It may, in an item.",
    f"```python\nx = 1  # {LONG}. Two\n```",
]


@pytest.mark.parametrize("text", CROWDED)
def test_two_sentences_on_a_long_line_are_seen(text: str) -> None:
    assert crowded(text)


@pytest.mark.parametrize("text", FINE)
def test_other_lines_are_left_alone(text: str) -> None:
    assert not crowded(text)
