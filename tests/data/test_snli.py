"""Are SNLI-shaped pairs loaded in the published columns, without those that have no label?"""

import warnings

import pytest
from datasets import Dataset

from course_lib.data import sample_snli, snli
from course_lib.errors import CourseError


def quietly(split):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return snli.load(split)


def test_sample_has_the_published_columns_and_labels():
    rows = quietly("train")
    assert rows.column_names == ["premise", "hypothesis", "label"]
    assert rows.features["label"].names == ["entailment", "neutral", "contradiction"]
    counts = [rows["label"].count(label) for label in range(3)]
    assert max(counts) < 1.1 * min(counts)


def test_no_premise_stands_in_two_splits():
    sides = [set(quietly(split)["premise"]) for split in sample_snli.SPLITS]
    assert sum(map(len, sides)) == len(set.union(*sides))


def test_the_sample_is_the_same_every_time():
    assert sample_snli.pairs("test") == sample_snli.pairs("test")
    assert sample_snli.pairs("test") != sample_snli.pairs("validation")


def test_pairs_without_a_label_are_dropped_and_counted():
    n = sum(row["label"] == -1 for row in sample_snli.pairs("train"))
    assert n > 0
    with pytest.warns(UserWarning, match=rf"train: {n} of \d+ pairs have no gold label"):
        rows = snli.load("train")
    assert set(rows["label"]) == {0, 1, 2}
    kept, dropped = snli.labelled(Dataset.from_dict({"label": [-1, 2, -1, 0, 1]}))
    assert (kept["label"], dropped) == ([2, 0, 1], 2)


def test_nothing_is_said_where_nothing_is_dropped(tmp_path):
    rows = quietly("test")
    rows.to_parquet(tmp_path / "test.parquet")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = snli.load("test", tmp_path)
    assert list(again) == list(rows)


def test_unknown_split_is_told():
    with pytest.raises(CourseError, match="received 'dev'"):
        snli.load("dev")


def test_a_hypothesis_alone_says_more_than_chance_and_less_than_all():
    """The planted artefacts are there, and the premise is still needed."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    train, test = quietly("train"), quietly("test")
    counts = CountVectorizer().fit(train["hypothesis"])
    model = LogisticRegression().fit(counts.transform(train["hypothesis"]), train["label"])
    share = model.score(counts.transform(test["hypothesis"]), test["label"])
    assert 0.5 < share < 0.95
