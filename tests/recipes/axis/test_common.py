"""Is a curve recorded as the figure needs it, and never chosen on the test passages?"""

import numpy as np
import pytest

from course_lib.data import library_task
from course_lib.data.library_task import CLASSES, LibraryTask, Passages
from course_lib.recipes.axis import common as axis_common
from course_lib.recipes.axis import embedding as axis_embedding
from course_lib.recipes.axis import onehot as axis_onehot
from course_lib.recipes.axis import tfidf as axis_tfidf
from course_lib.recipes.axis.common import Trial, best, record_curve, shuffled_labels
from course_lib.recipes.context import Context, Journal

TOPICS = "plots arrays frames files trees tables tensors sockets".split()


def side(n_per_class: int, seed: int) -> Passages:
    """Return passages that name their topic among words that all of them share."""
    rng = np.random.default_rng(seed)
    labels = [label for label in range(len(CLASSES)) for _ in range(n_per_class)]
    noise = [" ".join(rng.choice(["the", "of", "a", "row"], 5)) for _ in labels]
    texts = [f"{words} {TOPICS[label]}." for words, label in zip(noise, labels, strict=True)]
    return Passages(texts=texts, labels=labels, objects=texts, modules=texts)


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Stand a small, easy task in for the real one."""
    task = LibraryTask(train=side(7, 0), valid=side(3, 1), test=side(5, 2), fingerprint="f" * 64)
    monkeypatch.setattr(library_task, "load", lambda: task)
    monkeypatch.setattr(axis_common, "BUDGETS", (2, 4))
    monkeypatch.setattr(axis_common, "describe", lambda task: {"task": "small"})
    journal = Journal(tmp_path / "journal")
    return Context(seeds=[0, 1], data_dir=None, journal=journal, show_progress=False)


@pytest.mark.parametrize("recipe", [axis_onehot, axis_tfidf, axis_embedding])
def test_every_method_learns_an_easy_task(small, recipe):
    metrics = recipe.run(small).metrics
    assert set(metrics["accuracy"]) == {"2", "4"}
    assert all(len(scores) == 2 for scores in metrics["accuracy"].values())
    assert min(metrics["accuracy"]["4"]) > 0.8
    assert max(metrics["shuffled_accuracy"]) < 0.5
    assert metrics["chance"] == 1 / 8
    assert metrics["n_test"] == 40


def test_the_choice_looks_at_validation_only():
    trials = [
        Trial(choice="a", valid_accuracy=0.5, predictions=[1], vocab_size=1),
        Trial(choice="b", valid_accuracy=0.7, predictions=[0], vocab_size=1),
        Trial(choice="c", valid_accuracy=0.7, predictions=[1], vocab_size=1),
    ]
    assert best(trials).choice == "b"


def test_test_labels_do_not_change_what_is_learned(small, monkeypatch):
    task = library_task.load()
    few = task.few(4, 0)
    wrong = Passages(texts=task.test.texts, labels=[0] * len(task.test))
    other = LibraryTask(train=task.train, valid=task.valid, test=wrong)
    for recipe in (axis_onehot, axis_tfidf, axis_embedding):
        ours, theirs = recipe.method(task, few, 0), recipe.method(other, few, 0)
        assert [t.predictions for t in ours] == [t.predictions for t in theirs]
        assert best(ours).choice == best(theirs).choice


def test_a_resumed_curve_is_the_same(small):
    first = axis_onehot.run(small).metrics
    again = Journal(small.journal.path)
    assert len(again) == len(small.journal) > 0
    resumed = Context(seeds=[0, 1], data_dir=None, journal=again, show_progress=False)
    assert record_curve(resumed, lambda *_: pytest.fail("computed again")).metrics == first


def test_shuffled_labels_keep_texts_and_counts():
    few = side(6, 0)
    shuffled = shuffled_labels(few, 1)
    assert shuffled.texts == few.texts
    assert sorted(shuffled.labels) == sorted(few.labels)
    assert shuffled.labels != few.labels
