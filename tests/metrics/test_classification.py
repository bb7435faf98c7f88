"""Do the metrics equal scikit-learn's, and do the intervals cover what they promise?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as theirs

from course_lib.metrics import classification as ours

C = 5
pairs = st.lists(st.tuples(st.integers(0, C - 1), st.integers(0, C - 1)), min_size=1, max_size=40)


@given(pairs)
def test_parity_with_scikit_learn(pairs):
    labels, predicted = map(list, zip(*pairs, strict=True))
    kinds = range(C)
    assert ours.accuracy(labels, predicted) == theirs.accuracy_score(labels, predicted)
    np.testing.assert_array_equal(
        ours.confusion_matrix(labels, predicted, C),
        theirs.confusion_matrix(labels, predicted, labels=kinds),
    )
    f1 = theirs.f1_score(labels, predicted, labels=kinds, average=None, zero_division=0)
    np.testing.assert_allclose(ours.f1_per_class(labels, predicted, C), f1)
    macro = theirs.f1_score(labels, predicted, labels=kinds, average="macro", zero_division=0)
    assert ours.macro_f1(labels, predicted, C) == pytest.approx(macro)


def test_golden_macro_f1():
    """Class 0: precision 1/2, recall 1, F1 2/3; class 1: recall 0, F1 0; the mean is 1/3."""
    assert ours.macro_f1([0, 1], [0, 0], 2) == pytest.approx(1 / 3)


def test_rows_are_true_classes():
    assert ours.confusion_matrix([0, 0, 1], [1, 1, 1], 2).tolist() == [[0, 2], [0, 1]]


def test_golden_wilson():
    """By hand for 8 of 10, z = 1.96: centre (0.8 + 0.19207) / 1.38415, spread 0.22651."""
    interval = ours.wilson_interval(8, 10)
    assert (interval.low, interval.high) == (
        pytest.approx(0.4902, abs=1e-4),
        pytest.approx(0.9433, abs=1e-4),
    )


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_stays_inside_and_holds_the_share(case):
    n_right, n = case
    interval = ours.wilson_interval(n_right, n)
    assert 0 <= interval.low <= n_right / n <= interval.high <= 1
    assert interval.low < interval.high
    mirrored = ours.wilson_interval(n - n_right, n)
    assert interval.low == pytest.approx(1 - mirrored.high, abs=1e-12)


def test_wilson_covers_about_95_percent():
    rng = np.random.default_rng(0)
    share, n = 0.3, 50
    covered = [
        interval.low <= share <= interval.high
        for interval in (ours.wilson_interval(int(k), n) for k in rng.binomial(n, share, 4000))
    ]
    assert 0.93 < np.mean(covered) < 0.97


@settings(max_examples=20)
@given(pairs, st.integers(0, 99))
def test_bootstrap_is_reproducible_and_ordered(pairs, seed):
    labels, predicted = map(list, zip(*pairs, strict=True))
    first = ours.bootstrap_interval(labels, predicted, n_draws=50, seed=seed)
    assert first == ours.bootstrap_interval(labels, predicted, n_draws=50, seed=seed)
    assert 0 <= first.low <= first.high <= 1


def test_bootstrap_agrees_with_wilson_on_many_examples():
    labels = np.zeros(1200, dtype=int)
    predicted = (np.arange(1200) % 10 < 4).astype(int)  # 60 % right
    bootstrap = ours.bootstrap_interval(labels, predicted)
    wilson = ours.wilson_interval(720, 1200)
    assert bootstrap.low == pytest.approx(wilson.low, abs=0.005)
    assert bootstrap.high == pytest.approx(wilson.high, abs=0.005)


def test_bootstrap_takes_any_metric():
    labels, predicted = [0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 1, 1]
    interval = ours.bootstrap_interval(
        labels, predicted, lambda y, p: ours.macro_f1(y, p, 2), n_draws=200
    )
    assert interval.low < ours.macro_f1(labels, predicted, 2) <= interval.high


@pytest.mark.parametrize(
    ("labels", "predicted", "message"),
    [
        ([], [], "at least one"),
        ([0], [0, 1], "one length"),
        ([[0]], [[0]], "one length"),
        ([1, 0], [0.9, 0.2], "of probabilities those above a half"),
        ([1, float("nan")], [1, 0], "whole numbers"),
        (["yes"], ["no"], "of names their numbers"),
    ],
)
def test_bad_pairs_are_refused(labels, predicted, message):
    with pytest.raises(ValueError, match=message):
        ours.accuracy(labels, predicted)


@pytest.mark.parametrize("wrong", [-1, 2])
def test_classes_outside_the_range_are_refused(wrong):
    with pytest.raises(ValueError, match=r"0 \.\. 1"):
        ours.confusion_matrix([0], [wrong], 2)


def test_impossible_counts_are_refused():
    for n_right, n in [(1, 0), (-1, 5), (6, 5)]:
        with pytest.raises(ValueError, match="n_right"):
            ours.wilson_interval(n_right, n)
