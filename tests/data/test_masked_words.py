"""Are words masked as BERT was trained: 15 %, of which 80/10/10, and no mark ever?"""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.data.masked_words import mask_words

CLS, SEP, PAD, MASK = 7, 2, 0, 11
SPECIAL = [CLS, SEP, PAD, MASK]  # neither sorted nor in one row
V, B, T = 23, 5, 13
WORDS = [own for own in range(V) if own not in SPECIAL]


def drawn(n, seed=0, probability=0.15):
    """Mask n places that all hold the word 5."""
    ids = torch.full((n,), 5)
    generator = torch.Generator().manual_seed(seed)
    return ids, *mask_words(ids, MASK, V, SPECIAL, probability, generator=generator)


def is_near(count, n, share):
    """Five deviations of a binomial: once in 1.7 million runs a right share would miss them."""
    return abs(count - n * share) < 5 * math.sqrt(n * share * (1 - share))


@pytest.mark.parametrize("probability", [0.15, 0.4])
def test_shares_are_those_of_the_paper(probability):
    """A random word is 5 itself in 1 of 19 draws, which looks like a place that was kept."""
    n = 200_000
    _, inputs, labels = drawn(n, probability=probability)
    chosen = inputs[labels != -100]
    assert is_near(len(chosen), n, probability)
    same = 1 / len(WORDS)
    assert is_near(int((chosen == MASK).sum()), len(chosen), 0.8)
    assert is_near(int((chosen == 5).sum()), len(chosen), 0.1 + 0.1 * same)
    assert is_near(int(((chosen != 5) & (chosen != MASK)).sum()), len(chosen), 0.1 * (1 - same))


def test_every_word_is_drawn_alike_and_no_mark():
    _, inputs, labels = drawn(400_000, probability=1.0)
    counts = torch.bincount(inputs[(labels != -100) & (inputs != MASK)], minlength=V)
    assert not counts[SPECIAL].any()
    others = [own for own in WORDS if own != 5]  # 5 stands also where it was kept
    assert chisquare(counts[others].numpy()).pvalue > 1e-6


def test_places_are_chosen_by_themselves():
    """Neighbours are both chosen in 0.15² of the pairs, a text of 3 has none in 0.85³ of cases."""
    n = 90_000
    _, _, labels = drawn(n)
    texts = (labels != -100).view(-1, 3)
    assert is_near(int((texts[:, 0] & texts[:, 1]).sum()), len(texts), 0.15**2)
    assert is_near(int((~texts.any(dim=1)).sum()), len(texts), 0.85**3)


@given(
    st.lists(st.lists(st.integers(0, V - 1), min_size=T, max_size=T), max_size=B),
    st.floats(0, 1),
    st.sampled_from([torch.int64, torch.int32]),
)
def test_labels_are_what_stood_there(rows, probability, dtype):
    ids = torch.tensor(rows, dtype=dtype).view(-1, T)
    before = ids.clone()
    inputs, labels = mask_words(ids, MASK, V, SPECIAL, probability)
    assert_close(ids, before, rtol=0, atol=0)
    is_chosen = labels != -100
    assert inputs.shape == labels.shape == ids.shape
    assert inputs.dtype == labels.dtype == dtype
    assert_close(labels[is_chosen], ids[is_chosen], rtol=0, atol=0)
    assert_close(inputs[~is_chosen], ids[~is_chosen], rtol=0, atol=0)
    is_mark = torch.isin(ids, torch.tensor(SPECIAL, dtype=dtype))
    assert not (is_chosen & is_mark).any()
    assert not torch.isin(inputs[is_chosen], torch.tensor([CLS, SEP, PAD], dtype=dtype)).any()
    if probability == 1:
        assert (is_chosen | is_mark).all()


def test_probability_0_changes_nothing():
    ids = torch.randint(V, (B, T))
    inputs, labels = mask_words(ids, MASK, V, SPECIAL, 0.0)
    assert_close(inputs, ids, rtol=0, atol=0)
    assert (labels == -100).all()


def test_each_call_draws_anew_and_a_generator_can_be_wound_back():
    ids = torch.full((B, T), 5)
    first, second = (mask_words(ids, MASK, V, SPECIAL)[0] for _ in range(2))
    assert not torch.equal(first, second)
    generator = torch.Generator().manual_seed(3)
    one, two = (mask_words(ids, MASK, V, SPECIAL, generator=generator) for _ in range(2))
    assert not torch.equal(one[0], two[0])
    again = mask_words(ids, MASK, V, SPECIAL, generator=generator.manual_seed(3))
    assert_close(again, one, rtol=0, atol=0)
    state = torch.get_rng_state()
    mask_words(ids, MASK, V, SPECIAL, generator=generator)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("special", [{7, 2}, (2, 7, 7), torch.tensor([7, 2]), [2, 7, 99, -100]])
def test_special_ids_of_any_kind(special):
    """Those outside the vocabulary, a tokenizer's added marks say, are marks in a text as well."""
    ids = torch.tensor([2, 99, 7, 5, 99, 3] * 200)
    inputs, labels = mask_words(ids, 1, 8, special, 1.0)
    marks = {int(own) for own in special}
    for own in (2, 7, 99):
        assert (labels[ids == own] == -100).all() == (own in marks)
    assert set(inputs[labels != -100].tolist()) == {0, 1, 3, 4, 5, 6} | ({99} - marks)


def test_no_special_ids_at_all():
    inputs, labels = mask_words(torch.zeros(3000, dtype=torch.long), 2, 3, [], 1.0)
    assert (labels == 0).all()
    assert set(inputs.tolist()) == {0, 1, 2}


def test_the_loss_reads_labels_as_they_are():
    ids, _, labels = drawn(B * T, probability=0.3)
    logits = torch.randn(B * T, V)
    is_chosen = labels != -100
    assert_close(
        F.cross_entropy(logits, labels), F.cross_entropy(logits[is_chosen], ids[is_chosen])
    )


@pytest.mark.parametrize("probability", [-0.1, 1.1, math.nan])
def test_a_probability_outside_is_refused(probability):
    with pytest.raises(ValueError, match=r"probability must lie between 0 and 1, received"):
        mask_words(torch.zeros(T, dtype=torch.long), MASK, V, SPECIAL, probability)


def test_a_vocabulary_of_marks_is_refused():
    with pytest.raises(ValueError, match="vocab_size=2 and 3 special ids leave none"):
        mask_words(torch.zeros(T, dtype=torch.long), 1, 2, [0, 1, 5])
