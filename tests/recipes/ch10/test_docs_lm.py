"""Does the small language model read what it should, and is it judged on the right words?"""

import math

import pytest
import torch
from torch.testing import assert_close

from course_lib.models.causal_lm import CausalLm, CausalLmConfig
from course_lib.recipes.ch10 import docs_lm, extrapolation
from course_lib.recipes.ch11 import leak
from course_lib.text.bpe import BytePairTokenizer

TEXT = "one two three four . " * 600
TOKENIZER = BytePairTokenizer.train([TEXT], 270, [docs_lm.END])
ROW = torch.tensor(TOKENIZER.encode(TEXT))
IDS = docs_lm.DocsIds(
    tokenizer=TOKENIZER, train=ROW, valid=ROW[:700], test=ROW[:700], fingerprint="toy"
)
TINY = {"d_model": 12, "n_heads": 3, "d_ff": 19}


def model_of(**options):
    torch.manual_seed(0)
    return CausalLm(CausalLmConfig(vocab_size=len(TOKENIZER), **TINY | options))


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(docs_lm, "BATCH", 4)
    monkeypatch.setattr(docs_lm, "PIECES", 2)
    for module in (extrapolation, leak):
        monkeypatch.setattr(module, "_ids", lambda: IDS)
        monkeypatch.setattr(module, "TOKENS", 4_000)
    return monkeypatch


def test_windows_overlap_by_one_so_that_each_word_is_asked_once():
    rows = docs_lm.windows(torch.arange(11), 3)
    assert rows.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    assert docs_lm.windows(torch.arange(4), 3).tolist() == [[0, 1, 2, 3]]


def test_an_untrained_model_knows_nothing():
    model = model_of()
    with torch.no_grad():
        model.embedding.weight.zero_()
    found = docs_lm.nats(model, ROW, 16)
    assert_close(found, torch.full_like(found, math.log(len(TOKENIZER))))


def test_training_learns_a_text_that_repeats_itself(small):
    model = model_of()
    before = float(docs_lm.nats(model, ROW, 32).mean())
    docs_lm.train(model, ROW, n_tokens=20_000, seed=0, length=32)
    assert float(docs_lm.nats(model, ROW, 32).mean()) < before / 4


def test_a_killed_run_ends_with_the_same_weights(small, tmp_path):
    whole, broken = model_of(dropout=0.1), model_of(dropout=0.1)
    docs_lm.train(whole, ROW, n_tokens=4_000, seed=0, length=32)
    seen = []

    def fails(_):
        seen.append(1)
        if len(seen) > 20:
            raise KeyboardInterrupt
        return original(_)

    original = broken.embedding.forward
    broken.embedding.forward = fails
    options = {"n_tokens": 4_000, "seed": 0, "length": 32, "resume_from": tmp_path / "run.state"}
    with pytest.raises(KeyboardInterrupt):
        docs_lm.train(broken, ROW, **options)
    again = model_of(dropout=0.1)
    docs_lm.train(again, ROW, **options)
    for ours, theirs in zip(again.parameters(), whole.parameters(), strict=True):
        assert_close(ours, theirs, rtol=0, atol=0)


@pytest.mark.parametrize("positions", ["learned", "alibi"])
def test_a_model_is_judged_as_far_as_it_reaches(small, positions):
    small.setattr(extrapolation, "LENGTHS", [128, 256])
    small.setattr(extrapolation, "CausalLmConfig", lambda **o: CausalLmConfig(**o | TINY))
    found = extrapolation.trained(positions, 0)
    reach = ["length_128"] + (["length_256"] if positions == "alibi" else [])
    assert list(found["nats"]) == reach
    assert len(found["by_place"]) == len(reach)


def test_without_the_mask_the_loss_of_training_is_not_the_honest_one(small):
    small.setattr(leak, "CausalLmConfig", lambda **o: CausalLmConfig(**o | TINY))
    small.setattr(leak, "ASKED", 5)
    masked = leak.trained(True, 0)
    assert set(masked) == {"valid", "as_trained", "cut_off"}
    assert len(masked["valid"]) == 2


def test_an_honest_question_shows_nothing_behind_the_place_that_is_asked(small):
    seen = []

    class Spy(torch.nn.Module):
        def forward(self, ids):
            seen.append(ids.shape[1])
            return torch.zeros(*ids.shape, len(TOKENIZER))

    found = leak.cut_off(Spy(), ROW, 0)
    assert found == pytest.approx(math.log(len(TOKENIZER)))
    assert len(set(seen)) > 3
    assert max(seen) < docs_lm.LENGTH
