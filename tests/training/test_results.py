"""Do records come back whole, and do wrong questions get clear answers?"""

import json

import pytest

from course_lib.errors import CorruptFileError, CourseError, UnknownNameError
from course_lib.training import results
from course_lib.training.results import Result

METRICS = {"accuracy": {"16": [0.5, 0.7, 0.6]}, "chance": 0.25, "one_seed": [0.5]}


def make(name: str = "run") -> Result:
    return Result(
        name=name, command="course record run", seeds=[0, 1, 2], versions={}, machine={},
        data={}, wall_seconds=1.0, metrics=METRICS,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS_DIR", tmp_path)
    return tmp_path


def test_a_record_comes_back_as_it_was_saved(folder):
    results.save_result(make())
    assert results.load_result("run") == make()
    assert results.names() == ["run"]


@pytest.mark.parametrize(
    ("path", "stat", "expected"),
    [
        ("accuracy.16", "mean", 0.6),
        ("accuracy.16", "std", 0.1),  # sqrt(((-.1)^2 + .1^2 + 0) / (3 - 1))
        ("accuracy.16", "min", 0.5),
        ("accuracy.16", "max", 0.7),
        ("accuracy.16", "median", 0.6),
        ("accuracy.16", "n", 3),
        ("accuracy.16", "1", 0.7),
        ("chance", "value", 0.25),
    ],
)
def test_statistics_by_hand(path, stat, expected):
    assert make().value(path, stat) == pytest.approx(expected)


def test_the_spread_of_one_seed_is_not_a_number():
    value = make().value("one_seed", "std")
    assert value != value


@pytest.mark.parametrize(
    ("path", "stat"), [("accuracy.16", "value"), ("chance", "mean"), ("accuracy.16", "3")]
)
def test_a_statistic_that_does_not_fit_is_refused(path, stat):
    with pytest.raises(CourseError, match="a statistic that fits"):
        make().value(path, stat)


def test_an_unknown_metric_names_its_neighbours():
    with pytest.raises(UnknownNameError, match="did you mean 'accuracy'"):
        make().value("acuracy.16", "mean")


def test_a_file_that_is_no_record_says_what_to_do(folder):
    (folder / "run.json").write_text(json.dumps({"name": "run"}))
    with pytest.raises(CorruptFileError, match="course record run"):
        results.load_result("run")


def test_the_machine_is_described_without_its_name():
    assert set(results.describe_machine()) == {"system", "architecture", "cores", "gpu"}
