"""Do the compiled loops draw what they should, and does gensim take the same steps?"""

import numpy as np
import pytest
from gensim.models import Word2Vec as Theirs
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from course_lib.embeddings import word2vec_fast as fast
from course_lib.embeddings.word2vec_counts import (
    alias_table,
    count_words,
    keep_probability,
    noise_distribution,
)
from course_lib.embeddings.word2vec_stream import Chunk, encode

V, D = 13, 7
STATE = np.uint64(20240401)


def test_the_commonest_word_comes_first_and_equals_in_alphabetical_order():
    found = count_words([["b", "a", "c"], ["c", "d"], []], min_count=1)
    assert found.words == ["c", "a", "b", "d"]
    assert found.counts.tolist() == [2, 1, 1, 1]
    assert (found.total, found.n_sentences) == (5, 3)


def test_noise_and_keeping_by_hand():
    """Golden: counts 81 and 16: 81^¾ = 27 and 16^¾ = 8, so 27/35 and 8/35.

    With t = 0.01 and a share f of 81/97: t / f = 0.011975, √ = 0.109431, together 0.121406.
    """
    counts = np.array([81, 16])
    np.testing.assert_allclose(noise_distribution(counts), [27 / 35, 8 / 35])
    assert keep_probability(counts, 0.01)[0] == pytest.approx(0.121406, abs=2e-6)
    assert keep_probability(counts, 0).tolist() == [1, 1]


def test_keeping_is_gensims():
    text = [["the"] * 900 + ["cat"] * 90 + ["sat"] * 9]
    theirs = Theirs(text, min_count=1, sample=1e-2, vector_size=2, epochs=1)
    wanted = [theirs.wv.get_vecattr(w, "sample_int") / 2**32 for w in theirs.wv.index_to_key]
    counts = np.array([900, 90, 9])
    np.testing.assert_allclose(keep_probability(counts, 1e-2), wanted, rtol=1e-6)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=40))
def test_the_alias_table_holds_the_distribution(counts):
    """Property: what all columns say of a word adds up to its probability."""
    wanted = noise_distribution(np.array(counts))
    threshold, alias = alias_table(wanted)
    own = threshold / 2.0**32
    found = own.copy()
    np.add.at(found, alias, 1 - own)
    np.testing.assert_allclose(found / len(counts), wanted, atol=1e-8)


def test_probabilities_that_do_not_sum_to_one_are_refused():
    with pytest.raises(ValueError, match="must sum to 1"):
        alias_table(np.array([0.5, 0.2]))


def test_draws_follow_the_noise_and_leave_out_the_true_word():
    noise = noise_distribution(np.arange(1, V + 1) ** 2)
    threshold, alias = alias_table(noise)
    targets, state, counts, skipped = np.empty(6, np.int32), STATE, np.zeros(V), 0
    for _ in range(20_000):
        n, state = fast.draw_targets(3, 5, threshold, alias, state, targets)
        assert targets[0] == 3
        skipped += 6 - n
        np.add.at(counts, targets[1:n], 1)
    assert counts[3] == 0
    assert skipped == pytest.approx(100_000 * noise[3], rel=0.1)
    others = np.arange(V) != 3
    expected = noise[others] / noise[others].sum() * counts.sum()
    assert stats.chisquare(counts[others], expected).pvalue > 1e-3


def test_thinning_keeps_the_share_and_the_order():
    ids = np.tile(np.arange(3, dtype=np.int32), 20_000)
    keep, kept = np.array([1, 0.5, 0.1], dtype=np.float32), np.empty(len(ids), np.int32)
    n, _ = fast.thin_out(ids, 0, len(ids), keep, STATE, kept)
    shares = np.bincount(kept[:n], minlength=3) / 20_000
    np.testing.assert_allclose(shares, keep, atol=0.02)


@pytest.mark.parametrize("window", [1, 2, 5])
def test_the_number_of_pairs_is_what_the_window_gives(window):
    """Golden: ten words, fixed window w: 2 Σ (10 − d) for d = 1 .. w pairs."""
    ids = np.arange(10, dtype=np.int32)
    threshold, alias = alias_table(np.full(10, 0.1))
    tables = np.zeros((10, D), np.float32), np.zeros((10, D), np.float32)
    found = fast.skip_gram(
        *tables, ids, np.array([0, 10]), 0, 1, np.ones(10, np.float32), threshold, alias,
        (window, False, 2), np.float32(0.1), STATE,
    )  # fmt: skip
    assert found == 2 * sum(10 - d for d in range(1, window + 1))


def test_a_shrinking_window_draws_every_reach_equally_often():
    """A long sentence: on average (1 + … + w) / w = 3 words to either side for w = 5."""
    n = 30_000
    ids = np.zeros(n, dtype=np.int32)
    threshold, alias = alias_table(np.full(2, 0.5))
    tables = np.zeros((2, 1), np.float32), np.zeros((2, 1), np.float32)
    found = fast.skip_gram(
        *tables, ids, np.array([0, n]), 0, 1, np.ones(2, np.float32), threshold, alias,
        (5, True, 1), np.float32(1e-9), STATE,
    )  # fmt: skip
    assert found / n == pytest.approx(6, rel=0.01)


def test_sentences_do_not_touch():
    """Two sentences of one word each have no pair, and nothing moves."""
    threshold, alias = alias_table(np.full(2, 0.5))
    inputs, outputs = np.ones((2, 3), np.float32), np.ones((2, 3), np.float32)
    rest = (np.ones(2, np.float32), threshold, alias, (5, True, 3), np.float32(0.1), STATE)
    ids, offsets = np.array([0, 1], np.int32), np.array([0, 1, 2])
    for train in (fast.skip_gram, fast.cbow):
        assert train(inputs, outputs, ids, offsets, 0, 2, *rest) == 0
    assert (inputs == 1).all()
    assert (outputs == 1).all()


@given(st.lists(st.lists(st.sampled_from("abcde"), max_size=7), min_size=1, max_size=20))
def test_encoding_keeps_every_known_word_in_order(sentences):
    """Property: chunks, put together, are the text without its unknown words and empty lines."""
    words, found = ["c", "a", "e"], []
    for chunk in encode(sentences, words, chunk_words=5):
        for s in range(len(chunk.offsets) - 1):
            ids = chunk.ids[chunk.offsets[s] : chunk.offsets[s + 1]]
            found.append([words[i] for i in ids])
    wanted = [[word for word in sentence if word in words] for sentence in sentences]
    assert found == [sentence for sentence in wanted if sentence]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 20))
def test_jobs_cover_every_sentence_once(lengths, job_words):
    offsets = np.cumsum([0, *lengths])
    chunk = Chunk(np.zeros(offsets[-1], np.int32), offsets)
    jobs = list(chunk.jobs(job_words))
    assert [s for first, last in jobs for s in range(first, last)] == list(range(len(lengths)))
    assert all(offsets[last] - offsets[first] >= job_words for first, last in jobs[:-1])


class GensimsDraws:
    """Gensim's generator and table, from its source (word2vec_inner.pyx), to know its draws."""

    def __init__(self, model, seed):
        draw = np.random.RandomState(seed)
        self.state = 2**24 * int(draw.randint(0, 2**24)) + int(draw.randint(0, 2**24))
        self.table = model.cum_table

    def next(self) -> int:
        drawn = int(np.searchsorted(self.table, (self.state >> 16) % int(self.table[-1])))
        self.state = (self.state * 25214903917 + 11) & 281474976710655
        return drawn


def exact(score):
    return 1 / (1 + np.exp(-score))


def from_a_table(score):
    """The sigmoid of gensim and word2vec.c: 1,000 entries for −6 .. 6, each read at its left end.

    subtle: both compute the scale 1000 / 6 / 2 in whole numbers, 83 for 83.33, so that they read
    the sigmoid of about score − 0.024 in the middle and of score − 0.048 at the right end.
    """
    place = int((score + 6) * 83)
    return exact((place / 1000 * 2 - 1) * 6)


def step(hidden, outputs, targets, rate, sigmoid):
    """The step of word2vec_fast.learn, written out, with any sigmoid."""
    change = np.zeros_like(hidden)
    for k, target in enumerate(targets):
        slope = rate * ((k == 0) - sigmoid(hidden @ outputs[target]))
        change += slope * outputs[target]
        outputs[target] += slope * hidden
    return change


def test_the_step_is_the_one_written_out():
    draw = np.random.default_rng(3)
    hidden, outputs = draw.normal(size=D), draw.normal(size=(V, D))
    targets, change, ours = np.array([3, 5, 8, 5], np.int32), np.zeros(D), outputs.copy()
    fast.learn(hidden, ours, targets, 4, 0.1, change)
    np.testing.assert_allclose(change, step(hidden, outputs, targets, 0.1, exact), atol=1e-12)
    np.testing.assert_allclose(ours, outputs, atol=1e-12)


@pytest.mark.parametrize("sg", [1, 0], ids=["skip-gram", "cbow"])
@pytest.mark.parametrize(("sigmoid", "tolerance"), [(from_a_table, 1e-6), (exact, 5e-3)])
def test_gensim_takes_the_same_steps(sg, sigmoid, tolerance):
    """One sentence, gensim's own draws, our steps: both tables agree.

    To the last digits with gensim's sigmoid. With the exact one its error of up to 0.015 is left,
    times the rate, times vectors of length 1 or so, over some twenty steps.
    For CBOW gensim adds the whole error to each word of the window; the gradient of a mean of W
    words would be divided by W, and is so in our code.
    """
    words = [f"w{i}" for i in range(V)]
    model = Theirs(
        [[w] * (i + 1) for i, w in enumerate(words)], vector_size=D, window=2, negative=4,
        sample=0, sg=sg, min_count=1, shrink_windows=False, workers=1, epochs=1,
    )  # fmt: skip
    draw = np.random.default_rng(0)
    model.wv.vectors[:] = draw.normal(size=(V, D)) / 2
    model.syn1neg[:] = draw.normal(size=(V, D)) / 2
    inputs, outputs = model.wv.vectors.copy(), model.syn1neg.copy()
    before = inputs.copy()
    sentence = [words[i] for i in (3, 1, 4, 1, 5, 9, 2)]
    model.random = np.random.RandomState(7)
    theirs = GensimsDraws(model, 7)
    model.train([sentence], total_examples=1, epochs=1, start_alpha=0.05, end_alpha=0.05)

    ids = [model.wv.key_to_index[word] for word in sentence]
    for i, centre in enumerate(ids):
        around = ids[max(0, i - 2) : i] + ids[i + 1 : i + 3]
        # gensim's skip-gram predicts the centre from each word around it
        for given_words in [[word] for word in around] if sg else [around]:
            drawn = [word for word in (theirs.next() for _ in range(4)) if word != centre]
            hidden = inputs[given_words].mean(axis=0)
            change = step(hidden, outputs, [centre, *drawn], 0.05, sigmoid)
            np.add.at(inputs, given_words, change)
    assert np.abs(inputs - before).max() > 20 * tolerance
    np.testing.assert_allclose(model.wv.vectors, inputs, atol=tolerance, rtol=0)
    np.testing.assert_allclose(model.syn1neg, outputs, atol=tolerance, rtol=0)
