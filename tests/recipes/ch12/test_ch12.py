"""Are pairs batched, trained on and judged as the recipe of chapter 12 says?"""

import pytest
import torch
from torch.testing import assert_close

from course_lib.data.sentence_pairs import Codec, EncodedPairs, Pairs
from course_lib.models.translation import Transformer, TransformerConfig
from course_lib.recipes.ch12 import translation_training as training
from course_lib.recipes.ch12.translation_training import (
    TorchTransformer,
    TrainingPlan,
    judged,
    train,
)

WORDS = ["red", "blue", "old", "new", "small"]
SOURCE = [f"a {a} and {b} house" for a in WORDS for b in WORDS]
TARGET = [f"ein {b} und {a} Haus" for a in WORDS for b in WORDS]
PAIRS = Pairs(source=SOURCE, target=TARGET)
CODEC = Codec.trained(PAIRS, 320)
ENCODED = EncodedPairs.of(PAIRS, CODEC)
CONFIG = TransformerConfig(
    vocab_size=len(CODEC), d_model=32, n_heads=2, d_ff=64, n_layers=1, max_len=40,
    pad_id=CODEC.pad_id, dropout=0.0,
)  # fmt: skip


def model_of(kind=Transformer):
    torch.manual_seed(0)
    return kind(CONFIG)


def test_each_pair_is_in_one_batch_and_the_target_is_shifted():
    seen = []
    for (source, target), right in ENCODED.batches(CODEC.pad_id, 3, batch_tokens=120):
        assert source.shape[0] == target.shape[0] == right.shape[0]
        assert source.numel() + right.numel() + len(right) <= 120 or len(right) == 1
        assert (target[:, 0] == CODEC.begin_id).all()
        assert torch.equal(target[:, 1:], right[:, :-1])
        for row in right:
            assert CODEC.end_id in row
            seen.append(CODEC.text(row.tolist()))
    assert sorted(seen) == sorted(TARGET)


def test_the_same_epoch_gives_the_same_batches_and_another_gives_others():
    def first(seed):
        return next(iter(ENCODED.batches(CODEC.pad_id, seed, 120)))[1]

    assert torch.equal(first("0:1"), first("0:1"))
    assert first("0:1").shape != first("0:2").shape or not torch.equal(first("0:1"), first("0:2"))


def test_a_small_model_learns_to_turn_words_around(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "AVERAGED", 2)
    state = tmp_path / "run.state"
    model = model_of()
    found = train(
        model, ENCODED, ENCODED, TrainingPlan(epochs=250, warmup=100), seed=0, state=state
    )
    assert found["best_epoch"] > 20
    assert list(found["valid_loss"]) == [f"epoch_{i}" for i in range(1, 251)]
    scores = judged(model, PAIRS, CODEC, (1, 2))
    assert scores["greedy"] > 90
    assert scores["beam_2"] > 90
    assert "|tok:13a|" in scores["signature"]
    assert len(list(tmp_path.glob("*.safetensors"))) == 2
    training.averaged(model, state)
    assert not list(tmp_path.glob("*.safetensors"))


def test_averaged_weights_are_the_mean_of_the_last(tmp_path):
    model, state = model_of(), tmp_path / "run.state"
    for step in range(1, 8):
        with torch.no_grad():
            for value in model.parameters():
                value.fill_(float(step))
        training.keep_last(model, state, step)
    training.averaged(model, state)
    for value in model.parameters():
        assert_close(value.detach(), torch.full_like(value, 5.0))  # of 3, 4, 5, 6, 7


def test_torchs_stacks_give_the_same_scores_once_they_are_ours():
    theirs = model_of(TorchTransformer).eval()
    (source, target), _ = next(iter(ENCODED.batches(CODEC.pad_id, None, 200)))
    assert_close(theirs.as_ours().eval()(source, target), theirs(source, target))


def test_without_a_rise_the_rate_starts_where_it_would_have_risen_to(monkeypatch):
    rates = []

    def fake(model, batches, *, scheduler, optimizer, **_):
        for _ in range(3):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        raise StopIteration

    monkeypatch.setattr(training, "fit", fake)
    for budget in (
        TrainingPlan(epochs=1, warmup=100),
        TrainingPlan(epochs=1, warmup=100, rises=False),
    ):
        with pytest.raises(StopIteration):
            train(model_of(), ENCODED, ENCODED, budget, seed=0)
    peak = 32**-0.5 * 100**-0.5
    assert rates == pytest.approx([peak * n / 100 for n in (1, 2, 3)] + [peak] * 3)
