"""Is perplexity the inverse geometric mean of the probabilities?"""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_lib.metrics.perplexity import (
    bits_per_byte,
    bits_per_token,
    cross_entropy,
    perplexity,
)

chances = st.lists(st.floats(1e-9, 1), min_size=1, max_size=31)


def test_by_hand():
    """Golden: probabilities 1/2, 1/8: the geometric mean is 1/4, 2 bits a token."""
    logs = np.log([0.5, 0.125])
    assert math.isclose(perplexity(logs), 4)
    assert math.isclose(bits_per_token(logs), 2)
    assert math.isclose(cross_entropy(logs), math.log(4))


@pytest.mark.parametrize("vocab_size", [1, 7, 10_007])
def test_even_odds_have_the_perplexity_of_the_vocabulary(vocab_size):
    assert math.isclose(perplexity([-math.log(vocab_size)] * 5), vocab_size)


@given(chances)
def test_it_is_the_inverse_geometric_mean(probabilities):
    expected = float(np.prod(np.array(probabilities) ** (-1 / len(probabilities))))
    assert math.isclose(perplexity(np.log(probabilities)), expected, rel_tol=1e-6)


def test_parity_with_torch():
    torch.manual_seed(0)
    logits, targets = torch.randn(13, 7, dtype=torch.float64), torch.arange(13) % 7
    ours = cross_entropy(torch.log_softmax(logits, 1)[torch.arange(13), targets].numpy())
    assert math.isclose(ours, torch.nn.functional.cross_entropy(logits, targets).item())


def test_one_impossible_token_spoils_everything():
    assert perplexity([-0.1, -math.inf]) == math.inf


@pytest.mark.parametrize(
    ("logs", "message"),
    [
        ([], "a token at least"),
        ([[-1.0]], "one number a token"),
        ([-1.0, 0.5], "at most 0, received 0.5"),
        ([math.nan], "received nan"),
    ],
)
def test_what_is_wrong_is_said(logs, message):
    with pytest.raises(ValueError, match=message):
        perplexity(logs)


@given(chances, st.data())
def test_bits_a_byte_do_not_depend_on_where_the_text_is_cut(p, data):
    """Two tokens are as good as one whose probability is their product."""
    joined = data.draw(st.integers(1, len(p)))
    logs = np.log(p)
    coarse = [logs[:joined].sum(), *logs[joined:]]
    assert math.isclose(bits_per_byte(logs, 17), bits_per_byte(coarse, 17), abs_tol=1e-12)


def test_bytes_at_random_cost_eight_bits_each():
    assert math.isclose(bits_per_byte(np.full(23, -math.log(256)), 23), 8)
    with pytest.raises(ValueError, match="one byte or more, received 0"):
        bits_per_byte([-1.0], 0)
