"""Is the blockwise loss torch's, gradients too, and is a sample right on average?"""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F
from torch.testing import assert_close

from course_lib.layers import sampled_softmax
from course_lib.layers.sampled_softmax import WordSample, WordSampler, softmax_loss

N, D, V = 13, 5, 29


def parts(seed: int):
    """Return x, table, bias (each asks for its gradient) and targets."""
    torch.manual_seed(seed)
    tensors = [torch.randn(shape).requires_grad_() for shape in ((N, D), (V, D), (V,))]
    return *tensors, torch.randint(V, (N,))


def both(loss, inputs):
    return loss, torch.autograd.grad(loss, inputs)


@settings(max_examples=25)
@given(seed=st.integers(0, 999), block=st.sampled_from([1, 4, N, 256]), drawn=st.booleans())
def test_with_all_words_it_is_the_cross_entropy(seed, block, drawn):
    x, table, bias, targets = parts(seed)
    sampler = WordSampler(torch.randint(99, (V,)), V) if drawn else None
    before, sampled_softmax.BLOCK = sampled_softmax.BLOCK, block
    try:
        ours = softmax_loss(x, table, bias, targets, sampler)
    finally:
        sampled_softmax.BLOCK = before
    theirs = F.cross_entropy(x @ table.T + bias, targets)
    assert_close(both(3 * ours, (x, table, bias)), both(3 * theirs, (x, table, bias)))


def test_a_large_score_does_not_overflow():
    x, table, bias, targets = parts(0)
    big = 300 * x
    assert_close(
        softmax_loss(big, table, bias, targets), F.cross_entropy(big @ table.T + bias, targets)
    )


class Drawn(WordSampler):
    """A sampler whose draws are known."""

    size = 4

    def __init__(self, *draws: tuple[list[int], list[float]]) -> None:
        self.draws = iter(draws)

    def draw(self) -> WordSample:
        ids, log_chances = next(self.draws)
        return WordSample(torch.tensor(ids), torch.tensor(log_chances))


def test_a_sampled_loss_is_that_of_a_softmax_over_the_drawn_words(monkeypatch):
    """The same by torch: target and drawn words, scores less log chance, no target twice."""
    monkeypatch.setattr(sampled_softmax, "BLOCK", 8)  # two blocks, so two draws
    x, table, bias, targets = parts(1)
    draws = ([2, 3, 11, 17], [0.0, -0.5, -1.0, -3.0]), ([2, 5, 6], [0.0, -0.1, -2.0])
    targets[:3] = torch.tensor([3, 17, 5])  # two that were drawn, one that was not
    scores = x @ table.T + bias
    total = 0
    for block, (ids, log_chances) in zip((slice(0, 8), slice(8, N)), draws, strict=True):
        drawn = scores[block, ids] - torch.tensor(log_chances)
        drawn = drawn.masked_fill(torch.tensor(ids) == targets[block, None], -torch.inf)
        own = scores[block].gather(1, targets[block, None])
        first = torch.zeros(len(own), dtype=torch.long)
        total += F.cross_entropy(torch.cat([own, drawn], dim=1), first, reduction="sum")
    ours = softmax_loss(x, table, bias, targets, Drawn(*draws))
    assert_close(both(ours, (x, table, bias)), both(total / N, (x, table, bias)))


def test_draws_do_not_depend_on_the_number_of_threads(monkeypatch):
    monkeypatch.setattr(sampled_softmax, "BLOCK", 3)  # 5 blocks
    x, table, bias, targets = parts(6)
    sampler = WordSampler(torch.randint(99, (V,)), 9)
    before, found = torch.get_num_threads(), []
    for n_threads in (1, 2):
        torch.set_num_threads(n_threads)
        torch.manual_seed(0)
        found.append(both(softmax_loss(x, table, bias, targets, sampler), (x, table, bias)))
    torch.set_num_threads(before)
    assert_close(*found)


def test_the_sum_over_a_sample_is_right_on_average():
    """exp(loss) · p_target⁻¹ is the denominator; its mean over draws is the softmax's own.

    2,000 draws; the bound is five standard errors of their mean.
    """
    x, table, bias, _ = parts(2)
    target = torch.tensor([7])
    sampler = WordSampler(torch.arange(V) ** 2, 9)
    score = (x[0] @ table.T + bias).detach()
    with torch.no_grad():
        found = torch.stack(
            [
                (softmax_loss(x[:1], table, bias, target, sampler) + score[7]).exp()
                for _ in range(2000)
            ]
        )
    expected = score.exp().sum()
    assert (found.mean() - expected).abs() < 5 * found.std() / 2000**0.5
    assert found.std() > 0.02 * expected, "the draws differ"


@settings(max_examples=60)
@given(
    counts=st.lists(st.integers(0, 10_000), min_size=1, max_size=50),
    share=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_chances_add_up_and_draws_have_no_word_twice(counts, share, seed):
    size = max(1, round(share * len(counts)))
    sampler = WordSampler(torch.tensor(counts), size)
    chances = sampler.chances
    assert chances.sum().item() == pytest.approx(size)
    assert 0 < chances.min() <= chances.max() <= 1
    ranked = chances[torch.tensor(counts).argsort()]
    assert (ranked.diff() >= -1e-12).all(), "a more frequent word has no smaller chance"
    torch.manual_seed(seed)
    drawn = sampler.draw()
    assert len(set(drawn.ids.tolist())) == len(drawn.ids)
    assert abs(len(drawn.ids) - size) <= 1
    assert_close(drawn.log_chance, chances[drawn.ids].log().float())


def test_a_word_is_drawn_as_often_as_its_chance_says():
    torch.manual_seed(0)
    sampler = WordSampler(torch.tensor([900, 99, 24, 3, 0, 0, 8]), 3)
    seen = torch.zeros(7)
    for _ in range(4000):
        seen[sampler.draw().ids] += 1
    # by hand: roots of count + 1 are √901, 10, 5, 2, 1, 1, 3; √901 is certain, 2 are left for 22
    by_hand = torch.tensor([1, 20 / 22, 10 / 22, 4 / 22, 2 / 22, 2 / 22, 6 / 22])
    assert_close(sampler.chances.float(), by_hand)
    assert_close(seen / 4000, by_hand, rtol=0, atol=5 * 0.5 / 4000**0.5)  # five standard errors


def test_without_gradients_none_are_taken():
    x, table, bias, targets = parts(3)
    with torch.no_grad():
        loss = softmax_loss(x, table, bias, targets)
    assert not loss.requires_grad
    assert_close(loss, F.cross_entropy(x @ table.T + bias, targets).detach())


def test_under_bfloat16_it_stays_close_and_sums_in_float32():
    """A score is a sum of D products, each off by 2⁻⁸ of its size at most: 0.03 of the loss."""
    x, table, bias, targets = parts(4)
    exact, exact_gradients = both(softmax_loss(x, table, bias, targets), (x, table, bias))
    with torch.autocast("cpu", torch.bfloat16):
        rough, rough_gradients = both(softmax_loss(x, table, bias, targets), (x, table, bias))
    assert rough.dtype == torch.float32
    assert rough != exact
    assert_close(rough, exact, rtol=0.03, atol=0)
    for ours, theirs in zip(rough_gradients, exact_gradients, strict=True):
        assert_close(ours, theirs, rtol=0, atol=0.03 * theirs.abs().max())


@pytest.mark.parametrize("target", [-1, V])
def test_a_target_outside_the_vocabulary_is_refused(target):
    x, table, bias, targets = parts(5)
    targets[4] = target
    with pytest.raises(IndexError):
        softmax_loss(x, table, bias, targets)


@pytest.mark.parametrize(
    ("counts", "size", "message"),
    [
        ([1, 2], 0, r"size must lie in 1 \.\. 2, received 0"),
        ([1, 2], 3, r"size must lie in 1 \.\. 2, received 3"),
        ([1, -2], 1, "counts must be 0 or more, received -2"),
    ],
)
def test_samplers_that_make_no_sense_are_refused(counts, size, message):
    with pytest.raises(ValueError, match=message):
        WordSampler(torch.tensor(counts), size)
