"""Is a model trained on as many pairs as asked, as many steps, and judged on what it never saw?"""

import pytest
import torch

from course_lib.data.korean import pairs
from course_lib.recipes.ch12 import korean


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(korean, "STEPS", 9)
    monkeypatch.setattr(korean, "N_PAIRS", [20, 400])
    monkeypatch.setattr(korean, "N_JUDGED", 12)
    sizes = {"d_model": 8, "n_heads": 2, "d_ff": 8, "n_layers": 1, "max_len": 128}
    monkeypatch.setattr(korean, "SIZES", sizes)
    korean._data.cache_clear()
    yield
    korean._data.cache_clear()


def test_steps_are_the_same_for_few_and_many_pairs(small, monkeypatch):
    seen = []
    train = korean.train

    def counted(model, data, valid, plan, *, seed):
        per_epoch = sum(1 for _ in data.batches(model.config.pad_id, seed))
        seen.append((len(data.source), per_epoch * plan.epochs))
        return train(model, data, valid, plan, seed=seed)

    monkeypatch.setattr(korean, "train", counted)
    found = [korean.trained(n, "whole", 0) for n in (20, 400)]
    assert [n for n, _ in seen] == [20, 400]
    assert seen[0][1] == 9
    assert 9 <= seen[1][1] < 9 + seen[1][1] / found[1]["epochs"]
    assert set(found[0]["new"]) == {"exact", "chrf", "signature"}


def test_the_test_is_made_of_new_combinations_alone(small):
    parts, _ = korean._data()
    known = {pair.english: pair.new for pair in pairs(12, "test") + pairs(400, "train")}
    assert all(known[text] for text in parts["new"].source)
    assert not any(known[text] for text in parts["train"].source)
    assert not set(parts["known"].source) & set(parts["train"].source)


def test_exactly_right_is_counted_by_the_whole_sentence(small, monkeypatch):
    parts, codec = korean._data()
    right = parts["new"]

    class Nearly:
        def __init__(self, *_):
            pass

        def translate(self, _):
            return [right.target[0], right.target[1] + " .", *right.target[2:]]

    monkeypatch.setattr(korean, "Translator", Nearly)
    found = korean.judged(korean.model_of(codec), codec, right)
    assert found["exact"] == pytest.approx(11 / 12)
    assert 95 < found["chrf"] < 100


def test_without_positions_the_source_is_a_set(small, monkeypatch):
    models = []
    monkeypatch.setattr(korean, "judged", lambda model, *_: models.append(model) or {})
    korean.trained(20, "no_positions", 0)
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        one, two = (models[0].eval().encode(rows) for rows in (ids, ids.flip(1)))
    torch.testing.assert_close(one, two.flip(1))
