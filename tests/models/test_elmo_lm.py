"""Does the language model name the right neighbours, and never see what it names?"""

import math

import pytest
import torch
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.models.elmo import Elmo
from course_lib.models.elmo_config import ElmoConfig
from course_lib.models.elmo_lm import ElmoLanguageModel

WORDS = ["a", "b", "c", "d"]  # ids 3, 4, 5, 6
OUTPUTS = [0, 1, 2, 3, 4, 4]  # <S>, </S>, a, b, and one for c and d


def model(seed=0):
    torch.manual_seed(seed)
    return ElmoLanguageModel(Elmo(ElmoConfig.tiny()), WORDS, OUTPUTS, 5)


IDS = torch.tensor([[1, 3, 4, 6, 2], [1, 5, 2, 0, 0]])


def test_targets_by_hand():
    """Golden: rows <S> a b d </S> and <S> c </S>; the words after, then the words before."""
    after = [2, 3, 4, 1, 4, 1]
    before = [0, 2, 3, 4, 0, 4]
    assert model().targets(IDS).tolist() == after + before


def test_logits_are_those_of_the_elmo_itself():
    lm = model()
    logits = lm(IDS)
    assert logits.shape == (12, 5)
    layers, _ = lm.elmo([["a", "b", "d"], ["c"]])
    forward, backward = layers[-1].chunk(2, dim=-1)
    rows = [*forward[0, :4], *forward[1, :2], *backward[0, 1:5], *backward[1, 1:3]]
    assert_close(logits, lm.output_proj(torch.stack(rows)))


def test_a_prediction_does_not_depend_on_the_word_it_names():
    lm = model().eval()
    logits = lm(IDS)
    other = IDS.clone()
    other[0, 2] = 5  # b becomes c: places 1 (names it forward) and 3 (names it backward) stay
    changed = (lm(other) - logits).abs().amax(dim=1) > 1e-7
    forward, backward = changed[:6], changed[6:]
    assert forward.tolist() == [False, False, True, True, False, False]
    assert backward.tolist() == [True, True, False, False, False, False]


def test_it_learns_what_follows_what():
    """A text in which a is always followed by b can be named with a loss near its entropy."""
    lm = model()
    ids = torch.tensor([[1, 3, 4, 2]] * 4)
    optimizer = torch.optim.Adam(lm.parameters(), lr=0.02)
    losses = []
    for _ in range(60):
        loss = F.cross_entropy(lm(ids), lm.targets(ids))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert abs(losses[0] - math.log(5)) < 0.3
    assert losses[-1] < 0.05


def test_every_parameter_gets_a_gradient():
    lm = model()
    F.cross_entropy(lm(IDS), lm.targets(IDS)).backward()
    assert [name for name, p in lm.named_parameters() if p.grad is None] == []


def test_outputs_that_do_not_fit_the_words_are_refused():
    with pytest.raises(ValueError, match="outputs must have 6 ids, two more than words"):
        ElmoLanguageModel(Elmo(ElmoConfig.tiny()), WORDS, OUTPUTS[1:], 5)
