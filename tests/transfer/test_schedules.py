"""Do the schedules give the papers' numbers?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.transfer.schedules import (
    inverse_square_root,
    slanted_triangular,
    warmup_cosine,
)


def test_slanted_triangular_by_hand():
    """T = 100, cut_frac = 0.1, ratio = 32, so cut = 10.

    Step 0: p = 0, (1 + 0) / 32. Step 5: p = 0.5, (1 + 15.5) / 32 = 0.515625.
    Step 10: p = 1, 1. Step 55: p = 1 - 45 / 90 = 0.5, 0.515625. Step 100: p = 0, 1 / 32.
    """
    got = [slanted_triangular(t, 100) for t in (0, 5, 10, 55, 100)]
    assert got == pytest.approx([1 / 32, 0.515625, 1.0, 0.515625, 1 / 32])


def test_warmup_cosine_by_hand():
    """110 steps, 11 of warm-up: 1/11, then 1; a third of half a cosine is 0.75; the end is 0."""
    got = [warmup_cosine(t, 110) for t in (0, 10, 11, 11 + 99 // 3, 110)]
    assert got == pytest.approx([1 / 11, 1.0, 1.0, 0.75, 0.0])


@given(step=st.integers(0, 5000), n_steps=st.integers(1, 5000))
def test_factors_lie_between_0_and_1(step, n_steps):
    assert 1 / 32 <= slanted_triangular(step, n_steps) <= 1
    assert 0 <= warmup_cosine(step, n_steps) <= 1


def test_slanted_triangular_is_the_papers_equation():
    """Equation 3 written out once more: cut = ⌊T · cut_frac⌋, p, then (1 + p (ratio − 1)) / ratio.

    T = 1250, cut_frac = 0.1, ratio = 32, η_max = 0.01, the setting of the paper's figure 2: the
    highest rate stands at t = 125, the first is 0.01 / 32 = 0.0003125.
    """
    n_steps, cut = 1250, 125
    for t in range(n_steps):
        p = t / cut if t < cut else 1 - (t - cut) / (cut * (1 / 0.1 - 1))
        expected = 0.01 * (1 + p * 31) / 32
        assert 0.01 * slanted_triangular(t, n_steps) == pytest.approx(expected)
    rates = [slanted_triangular(t, n_steps) for t in range(n_steps)]
    assert rates.index(max(rates)) == 125
    assert 0.01 * rates[0] == pytest.approx(0.0003125)


def test_slanted_triangular_never_falls_below_its_start():
    """T = 19: cut = ⌊1.9⌋ = 1, so p = 1 − 18 / 9 = −1 at t = 19, and is taken for 0."""
    assert slanted_triangular(19, 19) == pytest.approx(1 / 32)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"cut_fraction": 0.0}, "cut_fraction must lie between 0 and 1, received 0.0"),
        ({"cut_fraction": 1.0}, "cut_fraction must lie between 0 and 1, received 1.0"),
        ({"ratio": 0.5}, "ratio must be 1 or more, received 0.5"),
    ],
)
def test_slanted_triangular_refuses_what_is_no_triangle(settings, told):
    with pytest.raises(ValueError, match=told):
        slanted_triangular(1, 100, **settings)


def test_inverse_square_root_by_hand():
    """Golden: D = 4, warm-up 100: rises to 1/2 · 1/10 at step 100, half of it at step 400."""
    got = [inverse_square_root(step, 4, 100) for step in (1, 50, 100, 400)]
    assert got == pytest.approx([0.5 * 0.001, 0.025, 0.05, 0.025])
    assert inverse_square_root(4000, 512, 4000) == pytest.approx(6.988e-4, rel=1e-3)


@pytest.mark.parametrize("wrong", [(0, 4, 100), (1, 0, 100), (1, 4, 0)])
def test_steps_are_counted_from_one(wrong):
    with pytest.raises(ValueError, match="must be 1 or more, received"):
        inverse_square_root(*wrong)
