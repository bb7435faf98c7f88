"""Do turns train what they say, by the way they are given, and time it?"""

import time

import pytest
import torch

from course_lib.recipes.pretrain import turns
from course_lib.training.speed import FAST, PLAIN, Speed


@pytest.fixture
def small(monkeypatch):
    """Turns of a few tokens; returns (tokens, speed) of each training."""
    for name, value in {
        "BATCH": 3, "BPTT": 5, "WINDOWS": 2, "WORDS": 50,
        "ELMO_TOKENS": 12, "ELMO_LENGTH": 4, "ELMO_STEPS": 2, "ELMO_NAMED": 20,
    }.items():  # fmt: skip
        monkeypatch.setattr(turns, name, value)
    trained = []

    def language(model, rows, valid, tuning, *, bptt, speed):
        assert int(rows.max()) < model.encoder.config.vocab_size
        assert (tuning.epochs, bptt) == (1, 5)
        trained.append((rows.numel(), speed))

    def elmo(model, piece, valid, counts, tuning, *, speed):
        ids = torch.stack(list(piece(0)))
        assert tuning.n_pieces * tuning.steps_a_piece == len(ids)
        assert int(ids.min()) >= 3, "0, 1 and 2 are no words"
        assert int(ids.max()) < len(model.named)
        assert counts.sum() == ids.numel()
        trained.append((ids.numel(), speed))

    monkeypatch.setattr(turns, "train_language_model", language)
    monkeypatch.setattr(turns, "train_elmo", elmo)
    return trained


@pytest.mark.parametrize(
    ("turn", "n_tokens"), [(turns.language_turn, 30), (turns.elmo_turn, 24)], ids=["lm", "elmo"]
)
def test_a_turn_reads_its_tokens_by_the_way_it_is_given(small, turn, n_tokens):
    turn(FAST)
    assert small == [(n_tokens, FAST)]


def test_what_is_counted_is_what_is_read():
    assert turns.TOKENS == {
        "awd_lstm": turns.BATCH * turns.BPTT * turns.WINDOWS,
        "elmo": turns.ELMO_TOKENS // turns.ELMO_LENGTH * turns.ELMO_LENGTH * turns.ELMO_STEPS,
    }


def test_a_round_takes_every_way_once_and_in_order():
    seen = []

    def turn(speed: Speed):
        seen.append(speed)
        return turns.timed(lambda: None)

    found = turns.one_round(turn, {"first": PLAIN, "second": FAST})
    assert seen == [PLAIN, FAST]
    assert list(found) == ["first", "second"]


def test_the_ways_start_with_plain_and_end_with_all_means():
    assert next(iter(turns.WAYS.values())) == PLAIN
    assert turns.WAYS["fast"] == FAST
    alone = {"sample", "fast_lstm", "bfloat16"}
    for way in alone:
        changed = [
            name
            for name in ("sample", "engine", "precision")
            if getattr(turns.WAYS[way], name) != getattr(PLAIN, name)
        ]
        assert len(changed) == 1, f"{way} changes {changed}"


def test_the_clock_runs_while_the_processor_rests():
    seconds = turns.timed(lambda: time.sleep(0.2))
    assert seconds["wall"] >= 0.2
    assert seconds["core"] < 0.1


def test_words_are_drawn_by_their_rank():
    """The k-th of 4 has 1/k of the first's chance: 12, 6, 4 and 3 of 25; 0.02 is 5 deviations."""
    torch.manual_seed(0)
    shares = torch.bincount(turns.zipf(20_000, 4), minlength=4) / 20_000
    assert torch.allclose(shares, torch.tensor([12, 6, 4, 3]) / 25, rtol=0, atol=0.02)
