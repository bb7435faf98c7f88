"""Do the measurements of chapter 3 measure what they say, on texts that are known?"""

import random

import numpy as np
import pytest

from course_lib.data.library_task import LibraryTask, Passages
from course_lib.data.running_text import RunningText
from course_lib.embeddings.ngram_lm import KneserNey, Laplace
from course_lib.recipes.axis import ngrams as axis_ngrams
from course_lib.recipes.ch03 import neural as ch03_neural
from course_lib.recipes.ch03 import perplexity as ch03_perplexity
from course_lib.recipes.ch03.text import fix
from course_lib.recipes.context import Context, Journal


def sentences(seed, number):
    draw = random.Random(seed)
    return [
        [f"w{min(int(draw.paretovariate(0.8)), 40)}" for _ in range(draw.randrange(3, 9))]
        for _ in range(number)
    ]


@pytest.fixture
def text():
    raw = RunningText(train=sentences(0, 400), valid=sentences(1, 40), test=sentences(2, 40))
    return fix(raw, 20)


@pytest.fixture
def context(tmp_path):
    return Context(
        seeds=[0, 1], data_dir=None, journal=Journal(tmp_path / "journal"), show_progress=False
    )


def test_the_vocabulary_is_fixed(text):
    assert len(text.vocabulary) == 19  # </s> is the 20th
    assert text.describe()["V"] == 20
    known = set(text.vocabulary)
    assert all(known.issuperset(s) for side in (text.train, text.valid, text.test) for s in side)
    assert 0 < text.describe()["test_unknown"] < 0.5


def test_a_prefix_has_about_so_many_tokens(text):
    for n_tokens in (10, 100, 1000):
        part = text.first(n_tokens)
        assert n_tokens <= sum(len(s) + 1 for s in part) < n_tokens + 10
        assert part == text.train[: len(part)]
    assert text.first(10**9) == text.train


def test_the_share_of_unseen_ngrams_by_hand():
    """Golden: after "a b" the text "a c" has <s>a seen, ac not, c</s> not: 2 of 3."""
    model = KneserNey(2).fit([["a", "b"]], vocabulary=["a", "b", "c"])
    assert np.isclose(ch03_perplexity.unseen(model, [["a", "c"]]), 2 / 3)
    assert ch03_perplexity.unseen(model, [["a", "b"]]) == 0
    single = KneserNey(1).fit([["a", "b"]], vocabulary=["a", "b", "c"])
    assert np.isclose(ch03_perplexity.unseen(single, [["a", "c"]]), 1 / 3)


def test_one_size_is_measured_with_every_model(text):
    found = ch03_perplexity.measure(text, 500, 3)
    model = KneserNey(3).fit(text.first(500), vocabulary=text.vocabulary)
    assert np.isclose(found["modified_kneser_ney"], model.perplexity(text.test))
    assert found["add_k"] <= max(found["laplace"], 20)
    assert found["k"] in ch03_perplexity.ADDED
    assert found["n_tokens"] == sum(len(s) + 1 for s in text.first(500))


def test_counted_marks_lower_the_figure(text):
    found = ch03_perplexity.padded(text)
    assert found["marks_counted"] < 0.8 * found["one_mark"]
    assert abs(found["marks_not_counted"] - found["one_mark"]) < 0.1 * found["one_mark"]


def test_the_neural_run_keeps_its_form(text, context, monkeypatch):
    monkeypatch.setattr(ch03_neural, "SIZES", {"docs": [300]})
    monkeypatch.setattr(ch03_neural, "EPOCHS", {300: 3})
    monkeypatch.setattr(ch03_neural, "VOCAB_SIZE", 20)
    raw = RunningText(train=text.train, valid=text.valid, test=text.test)
    monkeypatch.setattr(ch03_neural, "load", lambda context, corpus: raw)
    metrics = ch03_neural.run(context).metrics["docs"]
    assert len(metrics["neural"]["perplexity"]["300"]) == 2
    assert 1 < min(metrics["neural"]["perplexity"]["300"]) < 20
    assert 1 < metrics["kneser_ney"]["5"]["perplexity"]["300"] < 20
    same = fix(raw, 20)  # as the recipe does: the sentences are drawn in another order
    two = Laplace(2).fit(same.first(300), vocabulary=same.vocabulary)
    assert np.isclose(metrics["laplace"]["300"], two.perplexity(same.test))


def test_the_likelihood_of_a_passage_is_the_sum_over_its_words():
    model = KneserNey(2).fit([["a", "b"], ["b"]])
    passages = [["a"], ["b", "a", "b"], []]
    expected = [model.log_probs([p]).sum() for p in passages]
    np.testing.assert_allclose(axis_ngrams.log_likelihoods(model, passages), expected)


def test_one_model_a_class_learns_an_easy_task_and_reads_no_test_label():
    def side(number):
        labels = [label for label in range(8) for _ in range(number)]
        texts = [f"the row of a topic{label} and the rest" for label in labels]
        return Passages(texts=texts, labels=labels, objects=texts, modules=texts)

    task = LibraryTask(train=side(4), valid=side(2), test=side(3))
    trials = axis_ngrams.method(task, task.train, 0)
    assert [trial.choice for trial in trials] == ["order=1", "order=2", "order=3"]
    assert all(list(trial.predictions) == task.test.labels for trial in trials)
    wrong = Passages(texts=task.test.texts, labels=[0] * len(task.test))
    other = axis_ngrams.method(
        LibraryTask(train=task.train, valid=task.valid, test=wrong), task.train, 0
    )
    assert [t.predictions for t in other] == [t.predictions for t in trials]
