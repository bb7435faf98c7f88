"""Does each way of the comparison leave out what its name says, and nothing else?"""

import pytest
import torch

from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.ulmfit import LanguageModel
from course_lib.recipes.axis import ulmfit as axis_ulmfit
from course_lib.recipes.axis.ulmfit_runs import ABLATIONS, VARIANTS, Encoded, train
from course_lib.recipes.ch06 import imdb as ch06_imdb
from course_lib.recipes.context import Context, Journal

V, C = 13, 2


@pytest.fixture
def language_model():
    torch.manual_seed(0)
    return LanguageModel(AwdLstmConfig(vocab_size=V, d_model=5, d_hidden=7, n_layers=2))


def some(seed: int, n: int = 20) -> Encoded:
    draw = torch.Generator().manual_seed(seed)
    texts = [torch.randint(1, V, (3 + i % 5,), generator=draw).tolist() for i in range(n)]
    return Encoded(ids=texts, labels=[i % 2 for i in range(n)])


def test_each_ablation_differs_from_the_whole_in_one_thing():
    whole = vars(VARIANTS["ulmfit"])
    for name in ABLATIONS:
        own = vars(VARIANTS[name])
        assert sum(own[key] != whole[key] for key in whole) == 1
    assert VARIANTS["without_discriminative"].tuning(0.1, 3, 5).factor == 1
    assert not VARIANTS["without_slanted"].tuning(0.1, 3, 5).slanted
    assert not VARIANTS["without_gradual"].tuning(0.1, 3, 5).gradual
    assert VARIANTS["ulmfit"].tuning(0.1, 3, 5).epochs == 3


@pytest.mark.parametrize("way", ["ulmfit", "scratch"])
def test_scratch_starts_afresh_and_the_others_from_the_language_model(way, language_model):
    table = language_model.encoder.embedding.weight.detach().clone()
    settings = {"lr": 1e-6, "epochs": 1, "batch_size": 10, "seed": 3}
    model = train(VARIANTS[way], language_model, some(1), C, **settings)
    near = torch.allclose(model.encoder.embedding.weight, table, atol=1e-3)
    assert near == (way == "ulmfit")
    assert torch.equal(language_model.encoder.embedding.weight, table), "the source must stay"


def test_a_seed_decides_everything(language_model):
    settings = {"lr": 0.01, "epochs": 2, "batch_size": 10}
    one, two, other = (
        train(VARIANTS["ulmfit"], language_model, some(1), C, seed=s, **settings) for s in (5, 5, 6)
    )
    same = zip(one.parameters(), two.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in same)
    assert not torch.equal(one.head[-1].weight, other.head[-1].weight)


def test_every_budget_has_a_number_of_epochs():
    from course_lib.data.library_task import BUDGETS

    assert tuple(axis_ulmfit.EPOCHS) == BUDGETS
    assert ch06_imdb.ABLATED_AT in ch06_imdb.EPOCHS
    assert set(ch06_imdb.ABLATIONS) <= set(VARIANTS)


def test_each_way_is_trained_at_the_rate_that_validation_chose(monkeypatch, tmp_path):
    best = {"ulmfit": 0.01, "plain": 0.0003}

    def piece(variant, lr, budget, seed, shuffled=False):
        near = -abs(lr - best[variant])
        return {"valid_accuracy": near, "trained": (variant, lr, budget, seed, shuffled)}

    def here(context, pieces, desc):
        return {key: function(*args) for key, (function, args) in pieces.items()}

    monkeypatch.setattr(axis_ulmfit, "piece", piece)
    monkeypatch.setattr(axis_ulmfit, "spread", here)
    context = Context(seeds=[3, 5], data_dir=None, journal=Journal(tmp_path / "journal"))
    rate = axis_ulmfit.choose_rates(context, list(best))
    assert rate == best
    asked = [("ulmfit", 4), ("plain", 4), ("plain", 16)]
    scores, control = axis_ulmfit.train_all(context, asked, rate, "plain")
    assert len(scores) == 6
    for (variant, budget, seed), found in scores.items():
        assert found["trained"] == (variant, best[variant], budget, seed, False)
    assert [own["trained"] for own in control] == [
        ("plain", 0.0003, 256, 3, True),
        ("plain", 0.0003, 256, 5, True),
    ]
