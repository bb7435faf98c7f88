# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Exercise 7: SQuAD, SNLI, GLUE
#
# A benchmark is a set of examples and a number.
# In this exercise you write the numbers: exact match and F1 of SQuAD, Matthews and Spearman of GLUE.
# Then you turn characters into tokens and scores into spans, and at the end you build the probe that shows how much a model can score without reading the question.
#
# Read [chapter 7](../../book/07_benchmarks.md) first.
# There are eight tasks, 20 points, and about 85 minutes of work.
#
# **How it goes.** A cell with `raise NotImplementedError` is yours: put your code in that line's place.
# The cell below it checks your answer at once and says what it saw.
# When you hand in, the same cell runs further tests, on other texts and other numbers.
# Before you hand in, restart the kernel and run all cells.

# %%
# COURSE-SETUP

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import math
import re
import string
import warnings
from collections import Counter

warnings.filterwarnings("ignore", message=".*have no gold label")

# %% [markdown]
# ## Task 1: When are two answers the same? (10 minutes, 2 points)
#
# "The Nile." and "nile" are one answer.
# SQuAD compares answers in a normal form, which is made in four steps, in this order:
#
# 1. lower case;
# 2. every sign of `string.punctuation` is deleted (nothing is put in its place);
# 3. the words *a*, *an* and *the* give way to a blank, as whole words in the sense of `\b` in a regular expression (a long dash, which is no sign of `string.punctuation`, ends a word too);
# 4. runs of blanks, line ends and tabs become one blank, and none stays at either end.
#
# **Predict before you write:** what becomes of "the-man"?

# %% nbgrader={"grade": false, "grade_id": "normalize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def normalize(text: str) -> str:
    """Return the form in which SQuAD compares answers, by the four steps above."""
    ### BEGIN SOLUTION
    text = text.lower()
    text = "".join(sign for sign in text if sign not in string.punctuation)
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return " ".join(text.split())
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_normalize", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
got = normalize("Blue Nile")
assert got != "Blue Nile", "Capital letters are still there; the first step is lower case."
assert got == "blue nile", f"'Blue Nile' became {got!r}."
got = normalize("1,000 herons!")
assert got != "1 000 herons", "A blank took the comma's place; punctuation is deleted, 1,000 is 1000."
assert got == "1000 herons", f"'1,000 herons!' became {got!r}; delete every sign of punctuation."
got = normalize("  grey\n\theron ")
assert got == "grey heron" or got.split() != ["grey", "heron"], (
    "Line ends, tabs or double blanks are left; each run becomes one blank."
)
assert got == "grey heron", f"'  grey\\n\\theron ' became {got!r}."
got = normalize("an owl and the heron")
assert got != "an owl and the heron", "The articles are still there: a, an and the are deleted."
assert not {"d", "nd"} & set(got.split()), "The article was cut out of another word: 'and' lost letters."
assert got == "owl and heron", f"'an owl and the heron' became {got!r}; only a, an, the go, all of them."
got = normalize("the-man")
assert got != "man", "The article went before the hyphen: punctuation first, then 'theman' is a word."
assert got == "theman", f"'the-man' became {got!r}."
got = normalize("“owl”")
assert got != "owl", "Only string.punctuation is deleted; typographic quotes stay."
assert got == "“owl”", f"'“owl”' became {got!r}."
got = normalize("an–owl")
assert got != "an–owl", (
    "The article is still there: a word ends at any sign but a letter, a digit or an underscore, not "
    "at blanks alone. The pattern is \\b."
)
assert got == "–owl", f"'an–owl' became {got!r}."
got = normalize("owl–an–owl")
assert got != "owl––owl", "The article vanished without a trace; a blank takes its place."
assert got == "owl– –owl", f"'owl–an–owl' became {got!r}."
got = normalize("Doña Café, Großstraße")
assert not got.startswith("doñ "), (
    "'doña' lost its a: ñ is a letter too, and ends no word. \\b knows that, without re.ASCII."
)
assert "grossstrasse" not in got, "ß became ss: lower case is lower(); casefold() changes more."
assert "cafe" not in got, "'café' lost its accent; the four steps change no letter but to lower case."
assert got == "doña café großstraße", f"'Doña Café, Großstraße' became {got!r}."
got = normalize("5 m² of ﬁgs")
assert "m2" not in got and "figs" not in got, (
    "Signs were replaced by others that look alike (² by 2, ﬁ by fi); none of the steps does that."
)
assert got == "5 m² of ﬁgs", f"'5 m² of ﬁgs' became {got!r}."
left = set(normalize(string.punctuation))
assert not left & set(string.punctuation), "Some signs are left; delete all of string.punctuation."
print("The Nile, in full flood! ->", normalize("The Nile, in full flood!"))
### BEGIN HIDDEN TESTS
import random


def reference_form(text):
    kept = "".join(sign for sign in text.lower() if sign not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


draw = random.Random(20240503)
pieces = ["The", "a", "An", "the.", "Anna", "theory", "a-b", "“x”", "3.5", "U.S.", "\t", "\n", "–", "'s"]
pieces += ["ña", "éthe", "ẞ", "한", "½", "é", "THE"]
for _ in range(211):
    text = draw.choice([" ", "  ", ""]).join(draw.choices(pieces, k=draw.randrange(7)))
    got = normalize(text)
    assert got == reference_form(text), f"The normal form of {text!r} is wrong: {got!r}."
assert normalize("") == normalize("The") == "", "An answer of articles alone becomes empty."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 2: Half right (10 minutes, 3 points)
#
# "grey herons" is not the answer "three grey herons", and it is not wrong either.
# F1 compares the words of two answers, each with its number of repetitions, whatever their order:
#
# - *precision*: how many of the predicted words are shared, of all predicted;
# - *recall*: how many of the answer's words are shared, of all the answer has;
# - *F1*: their harmonic mean, 2 · precision · recall / (precision + recall).
#
# Where nothing is shared, F1 is 0; so it is where a list is empty.

# %% nbgrader={"grade": false, "grade_id": "f1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def f1(predicted: list[str], answer: list[str]) -> float:
    """Return F1 over the words of two answers, 0 to 1.

    A word that stands twice on both sides is shared twice; 0 where nothing is shared.
    """
    ### BEGIN SOLUTION
    shared = sum((Counter(predicted) & Counter(answer)).values())
    if shared == 0:
        return 0.0
    precision, recall = shared / len(predicted), shared / len(answer)
    return 2 * precision * recall / (precision + recall)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_f1", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
close = {"rel_tol": 1e-5, "abs_tol": 1e-6}  # float32 keeps seven digits, and some go in the sums
one, other = ["grey", "herons", "sleep", "here"], ["the", "herons", "grey", "owls", "here"]
got, back = f1(list(one), list(other)), f1(list(other), list(one))
assert got is not None, "Your function returned nothing; return F1."


def are(there, here):
    return math.isclose(got, there, **close) and math.isclose(back, here, **close)


assert not are(3 / 4, 3 / 5), (
    "This is precision alone: an answer of one sure word would always be right."
)
assert not are(3 / 5, 3 / 4), (
    "This is recall alone: the whole paragraph as an answer would always be right."
)
assert not are(3 / 6, 3 / 6), (
    "This is the share of all words; the words that are missing and those that are too many both "
    "count, once each."
)
assert not are(27 / 40, 27 / 40), "This is the arithmetic mean; F1 is the harmonic one."
assert not are(2 / 9, 2 / 9), (
    "Only 'herons' was found, which stands at one place in both; F1 does not look at places."
)
assert are(2 / 3, 2 / 3), f"Of 3/4 and 3/5 F1 is 2/3, in both directions; got {got} and {back}."
got = [f1(["owl", "owl", "owl"], ["owl"]), f1(["owl"], ["owl", "owl", "owl"])]
assert got != [1, 1], "The word stands three times and is shared once; count it."
assert not any(math.isclose(g, 1.5, **close) for g in got), (
    "One 'owl' was matched three times; a word is shared as often as it stands on both sides."
)
assert all(math.isclose(g, 1 / 2, **close) for g in got), (
    f"Of three owls and one, one is shared: F1 is 1/2 in both directions, got {got}."
)
try:
    got = [f1([], []), f1(["owl"], []), f1(["owl"], ["heron"])]
except ZeroDivisionError:
    raise AssertionError("Nothing shared gave a division by zero; F1 is 0 there.") from None
assert got == [0, 0, 0], f"Where nothing is shared F1 is 0, also where a list is empty; got {got}."
one, other = ["owl", "grey"], ["grey", "owl", "an"]
f1(one, other)
assert (one, other) == (["owl", "grey"], ["grey", "owl", "an"]), (
    "The lists that were handed in have been changed; count in a copy."
)
assert f1(["an"], ["banana"]) == 0, "Whole words are compared, not pieces of them."
print("grey herons / three grey herons:", round(float(f1(["grey", "herons"], ["three", "grey", "herons"])), 3))
### BEGIN HIDDEN TESTS
import random

draw = random.Random(20240509)
for _ in range(199):
    one = draw.choices("abcde", k=draw.randrange(8))
    other = draw.choices("abcde", k=draw.randrange(8))
    both = sum(min(one.count(word), other.count(word)) for word in set(one))
    expected = 2 * both / (len(one) + len(other)) if both else 0.0  # the same, written shorter
    assert math.isclose(f1(list(one), list(other)), expected, **close), (
        f"F1 of {one} and {other} is wrong."
    )
    draw.shuffle(one)
    assert math.isclose(f1(list(one), list(other)), expected, **close), "The order must not count."
### END HIDDEN TESTS

# %%
# The library's version works on texts: course_lib.metrics.squad
from course_lib.metrics import squad as squad_metrics

prediction, answer = "Three grey herons.", "the grey herons"
ours = f1(normalize(prediction).split(), normalize(answer).split())
print("the same:", ours == squad_metrics.f1(prediction, answer), ours)

# %% [markdown]
# ## Task 3: One number for a data set (8 minutes, 2 points)
#
# Several people answered each question, and they did not always mark the same words.
# A prediction is compared with each of their answers, and the best comparison counts.
# The data set's score is the mean over *all its questions*, in percent; a question without a prediction scores 0.
#
# The score of a pair comes as an argument, so that the same function serves exact match and F1.

# %% nbgrader={"grade": false, "grade_id": "dataset_score", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dataset_score(score, answers: dict[str, list[str]], predictions: dict[str, str]) -> float:
    """Return the mean score over all questions, in percent.

    score(prediction, answer) gives a number from 0 to 1.
    answers: question id -> the answers that people gave; predictions: question id -> a text.
    A question counts with the best of its answers, and with 0 where it has no prediction.
    """
    ### BEGIN SOLUTION
    total = 0.0
    for key, given in answers.items():
        if key in predictions:
            total += max(score(predictions[key], answer) for answer in given)
    return 100 * total / len(answers)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_dataset_score", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
close = {"rel_tol": 1e-5}  # float32 keeps seven digits, and some go in the sums
people = {
    "q1": ["the river", "Nile", "the Nile", "the Nile in flood"],
    "q2": ["an owl", "some owls", "owl"],
    "q3": ["gull"],
}
scores = {"q1": [0.0, 0.3, 0.8, 0.5], "q2": [0.2, 0.1, 0.6], "q3": [0.3]}
guesses = {"q1": "NILE", "q2": "OWL", "q3": "TERN"}
table = {(guesses[q], a): s for q in people for a, s in zip(people[q], scores[q])}


def from_table(prediction, answer):
    """Serve as a score: what the table says."""
    return table.get((prediction.strip(), answer), 0.0)


got = dataset_score(from_table, people, guesses)
assert got is not None, "Your function returned nothing; return the score."
assert not math.isclose(got, 1.7 / 3, **close), "The score is a share; the data set's score is in percent."
assert not math.isclose(got, 50 / 3, **close), (
    "Only the first person's answer was looked at; any of them may be met."
)
assert not math.isclose(got, 40 / 3, **close), (
    "The worst of a question's scores was taken; whoever meets one of the answers is right."
)
assert not math.isclose(got, 100 * (0.4 + 0.3 + 0.3) / 3, **close), (
    "The scores of a question's answers were averaged; the best one counts."
)
assert not math.isclose(got, 100 * (1.6 + 0.9 + 0.3) / 3, **close), (
    "The scores of a question's answers were added up; the best one counts."
)
assert math.isclose(got, 170 / 3, **close), (
    f"The best scores are 0.8, 0.6 and 0.3: 170 / 3 percent, and not rounded; got {got}."
)
few = {"q1": "NILE"}
try:
    got = dataset_score(from_table, people, few)
except KeyError as error:
    assert "q2" not in str(error), "A question without a prediction is no error; it scores 0."
    raise
except AttributeError:
    raise AssertionError("A prediction that is not there was scored as None; it scores 0.") from None
assert few == {"q1": "NILE"}, "The predictions that were handed in have been changed; only read them."
try:
    more = dataset_score(from_table, people, few | {"q9": "WREN"})
except KeyError:
    raise AssertionError(
        "A prediction for a question that nobody asked is no error; go through the questions."
    ) from None
assert not math.isclose(got, 80, **close) or not math.isclose(more, 80, **close), (
    "Unanswered questions were left out of the mean: answering one sure question would give 100."
)
assert not math.isclose(got, 80, **close) or not math.isclose(more, 40, **close), (
    "The mean runs over the questions of the data set, not over the predictions."
)
assert math.isclose(got, 80 / 3, **close), f"0.8 for one question of three: 80 / 3 percent, got {got}."
assert math.isclose(more, 80 / 3, **close), f"'q9' is no question of the data set: 80 / 3, got {more}."


def same(prediction, answer):
    return float(prediction == answer)


got = dataset_score(same, {"q": [""]}, {})
assert not math.isclose(got, 100), (
    "A prediction that is not there was scored as an empty text; it scores 0, whatever the answer is."
)
got = dataset_score(same, {"q": [""]}, {"q": ""})
assert math.isclose(got, 100), "An empty prediction is a prediction, and may be right; ask whether the key is there."
order = dataset_score(lambda prediction, answer: float(prediction < answer), {"q": ["b"]}, {"q": "a"})
assert math.isclose(order, 100), "The arguments changed places: score(prediction, answer), in this order."
print("all answered:", dataset_score(from_table, people, guesses), " one of three:", more)
### BEGIN HIDDEN TESTS
import random

draw = random.Random(20240521)
for n_questions in (1, 7, 31):
    table = {}
    people, guesses = {}, {}
    expected = []
    for number in range(n_questions):
        people[f"q{number}"] = [f"a{draw.randrange(5)}" for _ in range(draw.randrange(1, 4))]
        if draw.random() < 0.7:
            guesses[f"q{number}"] = f"p{draw.randrange(5)}"
    for p in range(5):
        for a in range(5):
            table[f"p{p}", f"a{a}"] = draw.random()
    for key, given in people.items():
        expected.append(max(table[guesses[key], a] for a in given) if key in guesses else 0.0)

    def looked_up(prediction, answer, table=table):
        return table[prediction, answer]

    got = dataset_score(looked_up, people, guesses)
    assert math.isclose(got, 100 * sum(expected) / n_questions, rel_tol=1e-5, abs_tol=1e-6), (
        f"With {n_questions} questions the score is wrong."
    )
### END HIDDEN TESTS

# %%
# Both of SQuAD's numbers on the course's own sample, ours and the library's
from course_lib.data import squad

rows = squad.load("validation")
people = {row["id"]: row["answers"]["text"] for row in rows}
guesses = {row["id"]: " ".join(row["context"].split()[:3]) for row in rows}  # the first three words
exact = dataset_score(lambda p, a: float(normalize(p) == normalize(a)), people, guesses)
overlap = dataset_score(lambda p, a: f1(normalize(p).split(), normalize(a).split()), people, guesses)
print(f"exact match {exact:.1f}, F1 {overlap:.1f}")
print(squad_metrics.evaluate(squad.to_official(rows), guesses))

# %% [markdown]
# ## Task 4: Matthews' correlation (10 minutes, 2 points)
#
# About seven in ten sentences of CoLA are acceptable, so "yes" to everything has an accuracy of about 0.7.
# Its score in GLUE is 0, because CoLA is scored by a correlation.
# Let TP, TN, FP and FN count the pairs (label, guess) = (1, 1), (0, 0), (0, 1) and (1, 0):
#
# $$ \frac{TP \cdot TN - FP \cdot FN}{\sqrt{(TP + FP)(TP + FN)(TN + FP)(TN + FN)}} $$
#
# Where one of the four sums is 0, the quotient is 0/0, and the result is set to 0.

# %% nbgrader={"grade": false, "grade_id": "matthews", "locked": false, "schema_version": 3, "solution": true, "task": false}
def matthews(labels: list[int], guesses: list[int]) -> float:
    """Return the correlation of two lists of zeros and ones, -1 to 1; 0 where it is 0/0."""
    ### BEGIN SOLUTION
    counts = Counter(zip(labels, guesses, strict=True))
    tp, tn, fp, fn = counts[1, 1], counts[0, 0], counts[0, 1], counts[1, 0]
    product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(product) if product else 0.0
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_matthews", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
close = {"rel_tol": 1e-5, "abs_tol": 1e-6}  # float32 keeps seven digits, and some go in the sums
labels, guesses = [1, 1, 1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0, 1, 1, 0]
below = math.sqrt(7 * 6 * 3 * 2)  # TP 5, TN 1, FP 2, FN 1
got = matthews(labels, guesses)
assert got is not None, "Your function returned nothing; return the correlation."
assert not math.isclose(got, 6 / 9, **close), "This is accuracy; a correlation subtracts what chance would give."
assert not math.isclose(got, 10 / 13, **close), "This is F1; it does not look at the zeros that were right."
assert not math.isclose(got, 3 / below**2, **close), "The denominator is a square root; the root is missing."
assert not math.isclose(got, 5 / below, **close), "FP · FN is missing: it is subtracted from TP · TN."
assert not math.isclose(got, 7 / below, **close), "FP · FN was added; errors count against, so subtract it."
assert not any(math.isclose(got, 3 / math.sqrt(two), **close) for two in (7 * 6, 3 * 2)), (
    "The denominator has four sums; some of them are missing."
)
assert not math.isclose(got, 2 / 11, **close), (
    "This is Cohen's kappa, which also subtracts chance; Matthews divides by the root of four sums."
)
assert math.isclose(got, 3 / below, **close), f"TP 5, TN 1, FP 2, FN 1 give 0.18898, got {got}."
got = matthews([1, 0, 1, 0], [0, 1, 0, 1])
assert not math.isclose(got, 1, **close), "Always wrong gives -1; the sign was lost."
assert math.isclose(got, -1, **close), f"Always wrong gives -1, got {got}."
try:
    got = matthews([1, 1, 0], [1, 1, 1]) + matthews([0, 0], [1, 0]) + matthews([1, 1], [1, 0])
except ZeroDivisionError:
    raise AssertionError("Guesses or labels that are all alike gave 0/0; the result is 0 there.") from None
assert got == got, "A constant answer tells nothing: its correlation is set to 0, not nan."
assert abs(got) < 1e-6, f"Where a sum is 0 the correlation is set to 0; three such cases gave {got}."
print("yes to all: accuracy", round(2 / 3, 2), "Matthews", float(matthews([1, 1, 0], [1, 1, 1])))
### BEGIN HIDDEN TESTS
import random

import numpy as np

draw = random.Random(20240523)
for size in (2, 5, 17, 101):
    for share in (0.2, 0.5, 1.0):
        labels = [int(draw.random() < 0.7) for _ in range(size)]
        guesses = [label if draw.random() < share else 1 - label for label in labels]
        flat = len(set(labels)) == 1 or len(set(guesses)) == 1
        expected = 0.0 if flat else float(np.corrcoef(labels, guesses)[0, 1])
        assert math.isclose(matthews(labels, guesses), expected, **close), (
            f"On {size} pairs the result is not the correlation of the zeros and ones."
        )
assert matthews([0, 0, 0], [0, 0, 0]) == 0, "One class alone, all right: still 0/0, still 0."
assert matthews([0, 0, 0], [1, 0, 1]) == 0, "Labels of one class: 0/0, so 0."
### END HIDDEN TESTS

# %% [markdown]
# ## Task 5: Ranks with ties (10 minutes, 3 points)
#
# STS-B asks how alike two sentences are, from 0 to 5, and scores the order of the answers by Spearman's correlation: replace each number by its rank, then correlate the ranks.
#
# Many pairs have the same label, and equal numbers share the *mean* of the ranks that they take up: 2, 1, 2, 5 have the ranks 2.5, 1, 2.5, 4.

# %% nbgrader={"grade": false, "grade_id": "ranks", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ranks(values: list[float]) -> list[float]:
    """Return the rank of each number, 1 for the smallest; equal numbers share the mean rank."""
    ### BEGIN SOLUTION
    ordered = sorted(values)
    first = {value: ordered.index(value) + 1 for value in set(values)}
    return [first[value] + (values.count(value) - 1) / 2 for value in values]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_ranks", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
got = list(ranks([30.0, 10.0, 20.0]))
assert got != [2, 0, 1], "The smallest number has rank 1, not 0."
assert got != [1, 3, 2], "The smallest number has rank 1; you began with the largest."
assert got != [2, 3, 1], (
    "This is where each rank's number stands (argsort), not which rank each number has."
)
assert got == [3, 1, 2], f"The ranks of 30, 10, 20 are 3, 1, 2; got {got}."
got = list(ranks([2.0, 1.0, 2.0, 5.0, 2.0]))  # the three twos take up the ranks 2, 3 and 4
assert got not in ([2, 1, 3, 5, 4], [4, 1, 3, 5, 2]), (
    "Equal numbers got different ranks; they share the mean of the ranks that they take up."
)
assert got != [2, 1, 2, 5, 2], "Equal numbers share the mean of their ranks, not the smallest of them."
assert got != [4, 1, 4, 5, 4], "Equal numbers share the mean of their ranks, not the largest of them."
assert got != [2, 1, 2, 3, 2], "Ranks were closed up after the tie; three numbers take up three ranks."
assert got == [3, 1, 3, 5, 3], f"The ranks of 2, 1, 2, 5, 2 are 3, 1, 3, 5, 3; got {got}."
values = [2, 1, 2, 5]
got = list(ranks(values))
assert values == [2, 1, 2, 5], "The numbers that were handed in have been sorted in place; use sorted()."
assert got != [2, 1, 2, 4], (
    "The rank 2.5 was cut to 2: whole numbers were handed in, and an array made from them holds no "
    "others; // cuts too."
)
assert got == [2.5, 1, 2.5, 4], f"The ranks of 2, 1, 2, 5 are 2.5, 1, 2.5, 4; got {got}."
print("ranks of 2, 1, 2, 5:", [float(rank) for rank in got])
### BEGIN HIDDEN TESTS
import random

from scipy.stats import rankdata

draw = random.Random(20240529)
for size, kinds in ((1, 1), (7, 3), (31, 11), (97, 13)):
    values = [draw.randrange(kinds) / 4 - 1 for _ in range(size)]
    expected = rankdata(values).tolist()
    got = [float(rank) for rank in ranks(list(values))]
    assert got == expected, f"On {size} numbers with ties the ranks differ from scipy's."
    assert math.isclose(sum(got), size * (size + 1) / 2), "Ranks always add up to n (n + 1) / 2."
### END HIDDEN TESTS

# %%
# Spearman is Pearson of the ranks; the library's: course_lib.metrics.correlation
from course_lib.metrics.correlation import pearson, spearman

gold, guessed = [5.0, 4.0, 4.0, 1.0, 0.0], [4.9, 2.0, 3.0, 2.0, 0.1]
print("by your ranks:", round(pearson(ranks(gold), ranks(guessed)), 4))
print("the library's:", round(spearman(gold, guessed), 4))

# %% [markdown]
# ## Task 6: From characters to tokens (10 minutes, 3 points)
#
# SQuAD says where an answer stands in *characters*; a model counts *tokens*.
# A tokenizer tells where each token stands, as a pair (start, end) of characters, the end exclusive.
#
# Find the first and the last token (both inclusive) that share at least one character with the answer's characters `start` to `end - 1`.
# The answer may begin in the middle of a token; then the whole token is taken.
# Special tokens have no characters: their pair is (0, 0), and they are never part of an answer.

# %% nbgrader={"grade": false, "grade_id": "answer_tokens", "locked": false, "schema_version": 3, "solution": true, "task": false}
def answer_tokens(offsets: list[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """Return the places of the first and last token that touch characters start .. end - 1.

    offsets: one pair (start, end) a token, end exclusive; (0, 0) for special tokens.
    None where no token touches them.
    """
    ### BEGIN SOLUTION
    touched = [t for t, (a, b) in enumerate(offsets) if a < end and b > start]
    return (touched[0], touched[-1]) if touched else None
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_answer_tokens", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
context = "An owl ate 25,000 mice."
#                [CLS]   An      owl     ate      25        ,         000       mice      .
offsets = [(0, 0), (0, 2), (3, 6), (7, 10), (11, 13), (13, 14), (14, 17), (18, 22), (22, 23)]


def tokens(start, end, offsets=offsets):
    got = answer_tokens(list(offsets), start, end)
    return None if got is None else tuple(got)


got = tokens(3, 6)
assert got != (3, 6), "These are characters; return the places of tokens."
assert got != (2, 3), "The last token is inclusive: for one token, first and last are the same."
assert got != (1, 1), "The special token in front has a place too; count it."
assert got == (2, 2), f"'owl' is token 2: (2, 2), got {got}."
got = tokens(18, 22)
assert got != (7, 8), (
    "The end is exclusive: the full stop begins where the answer ends and is no part of it."
)
assert got == (7, 7), f"'mice' is token 7, got {got}."
got = tokens(11, 17)
assert got == (4, 6), f"'25,000' is tokens 4 to 6, got {got}."
got = tokens(13, 14)
assert got != (4, 5), "Token 4 ends where the answer begins (its end is exclusive), and does not touch it."
assert got == (5, 5), f"The comma is token 5, got {got}."
got = tokens(8, 13)
assert got != (4, 4), (
    "The answer begins inside a token; that token touches it and is taken whole."
)
assert got == (3, 4), f"Characters 8 to 12 touch tokens 3 and 4, got {got}."
assert tokens(11, 15) == (4, 6), f"Characters 11 to 14 touch tokens 4 to 6, got {tokens(11, 15)}."
got = tokens(10, 14)
assert got is not None, (
    "Characters 10 to 13 begin with a blank, which is in no token; the first token that they touch is 4."
)
assert got == (4, 5), f"Characters 10 to 13 touch tokens 4 and 5, got {got}."
got = tokens(0, 2)
assert got != (0, 1), "A special token (0, 0) holds no character of the answer."
assert got is not None, (
    "Nothing was found for 'An', which begins at character 0; a special token begins *and* ends there."
)
assert got == (1, 1), f"'An' is token 1, got {got}."
got = tokens(6, 7)
assert got != (0, 0), "A blank touches no token: return None, not the place of the special token."
assert got is None, f"Character 6 is a blank and touches no token: return None, got {got}."
bare = [(0, 3), (4, 7)]
got = [tokens(0, 3, bare), tokens(0, 7, bare)]
assert got != [None, (1, 1)], (
    "No special token stands in front here; know them by (0, 0), not by their place."
)
assert got not in ([None, None], [(0, 0), (1, 1)]), (
    "Place 0 is a place, and `if` and `or` take it for nothing; ask whether it `is None`."
)
assert got == [(0, 0), (0, 1)], f"Without special tokens (0, 0) and (0, 1) are due, got {got}."
got = tokens(0, 5, [(0, 0), (0, 2), (0, 0), (2, 5)])
assert got != (1, 1), "A special token in the middle does not end the answer."
assert got == (1, 3), f"The answer touches tokens 1 and 3, with a special one between: (1, 3), got {got}."
print("25,000 ->", answer_tokens(offsets, 11, 17))
### BEGIN HIDDEN TESTS
import random

draw = random.Random(20240531)
for n_tokens in (1, 5, 13, 41):
    offsets, at = [(0, 0)] * draw.randrange(3), draw.randrange(3)
    for _ in range(n_tokens):
        width = draw.randrange(1, 6)
        offsets.append((at, at + width))
        at += width + draw.randrange(3)
    offsets.append((0, 0))
    for _ in range(53):
        start = draw.randrange(at)
        end = draw.randrange(start + 1, at + 2)
        touched = [
            t for t, (a, b) in enumerate(offsets) if set(range(a, b)) & set(range(start, end))
        ]
        got = answer_tokens(list(offsets), start, end)
        if not touched:
            assert got is None, "Characters between tokens touch none: None."
        else:
            assert got is not None and tuple(got) == (touched[0], touched[-1]), (
                f"Characters {start} to {end - 1} with {n_tokens} tokens gave the wrong tokens."
            )
### END HIDDEN TESTS

# %% [markdown]
# ## Task 7: The best span (12 minutes, 2 points)
#
# A model gives each token a score for "the answer starts here" and one for "it ends here".
# A span's score is the *sum* of its two scores.
# Not every pair is a span: the end must not lie before the start, and a span has at most `max_length` tokens.
#
# **Predict before you write:** can the best span miss both the best start and the best end?

# %% nbgrader={"grade": false, "grade_id": "best_span", "locked": false, "schema_version": 3, "solution": true, "task": false}
def best_span(starts: list[float], ends: list[float], max_length: int) -> tuple[int, int]:
    """Return (first, last), both inclusive, of the span with the highest starts[first] + ends[last].

    first <= last, and the span has at most max_length tokens. Of equals the one that starts first,
    then the one that ends first. Scores may be negative.
    """
    ### BEGIN SOLUTION
    spans = [
        (first, last)
        for first in range(len(starts))
        for last in range(first, min(first + max_length, len(ends)))
    ]
    return max(spans, key=lambda span: starts[span[0]] + ends[span[1]])
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_best_span", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def span(starts, ends, max_length):
    got = best_span(list(starts), list(ends), max_length)
    return None if got is None else tuple(got)


crossed = span([1.0, 0.0, 6.0, 0.0], [7.0, 0.0, 1.0, 3.0], 4)
assert crossed != (2, 0), "The span ends before it starts: its end must not lie before its start."
assert crossed != (0, 2), "Swapping start and end makes another span, with scores that nobody gave."
got = span([9.0, 0.0, 0.0], [4.0, 0.0, 5.0], 2)
assert crossed != (0, 0) or got not in ((1, 2), (2, 2)), (
    "The best span need not hold the best end; try all pairs."
)
assert crossed == (2, 3), f"6 + 3 is the best sum of a span: (2, 3), got {crossed}."
starts, ends = [5.0, 0.0, 0.0, 1.0], [0.0, 1.0, 3.0, 4.0]
got = span(starts, ends, 2)
assert got != (0, 2), (
    "The span has three tokens, and max_length is 2: with last inclusive, count one more."
)
assert got != (0, 3), "The span has four tokens, and max_length is 2: leave out spans that are longer."
assert got != (0, 0), "Two tokens are allowed, and spans of two were not tried; range() leaves out its end."
assert got == (0, 1), f"With at most two tokens 5 + 1 is best: (0, 1), got {got}."
got = span([0.0, 9.0, 0.0], [0.0, 9.0, 1.0], 3)
assert got != (1, 2), "A span of a single token is a span; first and last may be the same."
assert got == (1, 1), f"9 + 9 is the best sum, of a single token: (1, 1), got {got}."
got = span([-3.0, -1.0, -5.0, -1.0], [-4.0, -2.0, -4.0, -10.0], 1)
assert got not in (None, (0, 0)), "Negative scores: let the search start at −inf, not at 0."
assert got != (2, 2), "Negative scores: add the two, do not multiply them."
assert got == (1, 1), f"−1 − 2 is the best sum of a single token: (1, 1), got {got}."
got = span([5.0, 4.0, 0.0], [0.0, 0.0, 9.0], 2)
assert got not in ((0, 0), (0, 1)), "The best span need not hold the best start; try all pairs."
assert got != (2, 2), (
    "The start that a single pass remembered was out of reach, and the next best was forgotten; try "
    "all pairs."
)
assert got == (1, 2), f"4 + 9 is the best sum within two tokens: (1, 2), got {got}."
got = span([1.0, 1.0], [1.0, 1.0], 2)
assert got != (1, 1), "The last of equal spans was taken; take the one that starts first."
assert got == (0, 0), f"Of equal spans the first, then the one that ends first: (0, 0), got {got}."
got = span([1.0, 0.0, 1.0], [0.0, 1.0, 1.0], 3)
assert got != (2, 2), "The shortest of equal spans was taken; take the one that starts first."
assert got == (0, 1), f"Of equal spans the first, then the one that ends first: (0, 1), got {got}."
got = span([0.0] * 21 + [5.0] + [9.0] * 21, [9.0] * 21 + [5.0] + [0.0] * 21, 43)
assert got not in (None, (0, 0), (22, 22)), (
    "The best span has neither one of the 20 best starts nor one of the 20 best ends; try all pairs."
)
assert got == (21, 21), f"5 + 5 is the best sum: (21, 21), got {got}."
print("best span:", best_span(starts, ends, 2))
### BEGIN HIDDEN TESTS
import random

draw = random.Random(20240601)
for n_tokens in (1, 2, 7, 23):
    for max_length in (1, 2, 3, 5, 29):
        starts = [draw.randrange(-7, 7) / 2 for _ in range(n_tokens)]
        ends = [draw.randrange(-7, 7) / 2 for _ in range(n_tokens)]
        expected, best = None, -math.inf
        for first in range(n_tokens):
            for last in range(n_tokens):
                if 0 <= last - first < max_length and starts[first] + ends[last] > best:
                    expected, best = (first, last), starts[first] + ends[last]
        got = span(starts, ends, max_length)
        assert got == expected, f"With {n_tokens} tokens and max_length={max_length} got {got}."
### END HIDDEN TESTS

# %%
# Answer the sample's questions: the library's tokens, and scores by overlap with the question
from course_lib.data.squad_features import to_text, word_offsets


def by_overlap(row) -> str:
    """Take the span whose surroundings share most words with the question, itself none."""
    offsets = word_offsets(row["context"])
    asked = set(normalize(row["question"]).split())
    there = [normalize(row["context"][a:b]) for a, b in offsets]
    near = [sum(w in asked for w in there[max(0, t - 4) : t + 5]) for t in range(len(there))]
    score = [n - 9 * (w in asked or not w) for n, w in zip(near, there, strict=True)]
    return to_text(row["context"], offsets, *best_span(score, score, 2))


for row in (rows[4], rows[5]):
    start, text = row["answers"]["answer_start"][0], row["answers"]["text"][0]
    offsets = word_offsets(row["context"])
    truth = to_text(row["context"], offsets, *answer_tokens(offsets, start, start + len(text)))
    print(f"{row['question']}  by overlap: {by_overlap(row)!r}, the answer: {truth!r}")
guesses = {row["id"]: by_overlap(row) for row in rows}
print(squad_metrics.evaluate(squad.to_official(rows), guesses))

# %% [markdown]
# Overlap finds the place more often than the words: one question of these two is right, and the score of the whole sample is low.
# A model has to learn which words *answer*.
#
# ## Task 8: The probe (15 minutes, 3 points)
#
# SNLI asks whether a hypothesis follows from a premise.
# Who sees the hypothesis alone cannot know.
# So a classifier that never sees a premise measures what the data set gives away.
#
# Build one: naive Bayes on counts of words, with one added to each count.
# With $n_c$ training texts of class $c$, $k_{w,c}$ occurrences of word $w$ in them, $k_c$ words in all of them and $V$ different words in the training texts, a text gets the class with the highest
#
# $$ \log \frac{n_c}{N} + \sum_{w} \log \frac{k_{w,c} + 1}{k_c + V} , $$
#
# where the sum runs over the words of the text, each as often as it stands there.
# A word that no training text holds is left out of the sum.

# %% nbgrader={"grade": false, "grade_id": "probe", "locked": false, "schema_version": 3, "solution": true, "task": false}
def probe(
    train: list[list[str]], labels: list[int], test: list[list[str]]
) -> list[int]:
    """Label the test texts by naive Bayes on words, with one added to each count.

    train, test: lists of words; labels: a class for each training text.
    Returns: a class for each test text; of equals the smallest.
    """
    ### BEGIN SOLUTION
    classes = sorted(set(labels))
    known = {word for tokens in train for word in tokens}
    counts = {c: Counter() for c in classes}
    for tokens, label in zip(train, labels, strict=True):
        counts[label].update(tokens)

    def score(tokens, c):
        total = counts[c].total() + len(known)
        found = math.log(labels.count(c) / len(labels))
        return found + sum(math.log((counts[c][w] + 1) / total) for w in tokens if w in known)

    return [max(classes, key=lambda c: score(tokens, c)) for tokens in test]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_probe", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def classes(train, labels, *test):
    return [int(c) for c in probe([list(t) for t in train], list(labels), [list(t) for t in test])]


got = classes([["owl"], ["owl"] * 3], [0, 1], ["owl"], ["owl"], [])
assert len(got) == 3, f"One class for each test text: three are due, {len(got)} came."
try:
    classes([["owl"], ["owl"]], [5, 7], ["owl"])
except (KeyError, ValueError, ZeroDivisionError, IndexError):
    raise AssertionError("The labels 5 and 7 are all there are; other classes have no texts.") from None
try:
    got = classes([["owl"], ["heron"]], [0, 1], ["owl"])
except (KeyError, ValueError, ZeroDivisionError):
    raise AssertionError("A class has not seen 'owl', and the logarithm broke; add one to each count.") from None
assert got != [1], (
    "'owl' was left out for the class that has not seen it, which makes that class likelier; add one "
    "to each count."
)
assert got == [0], f"'owl' stands in class 0 alone, got {got}."
try:
    classes([["owl"], ["heron"]], [0, 1], ["owl", "tern"])
except (KeyError, ValueError, ZeroDivisionError):
    raise AssertionError("'tern' stands in no training text, and broke the sum; leave it out.") from None
train = [["owl", "sleeps"], ["owl", "rests"], ["nobody", "sleeps"], ["nobody", "runs"]]
got = classes(train, [5, 5, 7, 7], ["nobody"], ["owl"], ["nobody", "rests", "owl"])
assert got == [7, 5, 5], f"'nobody' is of class 7, 'owl' of 5, and 'rests' turns a tie to 5; got {got}."
got = classes(train, [5, 5, 7, 7], ["nobody", "rests", "owl", "nobody"])
assert got != [5], "Words that stand twice count twice: 'nobody' twice outweighs 'owl' and 'rests'."
got = classes([["v"] + ["w"] * 5, ["w"] + ["v"] * 5], [0, 1], ["v"])
assert got == [1], "'v' stands five times in one training text and once in the other; each time counts."
got = classes([["owl"] * 20, ["tern"] * 3 + ["owl"]], [7, 5], ["owl"] * 12 + ["tern"])
assert got == [7], "An unseen word ruled a class out; one is added to each count."
got = classes([["owl"]] * 3 + [["owl", "tern"]], [1, 1, 1, 0], ["owl"], [])
assert got != [1, 0], "The commoner class is likelier from the start: add the logarithm of its share."
assert got == [1, 1], f"Class 1 has three texts of four, and more owls: 1 and 1, got {got}."
got = classes([["a"] * 9, ["b"], ["c"]], [0, 1, 1], [])
assert got == [1], "Class 1 has two texts of three: n_c and N count texts, not words."
got = classes([["x"] * 10 + ["y"] * 2, ["y"], ["z"]], [0, 1, 1], ["y", "y"])
assert got == [1], "Divide by the words of the class plus V; a class with much text is not likelier."
several = [f"r{i}" for i in range(17)]
got = classes([several[:10], ["x"] * 38 + ["v"] * 2], [0, 1], ["v"])
assert got == [1], "V is added below as well: one for each different word of the training texts."
got = classes([["w"], ["v"] * 3 + several], [0, 1], ["v"])
assert got == [1], "V counts the different words of all training texts, and is one number for all classes."
got = classes([["w"], ["w"] * 6 + ["v"] * 2], [0, 1], ["w"])
assert got == [1], f"'w' is likelier in class 1, (6 + 1) / (8 + 2) against (1 + 1) / (1 + 2); got {got}."
got = classes([["v"], ["w"] + ["v"] * 7], [0, 1], ["w"])
assert got == [0], "V is far too large: each different word counts once, however often it stands there."
got = classes([["v"], ["w"] * 9 + ["v"] * 23], [0, 1], ["w"])
assert got == [0], "V is too large: it counts the training texts' different words, and nothing for unknown ones."
got = classes([["v"], ["w"] * 9 + ["v"] * 23], [0, 1], ["w", "heron", "tern"])
assert got == [0], "V grew with the test texts; it counts the words of the training texts alone."
got = classes([["x"] * 8 + ["y"], ["y"]], [0, 1], ["x", "heron", "tern"])
assert got == [0], "A word that no training text holds is left out of the sum; here it decided."
short, long = (classes([["a"] * 40, ["b"] * 3 + ["c"]], [0, 1], ["c", "a"] * n) for n in (1, 400))
assert short == [1], f"'c a' is of class 1 (2/7 · 1/7 against 1/43 · 41/43), got {short}."
assert long == [1], "A long text: products of small numbers become 0; add logarithms."
got = classes([["x"], ["x"]], [3, 2], ["x"], [])
assert got != [3, 3], "Of classes that are equally likely take the smallest."
assert got == [2, 2], f"Classes 3 and 2 are equally likely: 2 and 2, got {got}."
print("nobody sleeps ->", probe(train, [5, 5, 7, 7], [["nobody", "sleeps"]]))
### BEGIN HIDDEN TESTS
import random

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

got = classes([["v"] * 9 + ["w"] * 6, ["v"] * 3 + ["w"] * 2], [0, 1], ["v"])
assert got == [0], "Counts above 3 of a training word are not what they should be."
got = classes([["a"] * 3 + ["b"], ["b"] * 3 + ["a"]], [0, 1], ["b"] * 5 + ["a"] * 4)
assert got == [1], "A test word that stands five times counts five times."
draw = random.Random(20240607)
for n_classes, n_words in ((2, 7), (3, 31), (5, 101)):
    favourites = [[draw.random() ** 3 for _ in range(n_words)] for _ in range(n_classes)]

    def text(c, favourites=favourites, n_words=n_words):
        return [f"w{i}" for i in draw.choices(range(n_words), favourites[c], k=draw.randrange(1, 9))]

    labels = [draw.randrange(n_classes) ** 2 % n_classes for _ in range(61)]
    train = [text(label) for label in labels]
    test = [[*text(draw.randrange(n_classes)), "unknown"] for _ in range(43)]
    test.append(text(1) * 90)
    counter = CountVectorizer(analyzer=list).fit(train)
    theirs = MultinomialNB(alpha=1.0).fit(counter.transform(train), labels)
    logs = theirs.predict_joint_log_proba(counter.transform(test))
    got = classes(train, labels, *test)
    assert len(got) == len(test), "One class for each test text."
    for own, row in zip(got, logs, strict=True):
        place = list(theirs.classes_).index(own)
        # of two classes that float32 cannot tell apart either may come
        assert row[place] >= row.max() - 1e-5 * abs(row.max()), (
            f"With {n_classes} classes a text got a class that is not the likeliest."
        )
### END HIDDEN TESTS

# %% [markdown]
# ### On the sample of SNLI
#
# The course's sample was made by rule, with hints put into its hypotheses on purpose.
# Three classes come up about equally often: who guesses is right one time in three.

# %%
from course_lib.data import snli
from course_lib.metrics.classification import wilson_interval
from course_lib.text.tokenize import words

train_pairs, test_pairs = snli.load("train"), snli.load("test")


def accuracy_of(column: str) -> float:
    guesses = probe(
        [words(text) for text in train_pairs[column]],
        list(train_pairs["label"]),
        [words(text) for text in test_pairs[column]],
    )
    return sum(g == t for g, t in zip(guesses, test_pairs["label"], strict=True)) / len(guesses)


for column in ("hypothesis", "premise"):
    share = accuracy_of(column)
    interval = wilson_interval(round(share * len(test_pairs)), len(test_pairs))
    print(f"{column:10} alone: {share:.2f}  (95 %: {interval.low:.2f} to {interval.high:.2f})")

# %% [markdown]
# The hypothesis alone lies far above a third, and the premise alone does not lie above it: each premise stands with all three labels.
#
# ### On real text
#
# Does the course's own task give something away?
# *From which library does this passage come?* has eight classes, so guessing scores 0.125.
# **Predict, then run:** what does a probe reach that sees the first three words of a passage, and nothing else?

# %%
import random

from course_lib.data import library_task

task = library_task.load()
few = task.few(128, seed=0)
shuffled = list(few.labels)
random.Random(0).shuffle(shuffled)


def library_accuracy(view, labels) -> float:
    guesses = probe(
        [view(words(t)) for t in few.texts], labels, [view(words(t)) for t in task.test.texts]
    )
    return sum(g == t for g, t in zip(guesses, task.test.labels, strict=True)) / len(guesses)


views = {"the whole passage": lambda w: w, "its first three words": lambda w: w[:3]}
for name, view in views.items():
    share = library_accuracy(view, list(few.labels))
    interval = wilson_interval(round(share * len(task.test)), len(task.test))
    print(f"{name:22} {share:.2f}  (95 %: {interval.low:.2f} to {interval.high:.2f})")
print(f"{'labels dealt at random':22} {library_accuracy(views['the whole passage'], shuffled):.2f}")

# %% [markdown]
# The last line is the control: with labels dealt out at random nothing can be learnt, and it must lie near 0.125.
# Three words lie clearly above guessing and clearly below the whole passage.
# A model that reaches what the three words reach has not shown that it reads passages.
