"""Do exact match and F1 equal the official scripts', quirks included?"""

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.data.squad import load, to_official
from course_lib.errors import CourseError
from course_lib.metrics import squad

THREE = [("q1", ["the Nile"]), ("q2", ["1,000 birds", "a thousand birds"]), ("q3", ["grey herons"])]


def official(questions, **more):
    qas = [{"id": key, "answers": [{"text": t} for t in texts]} for key, texts in questions]
    return {"data": [{"title": "t", "paragraphs": [{"context": "", "qas": qas}]}], **more}


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Nile.", "nile"),
        ("an Owl, a heron", "owl heron"),
        ("the-man", "theman"),  # the hyphen goes first, then no article is left to be seen
        ("a.k.a.", "aka"),
        ("Anna", "anna"),
        ("“Owls”", "“owls”"),  # ASCII punctuation only
        ("co–op", "co–op"),
        ("1,000", "1000"),
        ("The", ""),
        ("\tgrey\n heron ", "grey heron"),
        ("THE Great", "great"),
    ],
)
def test_normal_form(text, normal):
    assert squad.normalize_answer(text) == normal


@given(st.text(alphabet=string.printable + "“–éß한", max_size=40))
def test_normal_form_is_stable_unless_articles_appear(text):
    """Blanks are single, no upper case, no ASCII punctuation, no article; twice is as once."""
    once = squad.normalize_answer(text)
    assert once == " ".join(once.split())
    assert not set(once) & set(string.punctuation)
    assert not {"a", "an", "the"} & set(once.split())
    assert squad.normalize_answer(once) == once


def test_golden_f1():
    """The words "three grey herons" against "grey herons slept": 2 shared, 2/3 and 2/3, F1 2/3.

    "owl owl owl" against "owl": one shared, precision 1/3, recall 1, F1 2·(1/3)/(4/3) = 1/2.
    """
    assert squad.f1("three grey herons", "grey herons slept") == pytest.approx(2 / 3)
    assert squad.f1("owl owl owl", "The owl") == pytest.approx(1 / 2)
    assert squad.f1("heron", "owl") == 0


def test_two_empty_answers_differ_between_versions():
    assert squad.f1("The", "a") == 0
    assert squad.exact_match("The", "a")
    assert squad.f1_or_no_answer("The", "") == 1
    assert squad.f1_or_no_answer("owl", "") == squad.f1_or_no_answer("", "owl") == 0


@given(st.text(max_size=20), st.text(max_size=20))
def test_f1_is_symmetric_and_exact_match_implies_one(one, other):
    assert squad.f1(one, other) == pytest.approx(squad.f1(other, one))
    assert 0 <= squad.f1(one, other) <= 1 + 1e-12
    if squad.exact_match(one, other) and squad.normalize_answer(one):
        assert squad.f1(one, other) == 1


def test_golden_evaluation():
    """q1 exact; q2 best of two: "birds" shares 1 of 1 and 1 of 2, F1 2/3; q3 nothing.

    exact 100/3; F1 100 (1 + 2/3 + 0)/3 = 55.56.
    """
    guesses = {"q1": "Nile", "q2": "birds", "q3": "owls"}
    found = squad.evaluate(official(THREE), guesses)
    assert found == {
        "exact_match": pytest.approx(100 / 3),
        "f1": pytest.approx(100 * (1 + 2 / 3) / 3),
    }
    assert squad.evaluate(official(THREE)["data"], guesses) == found


def test_unanswered_questions_score_zero_and_are_counted():
    with pytest.warns(UserWarning, match="2 of 3 questions have no prediction"):
        found = squad.evaluate(official(THREE), {"q1": "the Nile"})
    assert found == {"exact_match": pytest.approx(100 / 3), "f1": pytest.approx(100 / 3)}


SCRIPTS = {  # printed by the official scripts (v1.1 and v2.0) for `sample_predictions`
    "v1": {
        "exact_match": 47.36842105263158,
        "f1": 61.82653603706236,
    },
    "v2": {
        "exact": 30.434782608695652,
        "f1": 35.84541062801933,
        "total": 23,
        "HasAns_exact": 15.789473684210526,
        "HasAns_f1": 22.339181286549707,
        "HasAns_total": 19,
        "NoAns_exact": 100.0,
        "NoAns_f1": 100.0,
        "NoAns_total": 4,
        "best_exact": 47.82608695652174,
        "best_exact_thresh": 0.9242105840237294,
        "best_f1": 63.07108350586612,
        "best_f1_thresh": 0.9242105840237294,
    },
}


def sample_predictions(*, unanswerable):
    """Spans around the answers, right answers and empty ones, on the course's sample."""
    rows = load("validation", unanswerable=unanswerable)
    draw = random.Random(5)
    guesses = {}
    for row in rows:
        context, texts = row["context"], row["answers"]["text"] or [""]
        start = (row["answers"]["answer_start"] or [9])[0] - draw.randrange(9)
        cut = context[max(start, 0) : max(start, 0) + draw.randrange(9, 40)]
        guesses[row["id"]] = draw.choice([texts[0], f"The {texts[-1]}.", cut, cut, "", "an"])
    return rows, guesses


def test_version_1_equals_the_official_script():
    rows, guesses = sample_predictions(unanswerable=False)
    assert squad.evaluate(to_official(rows), guesses) == SCRIPTS["v1"]


def test_version_2_equals_the_official_script():
    rows, guesses = sample_predictions(unanswerable=True)
    draw = random.Random(11)
    sure = {key: draw.random() for key in guesses}
    official_json = to_official(rows, version="2.0")
    found = squad.evaluate_v2(official_json, guesses, sure, na_prob_thresh=0.5)
    assert found == SCRIPTS["v2"]
    plain = squad.evaluate(official_json, guesses)
    assert not [name for name in plain if name.startswith("best")]
    assert plain["total"] == plain["HasAns_total"] + plain["NoAns_total"] == len(rows)


def test_parity_with_transformers():
    """Another implementation of the same, where it is installed."""
    theirs = pytest.importorskip("transformers.data.metrics.squad_metrics")
    rows, guesses = sample_predictions(unanswerable=True)
    for row in rows:
        for text in row["answers"]["text"] or [""]:
            guess = guesses[row["id"]]
            assert squad.normalize_answer(text) == theirs.normalize_answer(text)
            assert squad.f1_or_no_answer(guess, text) == theirs.compute_f1(text, guess)
            assert squad.exact_match(guess, text) == theirs.compute_exact(text, guess)


def test_no_answer_by_hand():
    """q1 has an answer and is right (NA 0.2), q2 has none and something is said (NA 0.9).

    Without a threshold 1 of 2; with 0.5, "no answer" for q2: 2 of 2. From "none for all" (1 of 2),
    letting q1 in adds 1 (best 2 of 2, at 0.2); letting q2 in takes 1 off.
    """
    data = official([("q1", ["owl"]), ("q2", [])])
    guesses, na = {"q1": "owl", "q2": "heron"}, {"q1": 0.2, "q2": 0.9}
    plain = squad.evaluate(data, guesses, na)
    assert (plain["exact"], plain["HasAns_exact"], plain["NoAns_exact"]) == (50.0, 100.0, 0.0)
    assert (plain["best_exact"], plain["best_exact_thresh"]) == (100.0, 0.2)
    assert squad.evaluate_v2(data, guesses, na, na_prob_thresh=0.5)["exact"] == 100.0


def test_an_answer_that_normalises_to_nothing_counts_as_none():
    """The official script drops "The." from the answers but keeps the question under HasAns."""
    found = squad.evaluate_v2(official([("q", ["The."])]), {"q": ""})
    assert found["HasAns_exact"] == 100.0


def test_version_is_found():
    guesses = {"q1": "owl", "q2": ""}
    assert "exact" in squad.evaluate(official([("q1", ["owl"]), ("q2", [])]), guesses)
    assert "exact" in squad.evaluate(official([("q1", ["owl"])], version="v2.0"), guesses)
    assert "exact_match" in squad.evaluate(official([("q1", ["owl"])], version="1.1"), guesses)
    assert "exact" in squad.evaluate(official([("q1", ["owl"])]), guesses, version="2.0")
    assert "exact" in squad.evaluate(official([("q1", ["owl"])]), guesses, version="v2.0")
    marked = official([("q1", ["owl"])])
    marked["data"][0]["paragraphs"][0]["qas"][0]["is_impossible"] = False
    assert "exact" in squad.evaluate(marked["data"], guesses)
    assert "exact_match" in squad.evaluate(marked | {"version": "1.1"}, guesses)  # it says so


def test_articles_may_come_from_a_generator():
    articles = official([("q1", ["owl"])])["data"]
    assert squad.evaluate((a for a in articles), {"q1": "owl"})["f1"] == 100


IDS = ("q1", "q2", "q3")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: squad.evaluate({"data": []}, {}), "no question"),
        (lambda: squad.evaluate([{"context": "rows"}], {}), "to_official"),
        (lambda: squad.evaluate(official(THREE), {}, version="3"), "1.1 or 2.0"),
        (
            lambda: squad.evaluate(official([("q", [])]), {"q": ""}, version="1.1"),
            "answer to every",
        ),
        (lambda: squad.evaluate(official(THREE), {"q1": (3, 4)}), "tuple for 'q1'"),
        (
            lambda: squad.evaluate(official(THREE), [{"id": "q1", "prediction_text": "owl"}]),
            "predictions as {question id: value}",
        ),
        (lambda: squad.evaluate(official(THREE), {1: "owl"}), "ids as the texts"),
        (lambda: squad.evaluate(_with(answers={"text": ["owl"]}), {}), "another shape"),
        (lambda: squad.evaluate(_with(), {}), "KeyError: 'answers'"),
        (
            lambda: squad.evaluate_v2(official(THREE), dict.fromkeys(IDS, ""), dict.fromkeys(IDS)),
            "None for 'q1'",
        ),
        (lambda: squad.evaluate_v2(official(THREE), {"q1": ""}), "none for 2 of 3, such as 'q2'"),
        (
            lambda: squad.evaluate_v2(official(THREE), dict.fromkeys(("q1", "q2", "q3"), ""), {}),
            "every question in na_probs",
        ),
    ],
)
def test_bad_input_is_explained(call, message):
    with pytest.raises(CourseError, match=message):
        call()


def _with(**fields):
    return [{"paragraphs": [{"qas": [{"id": "q1", **fields}]}]}]


def test_best_over_answers():
    assert squad.best_over_answers(squad.f1, "owl", ["heron", "an owl"]) == 1
    with pytest.raises(ValueError, match="at least one answer"):
        squad.best_over_answers(squad.f1, "owl", [])
