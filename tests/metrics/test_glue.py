"""Do GLUE's metrics equal scikit-learn's and scipy's, and does the average keep its rules?"""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as theirs

from course_lib.errors import CourseError, UnknownNameError
from course_lib.metrics import correlation, glue

binary = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40)
classes = st.lists(st.tuples(st.integers(-2, 3), st.integers(-2, 3)), min_size=1, max_size=40)
number = st.integers(-50, 50).map(lambda n: n / 8)  # few values, so that there are ties
numbers = st.lists(st.tuples(number, number), min_size=2, max_size=40)


def two(pairs):
    return tuple(map(list, zip(*pairs, strict=True)))


@given(classes)
def test_matthews_equals_scikit_learn(pairs):
    labels, guesses = two(pairs)
    assert glue.matthews(labels, guesses) == pytest.approx(
        theirs.matthews_corrcoef(labels, guesses), abs=1e-12
    )


@given(binary)
def test_f1_and_accuracy_equal_scikit_learn(pairs):
    labels, guesses = two(pairs)
    expected = theirs.f1_score(labels, guesses, zero_division=0)
    assert glue.f1(labels, guesses) == pytest.approx(expected)
    flipped = theirs.f1_score(labels, guesses, pos_label=0, zero_division=0)
    assert glue.f1(labels, guesses, positive=0) == pytest.approx(flipped)
    assert glue.accuracy(labels, guesses) == theirs.accuracy_score(labels, guesses)


@given(numbers)
def test_correlations_equal_scipys(pairs):
    x, y = two(pairs)
    if len(set(x)) == 1 or len(set(y)) == 1:
        with pytest.warns(RuntimeWarning, match="constant"):
            assert math.isnan(correlation.pearson(x, y))
        with pytest.warns(RuntimeWarning, match="constant"):
            assert math.isnan(correlation.spearman(x, y))
        return
    assert correlation.pearson(x, y) == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-9)
    assert correlation.spearman(x, y) == pytest.approx(stats.spearmanr(x, y)[0], abs=1e-9)
    np.testing.assert_array_equal(correlation.ranks(x), stats.rankdata(x))


@given(numbers.filter(lambda pairs: len({x for x, _ in pairs}) > 1 < len({y for _, y in pairs})))
def test_spearman_sees_the_order_alone(pairs):
    x, y = two(pairs)
    raised = [value**3 for value in x]  # keeps the order
    assert correlation.spearman(raised, y) == pytest.approx(correlation.spearman(x, y))
    assert correlation.spearman([-v for v in x], y) == pytest.approx(-correlation.spearman(x, y))
    assert correlation.pearson([3 * v + 5 for v in x], y) == pytest.approx(
        correlation.pearson(x, y)
    )


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_correlation_of_huge_and_tiny_numbers(scale):
    x = np.array([1.0, 2.0, 4.0, 3.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert correlation.pearson(x * scale, x) == pytest.approx(1)


def test_golden_matthews():
    """TP 2, TN 1, FP 1, FN 1: (2·1 − 1·1) / √(3·3·2·2) = 1/6."""
    assert glue.matthews([1, 1, 1, 0, 0], [1, 1, 0, 0, 1]) == pytest.approx(1 / 6)


def test_golden_spearman_with_ties():
    """Ranks of [2, 1, 2, 5] are 2.5, 1, 2.5, 4; against 1, 2, 3, 4.

    Without the mean 2.5: −1.5·0, −0.5·−1.5, 0.5·0, 1.5·1.5, sum 3; lengths √4.5 and √5.
    The short formula gives 1 − 6·1.5/60 = 0.85.
    """
    assert correlation.ranks([2, 1, 2, 5]).tolist() == [2.5, 1, 2.5, 4]
    found = correlation.spearman([2, 1, 2, 5], [1, 2, 3, 4])
    assert found == pytest.approx(3 / math.sqrt(4.5 * 5))
    assert found != pytest.approx(0.85, abs=1e-3)


def test_golden_f1_and_degenerate_answers():
    """TP 1, FP 1, FN 2: 2 / (2 + 1 + 2) = 2/5. Constant answers: Matthews 0."""
    assert glue.f1([1, 1, 1, 0, 0], [1, 0, 0, 1, 0]) == pytest.approx(2 / 5)
    assert glue.f1([0, 0], [0, 0]) == 0
    assert glue.matthews([1, 0, 1], [1, 1, 1]) == glue.matthews([1, 1], [1, 0]) == 0


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1, 2], [1, 2, 3], "one length"),
        ([[1, 2]], [[1, 2]], "one length"),
        ([1], [1], "at least two"),
        ([1, math.nan], [1, 2], "finite"),
        ([1, 2], [math.inf, 2], "finite"),
    ],
)
def test_bad_lists_are_refused(x, y, message):
    for measure in (correlation.pearson, correlation.spearman):
        with pytest.raises(ValueError, match=message):
            measure(x, y)


def test_bad_labels_are_refused():
    for measure in (glue.matthews, glue.f1, glue.accuracy):
        with pytest.raises(ValueError, match="at least one"):
            measure([], [])
        with pytest.raises(ValueError, match="one length"):
            measure([0, 1], [0])


def test_each_task_has_its_metrics():
    assert glue.score("mrpc", [0, 1, 1], [0, 1, 0]) == {
        "accuracy": pytest.approx(2 / 3),
        "f1": pytest.approx(2 / 3),
    }
    assert list(glue.score("cola", [0, 1], [0, 1])) == ["matthews_correlation"]
    assert list(glue.score("stsb", [0.5, 1], [0, 1])) == ["pearson", "spearmanr"]
    assert list(glue.score("mnli_matched", [0, 2], [0, 1])) == ["accuracy"]
    with pytest.raises(UnknownNameError, match="did you mean 'sst2'"):
        glue.score("sst-2", [0], [0])


SCORES = {
    "cola": 10.0,
    "sst2": {"accuracy": 20.0},
    "mrpc": {"accuracy": 20.0, "f1": 40.0},
    "stsb": {"pearson": 30.0, "spearmanr": 50.0},
    "qqp": {"accuracy": 49.0, "f1": 51.0},
    "mnli": {"matched": 50.0, "mismatched": 70.0},
    "qnli": 70.0,
    "rte": 80.0,
    "wnli": 90.0,
}


def test_hidden_labels_are_refused():
    with pytest.raises(ValueError, match="labels of sst2 are hidden"):
        glue.score("sst2", [-1, -1], [1, 0])
    with pytest.raises(ValueError, match="labels of stsb are hidden"):
        glue.score("stsb", [-1, -1, -1], [1.0, 0.5, 3.0])


def test_golden_average():
    """10, 20, 30, 40, 50, 60, 70, 80, 90: each pair counts once, with its mean; together 50."""
    assert glue.glue_average(SCORES) == pytest.approx(50)
    assert glue.glue_average(SCORES, without=("wnli",)) == pytest.approx(45)


def test_mnli_may_come_in_halves():
    rest = {name: value for name, value in SCORES.items() if name != "mnli"}
    halves = {"mnli_matched": {"accuracy": 50.0}, "mnli_mismatched": 70.0}
    assert glue.glue_average(rest | halves) == pytest.approx(50)
    nested = {"mnli": {"matched": {"accuracy": 50.0}, "mismatched": {"accuracy": 70.0}}}
    assert glue.glue_average(rest | nested) == pytest.approx(50)
    with pytest.raises(CourseError, match="MNLI once"):
        glue.glue_average(SCORES | halves)
    with pytest.raises(CourseError, match="without mismatched"):
        glue.glue_average(rest | {"mnli_matched": 50.0})


def test_missing_or_unknown_tasks_and_nan_are_refused():
    rest = {name: value for name, value in SCORES.items() if name not in {"rte", "qnli"}}
    with pytest.raises(CourseError, match="none for qnli, rte"):
        glue.glue_average(rest)
    with pytest.raises(UnknownNameError, match="'ax'"):
        glue.glue_average(SCORES | {"ax": 30.0})
    with pytest.raises(UnknownNameError, match="did you mean 'wnli'"):
        glue.glue_average(SCORES, without=("wnl",))
    with pytest.raises(CourseError, match="number for stsb"):
        glue.glue_average(SCORES | {"stsb": math.nan})
    with pytest.raises(CourseError, match="number for mnli; received None"):
        glue.glue_average(SCORES | {"mnli": None})
    with pytest.raises(CourseError, match="number for matched of mnli"):
        glue.glue_average(SCORES | {"mnli": {"matched": {"acc": 0.8}, "mismatched": 0.8}})
    with pytest.raises(CourseError, match="without f1"):
        glue.glue_average(SCORES | {"mrpc": {"accuracy": 1.0}})
