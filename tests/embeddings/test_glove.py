"""Is GloVe's gradient autograd's, and does fitting lower the loss and learn the kingdom?"""

import numpy as np
import pytest
import torch

from course_lib.data import kingdom
from course_lib.embeddings.glove import Glove, GloveConfig, _epoch, loss_and_gradients, weight
from course_lib.errors import CourseError

D = 7


@pytest.mark.parametrize("count", [0.5, 3.0, 250.0])
def test_gradient_is_autograds(count):
    draw = np.random.default_rng(0)
    w, c = draw.normal(size=(2, D))
    theirs = [torch.tensor(x, requires_grad=True) for x in (w, c, 0.3, -0.2)]
    f = min(1.0, (count / 100) ** 0.75)
    error = theirs[0] @ theirs[1] + theirs[2] + theirs[3] - np.log(count)
    wanted = 0.5 * f * error**2
    wanted.backward()
    loss, to_w, to_c, to_bias = loss_and_gradients(w, c, 0.3, -0.2, count)
    assert loss == pytest.approx(wanted.item())
    np.testing.assert_allclose(to_w, theirs[0].grad)
    np.testing.assert_allclose(to_c, theirs[1].grad)
    assert to_bias == pytest.approx(theirs[2].grad.item())
    assert to_bias == pytest.approx(theirs[3].grad.item())


def test_weight_by_hand():
    """Golden: (16/256)^¾ = (1/16)^¾ = 1/8, and 1 from x_max on."""
    found = weight(np.array([16.0, 256.0, 300.0]), x_max=256)
    np.testing.assert_allclose(found, [0.125, 1, 1])


def test_a_compiled_step_is_one_of_torchs_adagrad():
    """One pair: the step is rate · g / √(1 + 0), and the squares grow by g²."""
    draw = np.random.default_rng(1)
    tables = draw.normal(size=(2, 1, D + 1))
    squares = np.ones_like(tables)
    before = tables.copy()
    _, to_w, to_c, to_bias = loss_and_gradients(
        before[0, 0, :-1], before[1, 0, :-1], before[0, 0, -1], before[1, 0, -1], 20.0
    )
    zero = np.array([0])
    total = _epoch(
        zero, zero, np.log([20.0]), weight(np.array([20.0])), zero, *tables, *squares, 0.05
    )
    np.testing.assert_allclose(tables[0, 0], before[0, 0] - 0.05 * np.append(to_w, to_bias))
    np.testing.assert_allclose(tables[1, 0], before[1, 0] - 0.05 * np.append(to_c, to_bias))
    np.testing.assert_allclose(squares[0, 0], 1 + np.append(to_w, to_bias) ** 2)
    assert total > 0


def test_the_kingdom_is_learnt():
    config = GloveConfig(d_model=20, window=5, min_count=1, epochs=40, x_max=20.0)
    trainer = Glove(config)
    vectors = trainer.fit(kingdom.sentences(3000), progress=False)
    assert trainer.losses[-1] < 0.2 * trainer.losses[0]
    right = [
        vectors.most_similar([a.b, a.c], a.a, topn=1)[0][0] == a.d for a in kingdom.analogies()
    ]
    assert np.mean(right) > 0.8


def test_one_seed_gives_one_result():
    text, config = kingdom.sentences(100), GloveConfig(d_model=3, min_count=1, epochs=2)
    one, other = (Glove(config).fit(text, progress=False).matrix for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("wrong", [{"d_model": 0}, {"window": 0}, {"epochs": 0}, {"min_count": 0}])
def test_sizes_below_one_are_refused(wrong):
    with pytest.raises(ValueError, match="must be 1 or more"):
        GloveConfig(**wrong)


def test_scales_at_zero_and_texts_that_end_are_refused():
    with pytest.raises(ValueError, match="must be above 0"):
        GloveConfig(x_max=0.0)
    with pytest.raises(CourseError, match="side by side"):
        Glove(GloveConfig(min_count=1)).fit([["a"], ["b"]], progress=False)
    with pytest.raises(ValueError, match="received a generator"):
        Glove().fit(line.split() for line in ["a b"])


def test_a_rate_that_is_too_high_is_told():
    with pytest.raises(CourseError, match="lower the rate, 1000"):
        Glove(GloveConfig(d_model=5, min_count=1, rate=1000.0)).fit(
            kingdom.sentences(300), progress=False
        )
