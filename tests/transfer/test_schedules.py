"""Do the schedules give the papers' numbers?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.transfer.schedules import slanted_triangular, warmup_cosine


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
