"""Do the searches find what they promise?"""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from course_lib.models.decoding import beam_search, greedy, greedy_batch

EOS, V = 0, 4
START = torch.tensor([1])


def markov(seed, vocab_size=V):
    """A step that looks at the last word only."""
    table = torch.randn(vocab_size, vocab_size, generator=torch.Generator().manual_seed(seed)) * 2
    return lambda ids: table.log_softmax(dim=1)[ids[:, -1]]


def score(step, ids, n_prefix, alpha):
    total = sum(float(step(ids[None, :i])[0, ids[i]].double()) for i in range(n_prefix, len(ids)))
    return total / ((5 + len(ids) - n_prefix) / 6) ** alpha


def every_text(step, n, alpha, vocab_size=V):
    """Return all texts that end, or reach the limit, with their scores, best first."""
    texts = []
    for length in range(1, n + 1):
        for words in itertools.product(range(1, vocab_size), repeat=length - 1):
            ends = range(vocab_size) if length == n else [EOS]
            texts += [torch.tensor([1, *words, end]) for end in ends]
    return sorted(((t, score(step, t, 1, alpha)) for t in texts), key=lambda pair: -pair[1])


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.6, 1.0, 2.0, -0.5]))
def test_a_wide_beam_finds_the_best_of_all_texts(seed, alpha):
    step = markov(seed)
    expected = every_text(step, 4, alpha)
    found = beam_search(step, START, EOS, 300, 4, alpha)
    assert len(found) == len(expected)
    for (ids, p), (_, q) in zip(found, expected, strict=True):
        assert p == pytest.approx(q, abs=1e-5)
        assert p == pytest.approx(score(step, ids, 1, alpha), abs=1e-5)
    assert_close(found[0][0], expected[0][0])


@given(st.integers(0, 10_000))
def test_a_beam_of_one_without_penalty_is_greedy_until_it_ends(seed):
    step = markov(seed, 11)
    ids = greedy(step, START, EOS, 6)
    beam = [row for row, _ in beam_search(step, START, EOS, 1, 6, 0.0)]
    assert len(beam) == 1
    best = score(step, beam[0], 1, 0.0)
    assert best >= score(step, ids, 1, 0.0) - 1e-6


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_scores_come_best_first_and_are_the_texts_own(seed, beam_size):
    step = markov(seed, 9)
    found = beam_search(step, START, EOS, beam_size, 7, 0.6)
    assert 1 <= len(found) <= beam_size
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    for ids, p in found:
        assert p == pytest.approx(score(step, ids, 1, 0.6), abs=1e-5)
        assert EOS not in ids[1:-1]
        assert ids[-1] == EOS or len(ids) == 8


def scripted(continuations):
    """A step that knows a few texts: {text so far: {word: probability}}; all else ends at once."""

    def step(ids):
        rows = torch.full((len(ids), 5), -math.inf)
        for row, text in zip(rows, ids.tolist(), strict=True):
            for word, p in continuations.get(tuple(text), {EOS: 1.0}).items():
                row[word] = math.log(p)
        return rows

    return step


def test_it_goes_on_while_an_open_text_can_still_overtake():
    """Golden: ending at once scores log .5 = −.69; the long text log .35 / (10/6)² = −.38.

    After one more word it would stand at −.77 only: the bound has to look to the limit.
    """
    step = scripted(
        {
            (1,): {EOS: 0.5, 2: 0.35, 3: 0.15},
            (1, 2): {3: 1.0},
            (1, 2, 3): {3: 1.0},
            (1, 2, 3, 3): {3: 1.0},
        }
    )
    best, p = beam_search(step, START, EOS, 1, 9, 2.0)[0]
    assert best.tolist() == [1, 2, 3, 3, 3, EOS]
    assert p == pytest.approx(math.log(0.35) / (10 / 6) ** 2)
    assert beam_search(step, START, EOS, 1, 9, 0.0)[0][0].tolist() == [1, EOS]


def test_it_ends_when_nothing_can_overtake():
    calls = []

    def step(ids):
        calls.append(len(ids))
        return torch.tensor([[math.log(0.9), -math.inf, math.log(0.1)]]).expand(len(ids), -1)

    found = beam_search(step, START, EOS, 1, 500, 0.0)
    assert found[0][0].tolist() == [1, EOS]
    assert len(calls) == 1


def test_the_end_mark_counts_for_the_penalty():
    """Golden: one word and the end mark, probability 1/4 together: log(1/4) / (7/6)."""
    step = scripted({(1,): {2: 0.25}, (1, 2): {EOS: 1.0}})
    assert beam_search(step, START, EOS, 2, 5, 1.0)[0][1] == pytest.approx(math.log(0.25) * 6 / 7)


def test_a_beam_may_be_wider_than_the_vocabulary():
    assert beam_search(markov(0), START, EOS, 50, 1, 0.6)[0][0].shape == (2,)
    assert len(beam_search(markov(0), START, EOS, 50, 1, 0.6)) == V


class Rows:
    """A step with a cache: it remembers what each row was, and must be told when rows move."""

    def __init__(self, step):
        self.step, self.seen = step, None

    def __call__(self, ids):
        if self.seen is not None:
            assert_close(ids[:, :-1], self.seen)
        self.seen = ids
        return self.step(ids)

    def reorder(self, rows):
        self.seen = self.seen[rows]


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_a_cache_is_told_which_rows_go_on(seed, beam_size):
    step = markov(seed, 7)
    plain = beam_search(step, START, EOS, beam_size, 6, 0.6)
    cached = beam_search(Rows(step), START, EOS, beam_size, 6, 0.6)
    assert [ids.tolist() for ids, _ in plain] == [ids.tolist() for ids, _ in cached]
    starts = torch.tensor([[1], [2], [3], [4]])
    rows = greedy_batch(Rows(step), starts, EOS, 6)
    for start, own in zip(starts, rows, strict=True):
        assert_close(own, greedy(step, start, EOS, 6))


def test_greedy_by_hand():
    step = scripted({(1,): {2: 0.6, 3: 0.4}, (1, 2): {EOS: 0.7, 4: 0.3}})
    assert greedy(step, START, EOS, 9).tolist() == [1, 2, EOS]
    assert greedy(step, START, EOS, 1).tolist() == [1, 2]
    assert greedy(step, torch.tensor([1, 2]), EOS, 1).tolist() == [1, 2, EOS]


def test_what_cannot_be_searched_is_refused():
    for search in (
        lambda prefix, n: greedy(markov(0), prefix, EOS, n),
        lambda prefix, n: beam_search(markov(0), prefix, EOS, 2, n, 0.6),
    ):
        with pytest.raises(ValueError, match="the prefix must hold one id or more"):
            search(START[:0], 3)
        with pytest.raises(ValueError, match="max_new_tokens must be 1 or more, received 0"):
            search(START, 0)
    with pytest.raises(ValueError, match="beam_size must be 1 or more, received 0"):
        beam_search(markov(0), START, EOS, 0, 3, 0.6)
