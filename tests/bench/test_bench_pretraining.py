"""Does the bench of pre-training show each way's tokens per second and its ratio to plain?"""

import re

import pytest

from course_lib.bench import pretraining
from course_lib.recipes.pretrain import turns
from course_lib.training.speed import FAST


@pytest.fixture
def shown(monkeypatch, capsys):
    """Print a bench whose turns take known seconds: plain longer in each round, others one."""
    calls = []

    def turn(speed):
        calls.append(speed)
        n_plain = calls.count(turns.WAYS["plain"])
        seconds = float(n_plain * n_plain) if speed == turns.WAYS["plain"] else 1.0
        return {"wall": 2 * seconds, "core": seconds}

    monkeypatch.setattr(turns, "TURNS", {"awd_lstm": turn})
    pretraining.bench_pretraining(rounds=3)
    return calls, capsys.readouterr().out.splitlines()


def test_every_way_has_a_line_with_two_ratios(shown):
    """Plain takes 1, 4 and 9 seconds: the middle ratio is 4, the first 1 and the last 9."""
    _, (head, *lines) = shown
    assert re.fullmatch(r"pre-training, .*: \d+; .*\d\.\d\dx as fast .* 'auto' is \w+", head)
    assert len(lines) == len(turns.WAYS) == len(pretraining.SHOWN)
    n_tokens = turns.TOKENS["awd_lstm"]
    for line, (way, name) in zip(lines, pretraining.SHOWN.items(), strict=True):
        assert line.startswith(f"awd_lstm, {name} ")
        ratios = [float(ratio) for ratio in re.findall(r"([\d.]+)x", line)]
        assert ratios == ([1, 1] if way == "plain" else [4, 4])
        speeds = [int(found.replace(",", "")) for found in re.findall(r"(\d[\d,]*) [at]", line)]
        slower = 4 if way == "plain" else 1
        assert speeds == [round(n_tokens / 2 / slower), round(n_tokens / slower)]


def test_ways_take_turns_after_one_that_compiles(shown):
    calls, _ = shown
    assert calls == [FAST, *turns.WAYS.values(), *turns.WAYS.values(), *turns.WAYS.values()]


def test_every_way_has_a_name():
    assert list(pretraining.SHOWN) == list(turns.WAYS)
