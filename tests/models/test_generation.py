"""Are words drawn from the distribution that was asked for?"""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from course_lib.models.generation import generate, narrowed

V = 17
INF = float("inf")


@given(
    st.integers(0, 10_000),
    st.floats(0.2, 4),
    st.none() | st.integers(1, V + 3),
    st.none() | st.floats(0.05, 1),
)
def test_what_is_left_is_what_transformers_leaves(seed, temperature, top_k, top_p):
    logits = 3 * torch.randn(5, V, generator=torch.Generator().manual_seed(seed))
    expected = TemperatureLogitsWarper(temperature)(None, logits)
    if top_k is not None:
        expected = TopKLogitsWarper(min(top_k, V))(None, expected)
    if top_p is not None:
        p = expected.softmax(-1).sort(-1).values
        edge = (p.cumsum(-1) - (1 - top_p)).abs().min()
        if top_p == 1 or float(edge) < 1e-6:  # rounding decides: theirs sums from the other end
            return
        expected = TopPLogitsWarper(top_p)(None, expected)
    assert_close(narrowed(logits, temperature, top_k, top_p), expected)


def test_the_smallest_set_by_hand():
    """Golden: .5, .3, .15, .05: .79 is reached by two words, .81 needs a third."""
    logits = torch.tensor([0.15, 0.5, 0.05, 0.3], dtype=torch.float64).log()
    assert (narrowed(logits, top_p=0.79) > -INF).tolist() == [False, True, False, True]
    assert (narrowed(logits, top_p=0.81) > -INF).tolist() == [True, True, False, True]
    assert (narrowed(logits, top_p=1e-9) > -INF).tolist() == [False, True, False, False]
    assert (narrowed(logits, top_p=1.0) > -INF).all()


def test_the_order_is_temperature_then_k_then_p():
    """Golden: of .5, .3, .15, .05 two stay, as .625 and .375; .6 is reached by the first alone.

    Were top_p first, .5 and .3 would stay, and top_k = 2 would keep both.
    """
    logits = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    assert (narrowed(logits, top_k=2, top_p=0.6) > -INF).sum() == 1
    # at temperature 2 the two are .56 and .44, and both are needed
    assert (narrowed(logits, temperature=2.0, top_k=2, top_p=0.6) > -INF).sum() == 2


def successor(ids):
    """A step that is sure: after n comes n + 1."""
    return torch.full((len(ids), V), -INF).scatter(1, (ids[:, -1:] + 1) % V, 0.0)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_rows_end_with_their_mark_and_are_filled(temperature):
    ids = torch.tensor([[3, 4], [0, 6]])
    found = generate(successor, ids, 5, temperature, eos_id=7, pad_id=11)
    assert found.tolist() == [[3, 4, 5, 6, 7], [0, 6, 7, 11, 11]]
    filled = generate(successor, ids, 3, temperature, eos_id=7)
    assert filled.tolist() == [[3, 4, 5, 6, 7], [0, 6, 7, 7, 7]]
    assert generate(successor, ids, 2, temperature).tolist() == [[3, 4, 5, 6], [0, 6, 7, 8]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -0.1}, "temperature must be 0 or more"),
        ({"top_k": 0}, "top_k must be 1 or more"),
        ({"top_p": 0.0}, "top_p must be above 0"),
        ({"top_p": 1.5}, "at most 1, received 1.5"),
        ({"max_new_tokens": 0}, "max_new_tokens must be 1 or more"),
    ],
)
def test_wrong_settings_are_refused(options, message):
    given = {"max_new_tokens": 2} | options
    with pytest.raises(ValueError, match=message):
        generate(successor, torch.tensor([[1]]), **given)


def test_an_empty_prompt_is_refused():
    with pytest.raises(ValueError, match="one place or more"):
        generate(successor, torch.zeros(1, 0, dtype=torch.long), 2)
    with pytest.raises(ValueError, match="temperature must be above 0 here"):
        narrowed(torch.zeros(V), temperature=0.0)
