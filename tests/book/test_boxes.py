"""Are the book's boxes drawn as they should, readable by everyone, and strict about mistakes?"""

from pathlib import Path

import pytest
from course_book.launch import launch_links
from small_book import build

BOXES = ["myst_parser", "course_book.boxes"]
CHECK = [*BOXES, "course_book.self_check"]
MISTAKE = [*BOXES, "course_book.misconception"]
CARD = [*BOXES, "course_book.chapter_card", "sphinx.ext.autodoc"]
QUESTION = """# T

:::{self-check}
Which *one*?

[x] The `first`
: Because it is.
  A second line.

[ ] The second
: It is not.
:::
"""
MISTAKES = """
- id: softmax-axis
  believed: Any axis will do.
  why_wrong: The *keys* are weighed, so each row must sum to 1.
  shows: Rows do not sum to 1.
"""


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("predict", "Predict, then run"),
        ("take-away", "Take away"),
        ("then-and-now", "Then and now"),
    ],
)
def test_box_is_labelled_by_its_title(tmp_path: Path, name: str, title: str) -> None:
    built = build(tmp_path, BOXES, f"# T\n\n```{{{name}}}\nSome *text*.\n```\n")
    box = built.html.select_one(f".course-box.{name}")
    assert box["role"] == "note"
    assert built.html.find(id=box["aria-labelledby"]).text == title
    assert box.em.text == "text"
    assert not built.warnings


def test_box_takes_a_title_of_its_own(tmp_path: Path) -> None:
    built = build(tmp_path, BOXES, "# T\n\n```{predict} Which wins?\nThink.\n```\n")
    assert built.html.select_one(".box-title").text == "Which wins?"


def test_empty_box_is_an_error(tmp_path: Path) -> None:
    assert "predict" in build(tmp_path, BOXES, "# T\n\n```{predict}\n```\n").warnings


def test_answers_open_without_a_script_and_are_not_given_away(tmp_path: Path) -> None:
    built = build(tmp_path, CHECK, QUESTION)
    assert not built.warnings
    answers = built.html.select(".self-check details.answer")
    assert [answer.summary.text for answer in answers] == ["AThe first", "BThe second"]
    assert [answer.select_one(".verdict").text for answer in answers] == ["Right.", "Not this one."]
    assert "A second line." in answers[0].select_one(".explanation").text
    assert answers[0].summary.code.text == "first"
    assert all("open" not in answer.attrs for answer in answers)
    closed = [str(answer.summary).replace("first", "").replace("second", "") for answer in answers]
    assert "right" not in "".join(closed).lower()
    assert answers[0]["class"] == answers[1]["class"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (QUESTION.replace("[x]", "[ ]"), "at least one marked"),
        (QUESTION.replace("[ ] The second\n: It is not.\n", ""), "at least two"),
        (QUESTION.replace("[ ] The", "The"), "mark the answer"),
        (QUESTION.replace("Which *one*?", ""), "a question above"),
        ("# T\n\n:::{self-check}\nWhich?\n:::\n", "no answers"),
    ],
)
def test_half_made_question_is_an_error(tmp_path: Path, wrong: str, told: str) -> None:
    assert told in build(tmp_path, CHECK, wrong).warnings


@pytest.fixture
def mistakes(tmp_path: Path) -> Path:
    """A project with one list of misconceptions."""
    folder = tmp_path / "solutions" / "08_attention"
    folder.mkdir(parents=True)
    (folder / "misconceptions.yaml").write_text(MISTAKES)
    return tmp_path


def test_common_mistake_is_drawn_from_the_list(mistakes: Path) -> None:
    page = "# T\n\n```{misconception} 08_attention/softmax-axis\n```\n"
    built = build(mistakes, MISTAKE, page)
    box = built.html.select_one(".course-box.misconception")
    assert box.select_one(".box-title").text == "Common mistake"
    assert [strong.text for strong in box.find_all("strong")] == [
        "Believed: ",
        "Why it is wrong: ",
        "How it shows: ",
    ]
    assert box.em.text == "keys"
    assert not built.warnings


@pytest.mark.parametrize("wanted", ["08_attention/softmax", "09_none/softmax-axis"])
def test_unknown_mistake_is_a_warning(mistakes: Path, wanted: str) -> None:
    built = build(mistakes, MISTAKE, f"# T\n\n```{{misconception}} {wanted}\n```\n")
    assert "index.md:3: WARNING: misconception" in built.warnings


CARD_PAGE = """# T

```{chapter-card}
:time: 2
:modules: json
:exercise: 01_toy
:tests: tests/toy, tests/more

- Do one thing.
- Do another.
```

```{eval-rst}
.. automodule:: json
```
"""


@pytest.fixture
def exercise(tmp_path: Path) -> Path:
    """A project with one student's notebook."""
    folder = tmp_path / "exercises" / "01_toy"
    folder.mkdir(parents=True)
    (folder / "01_toy.ipynb").write_text("{}")
    return tmp_path


def test_card_names_objectives_time_code_exercise_tests(exercise: Path) -> None:
    built = build(exercise, CARD, CARD_PAGE, exclude_patterns=["exercises", "_build"])
    card = built.html.select_one(".chapter-card")
    assert [item.text.strip() for item in card.select("li")] == ["Do one thing.", "Do another."]
    facts = {dt.text: dt.find_next("dd") for dt in card.select("dt")}
    assert facts["Time to run"].text == "about 2 minutes on two cores"
    assert facts["Code"].a["href"] == "#module-json"
    assert facts["Exercise"].a["href"].endswith("/01_toy.ipynb")
    assert (exercise / "_build" / "html" / facts["Exercise"].a["href"]).exists()
    assert facts["Tests"].text == "tests/toy, tests/more"
    assert len(card.select("dd a")) == 2, "no launch links without an address"


def test_card_offers_launch_links_where_the_address_is_set(exercise: Path) -> None:
    options = {"repository_url": "https://github.com/org/course", "repository_branch": "main"}
    built = build(
        exercise,
        [*CARD, "sphinx_book_theme"],
        CARD_PAGE,
        html_theme="sphinx_book_theme",
        html_theme_options=options,
    )
    links = {a.text: a["href"] for a in built.html.select(".chapter-card dd a")}
    path = "exercises/01_toy/01_toy.ipynb"
    assert links["open in Colab"] == (
        f"https://colab.research.google.com/github/org/course/blob/main/{path}"
    )
    assert links["open in Binder"] == (
        "https://mybinder.org/v2/gh/org/course/main?urlpath="
        "lab%2Ftree%2Fexercises%2F01_toy%2F01_toy.ipynb"
    )


def test_missing_exercise_is_a_warning(tmp_path: Path) -> None:
    assert "not readable" in build(tmp_path, CARD, CARD_PAGE).warnings


def test_launch_links_follow_the_host() -> None:
    path = "exercises/a/a.ipynb"
    assert launch_links("", "main", path) == {}
    gitlab = launch_links("https://gitlab.com/org/course/", "v1/2", path)
    assert gitlab["Binder"].startswith("https://mybinder.org/v2/gl/org%2Fcourse/v1%2F2?urlpath=lab")
    assert "Colab" not in gitlab
    own = launch_links("https://git.example.org/org/course.git", "main", path)
    assert own["Binder"].startswith(
        "https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Forg%2Fcourse/main?"
    )


@pytest.mark.parametrize("wrong", ["github.com/a/b", "https://github.com/a", "git@github.com:a/b"])
def test_wrong_address_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match="https://HOST/OWNER/NAME"):
        launch_links(wrong, "main", "a.ipynb")
