"""Does a look in eval mode leave every module in the mode it came with?"""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from course_lib.embeddings.neural_ngram import NeuralNgram, NeuralNgramConfig, log_probs
from course_lib.layers.modes import evaluating
from course_lib.models.awd_lstm import AwdLstmConfig
from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.models.elmo_lm import ElmoLanguageModel
from course_lib.models.ulmfit import LanguageModel, TextClassifier
from course_lib.recipes.pretrain.elmo_training import exact_loss
from course_lib.training.loop import accuracy
from course_lib.transfer import freezing
from course_lib.transfer.ulmfit_stages import perplexity, predict
from course_lib.vision import backbones


def modes(model: nn.Module) -> dict[str, bool]:
    return {name: module.training for name, module in model.named_modules()}


def mixed(model: nn.Module) -> nn.Module:
    """Put every other module in eval mode."""
    for i, module in enumerate(model.modules()):
        module.training = i % 2 == 0
    return model


def three_layers() -> nn.Module:
    return mixed(nn.Sequential(nn.Linear(3, 5), nn.Sequential(nn.BatchNorm1d(5)), nn.Dropout()))


def test_each_module_comes_back_in_its_own_mode():
    model = three_layers()
    before = modes(model)
    with evaluating(model):
        assert not any(modes(model).values())
    assert modes(model) == before
    assert set(before.values()) == {True, False}


def test_also_after_an_error():
    model = three_layers()
    before = modes(model)
    with pytest.raises(KeyError), evaluating(model):
        raise KeyError
    assert modes(model) == before


def small_net() -> nn.Module:
    return backbones.small(5)


def ngram() -> NeuralNgram:
    return NeuralNgram(NeuralNgramConfig(vocab_size=7, order=3, d_model=2, d_hidden=3))


def language_model() -> LanguageModel:
    return LanguageModel(CONFIG)


def classifier() -> nn.Module:
    return TextClassifier(CONFIG, 2)


def elmo_lm() -> nn.Module:
    return ElmoLanguageModel(Elmo(ElmoConfig.tiny()), ["a", "b", "c"], [0, 1, 2, 3, 4], 5)


CONFIG = AwdLstmConfig(vocab_size=13, d_model=5, d_hidden=7, n_layers=2)
IMAGES = torch.zeros(2, 3, 64, 64)
ROWS = torch.arange(24).view(2, 12) % 13
LOOKS: dict[str, tuple[Callable[[], nn.Module], Callable[[nn.Module], object]]] = {
    "accuracy": (small_net, lambda m: accuracy(m, IMAGES, torch.tensor([0, 1]))),
    "pooled_features": (small_net, lambda m: backbones.pooled_features(m, IMAGES)),
    "log_probs": (ngram, lambda m: log_probs(m, ROWS[:, :2] % 7, ROWS[:, 2] % 7)),
    "perplexity": (language_model, lambda m: perplexity(m, ROWS)),
    "predict": (classifier, lambda m: predict(m, [[1, 2], [3]])),
    "exact_loss": (elmo_lm, lambda m: exact_loss(m, [3 + ROWS % 3], torch.device("cpu"))),
}


@pytest.mark.parametrize("name", LOOKS)
def test_what_looks_in_eval_mode_leaves_all_modes_as_they_were(name):
    make, look = LOOKS[name]
    model = mixed(make())
    before, parts, during = modes(model), list(model.modules()), []
    for part in parts:  # some look through the model's parts and never call the whole
        part.register_forward_hook(lambda *_: during.append(any(part.training for part in parts)))
    look(model)
    assert during
    assert not any(during)
    assert modes(model) == before


@pytest.mark.parametrize("look", ["accuracy", "pooled_features"])
def test_frozen_norms_do_not_move_after_a_look(look):
    """All stages but the head are frozen, a look is taken, training goes on."""
    model = small_net()
    freezing.freeze(list(backbones.stages(model).values())[:-1])
    freezing.train_mode(model)
    before = {name: value.clone() for name, value in model.named_buffers()}
    LOOKS[look][1](model)
    model(torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0)) + 3)
    assert any("running_mean" in name for name in before)
    for name, value in model.named_buffers():
        assert torch.equal(value, before[name]), name
