"""Does the recipe record speeds and losses of both ways, from the same tokens?"""

import json
from dataclasses import replace

import pytest
import torch

from course_lib.data.running_text import RunningText
from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.elmo_config import ElmoConfig
from course_lib.recipes.context import Context, Journal
from course_lib.recipes.pretrain import elmo_docs, lm_docs, speed, turns
from course_lib.training.speed import PLAIN, Speed

SENTENCES = [f"the {noun} is read by line {i % 7}".split() for i in range(60) for noun in "abc"]
TEXT = RunningText(train=SENTENCES, valid=SENTENCES[:20], test=[])


@pytest.fixture
def toy(monkeypatch):
    """The recipe at toy size."""
    size = AwdLstmConfig(vocab_size=5, d_model=5, d_hidden=7)
    monkeypatch.setattr(
        AwdLstmConfig, "small", classmethod(lambda cls, n: replace(size, vocab_size=n))
    )
    monkeypatch.setattr(
        lm_docs, "CONFIG", replace(lm_docs.CONFIG, bptt=5, n_valid_tokens=80, max_vocabulary=30)
    )
    monkeypatch.setattr(
        elmo_docs,
        "CONFIG",
        replace(elmo_docs.CONFIG, elmo=ElmoConfig.tiny(), batch_tokens=20, n_out=12),
    )
    for name, value in {"WINDOWS": 8, "STEPS": 8, "ROUNDS": 3, "PIECES": 2}.items():
        monkeypatch.setattr(speed, name, value)
    monkeypatch.setattr(turns, "BATCH", 4)
    monkeypatch.setattr(speed, "load_docs_text", lambda progress: TEXT)
    monkeypatch.setattr(
        speed, "WAYS", {"plain": PLAIN, "fast": Speed(sample=4, engine="fast", precision="auto")}
    )
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_the_record_holds_both_ways_of_both_networks(toy, monkeypatch, tmp_path):
    used = []

    def turn(way: Speed):
        used.append(torch.get_num_threads())
        seconds = 1.0 if way.engine == "fast" else 4.0
        return {"wall": seconds, "core": 2 * seconds}

    monkeypatch.setattr(turns, "TURNS", {"awd_lstm": turn, "elmo": turn})
    journal = Journal(tmp_path / "journal")
    context = Context(seeds=[0], data_dir=None, journal=journal, show_progress=False)
    measured = speed.run(context)
    metrics = json.loads(json.dumps(measured.metrics))
    for name, n_tokens in turns.TOKENS.items():
        for threads in ("threads_1", "threads_2"):
            fast = metrics[name][threads]["fast"]
            assert fast["wall"] == [n_tokens] * 3
            assert fast["core"] == [n_tokens / 2] * 3
            assert fast["ratio_wall"] == fast["ratio_core"] == 4
            assert metrics[name][threads]["plain"]["ratio_wall"] == 1
        loss = metrics[f"{name}_loss"]
        (plain,), (fast,), (percent,) = loss["plain"], loss["fast"], loss["percent"]
        assert plain != fast, "a sample of 4 words is another loss"
        assert percent == pytest.approx(100 * (fast / plain - 1))
        assert loss["pieces"]["plain"]["piece_2"] == [plain]
        assert loss["pieces"]["plain"]["piece_1"] != [plain]
    # a turn that compiles stands before each network's rounds
    assert used[1:13] == [1] * 6 + [2] * 6
    assert TEXT.fingerprint[:16] in measured.data["docs text"]


@pytest.mark.parametrize("losses", [speed.language_losses, speed.elmo_losses])
def test_a_sample_of_all_words_gives_plains_loss(toy, losses):
    """Same tokens, same start: what differs is how the sum is taken, so rounding alone."""
    plain = losses(TEXT, PLAIN, 0)
    assert losses(TEXT, Speed(sample=99), 0) == pytest.approx(plain, rel=1e-4)
    assert losses(TEXT, PLAIN, 1) != plain


def test_ratios_are_taken_round_by_round():
    """Plain over fast is 2, 3 and 10 by the clock: the middle is 3, a ratio of means is 5."""
    rounds = [
        {"plain": {"wall": p, "core": 1.0}, "fast": {"wall": f, "core": 0.5}}
        for p, f in ((2.0, 1.0), (3.0, 1.0), (10.0, 1.0))
    ]
    found = speed.speeds(rounds, 60)
    assert found["fast"]["ratio_wall"] == 3
    assert found["fast"]["ratio_core"] == 2
    assert found["plain"]["wall"] == [30, 20, 6]
