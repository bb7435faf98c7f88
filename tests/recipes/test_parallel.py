"""Are pieces computed in several processes journalled with the time that they took?"""

import time

import pytest

from course_lib.recipes.context import Context, Journal
from course_lib.recipes.parallel import spread


def slept(seconds: float) -> float:
    time.sleep(seconds)
    return 2 * seconds


def context(path) -> Context:
    return Context(seeds=[0], data_dir=None, journal=Journal(path), show_progress=False)


def test_a_resumed_run_counts_the_time_of_what_was_done_before(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    pieces = {"a": (slept, (0.6,)), "b": (slept, (1.0,))}
    first = context(tmp_path / "j")
    assert spread(first, pieces, "x") == {"a": 1.2, "b": 2.0}
    assert first.journal.reused_seconds == 0
    again = context(tmp_path / "j")
    assert spread(again, pieces | {"c": (slept, (0.0,))}, "x") == {"a": 1.2, "b": 2.0, "c": 0.0}
    assert again.journal.reused_seconds == pytest.approx(0.8, abs=0.2)


def failing(_: float) -> float:
    raise ValueError("no such size")


def test_a_piece_that_fails_ends_the_run_before_the_others_are_begun(tmp_path, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    pieces = {"bad": (failing, (0.0,))} | {f"{i}": (slept, (2.0,)) for i in range(20)}
    start = time.perf_counter()
    with pytest.raises(ValueError, match="no such size"):
        spread(context(tmp_path / "j"), pieces, "x")
    assert time.perf_counter() - start < 20
