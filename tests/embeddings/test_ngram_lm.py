"""Are the count models what their papers say, and do their probabilities sum to 1?"""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ngram_reference import Reference
from numpy.testing import assert_allclose

from course_lib.embeddings.ngram_lm import (
    KneserNey,
    Laplace,
    StupidBackoff,
    estimate_discounts,
)
from course_lib.errors import CourseError

TOY = [line.split() for line in ("the cat is black", "the dog is here", "a cat is a cat")]
words = st.sampled_from(["a", "b", "c", "d", "<unk>"])
texts = st.lists(st.lists(words, max_size=7), min_size=1, max_size=11)
models = st.sampled_from(
    [
        *(lambda n=n, m=m: KneserNey(n, m) for n in (1, 2, 3, 5) for m in (True, False)),
        *(lambda n=n, k=k: Laplace(n, k) for n in (1, 2, 3) for k in (0.0, 0.3, 1.0)),
    ]
)


def zipf_text(seed, n_sentences, n_words=29):
    """Sentences whose words are drawn with falling frequency, some repeated in pairs."""
    draw = random.Random(seed)
    return [
        [f"w{min(int(draw.paretovariate(0.7)), n_words)}" for _ in range(draw.randrange(1, 13))]
        for _ in range(n_sentences)
    ]


@pytest.mark.parametrize("modified", [True, False])
@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_kneser_ney_equals_the_formulas(order, modified):
    train, test = zipf_text(1, 211), zipf_text(2, 17)
    ours = KneserNey(order, modified).fit(train)
    theirs = Reference(train, order, modified)
    assert_allclose(
        [d for n in range(order) for d in ours.discounts[n]],
        [d for n in range(1, order + 1) for d in theirs.discounts[n]],
    )
    if order < 5 or not modified:
        assert ours.fallback_orders in ([], [1])  # the rest is estimated, not the fallback
    test = [[w for w in sentence if (w,) in theirs.counts] for sentence in test]
    expected = [
        math.log(theirs.prob(word, ["<s>", *sentence][: i + 1]))
        for sentence in test
        for i, word in enumerate([*sentence, "</s>"])
    ]
    assert_allclose(ours.log_probs(test), expected, rtol=0, atol=1e-10)
    assert_allclose(ours.perplexity(test), math.exp(-np.mean(expected)), rtol=1e-10)


@settings(max_examples=40)
@given(texts, st.sampled_from([1, 2, 3, 5]), st.booleans(), st.lists(words, max_size=4))
def test_kneser_ney_equals_the_formulas_on_any_small_text(train, order, modified, context):
    vocabulary = ["a", "b", "c", "d", "<unk>", "never"]
    ours = KneserNey(order, modified).fit(train, vocabulary=vocabulary)
    theirs = Reference(train, order, modified, vocabulary=vocabulary)
    for given_context in (context, ["<s>", *context]):
        for word in [*vocabulary, "</s>"]:
            expected = theirs.prob(word, given_context)
            assert math.isclose(ours.prob(word, given_context), expected, abs_tol=1e-10)


@settings(max_examples=40)
@given(texts, models, st.lists(words, max_size=5))
def test_probabilities_sum_to_1_after_any_context(train, make, context):
    model = make().fit(train, vocabulary=["a", "b", "c", "d", "<unk>"])
    for given_context in (context, ["<s>", *context]):
        chances = model.distribution(given_context)
        assert math.isclose(chances.sum(), 1, abs_tol=1e-9)
        assert chances.min() >= 0
        one_by_one = [model.prob(word, given_context) for word in model.vocabulary]
        assert_allclose(one_by_one, chances, atol=1e-12)


def test_kneser_ney_by_hand():
    """Golden: bigrams of "a b", "a b", "c b", "c a", with discount 0.5 at both orders.

    Counts: <s>a 2, <s>c 2, ab 2, b</s> 3, cb 1, ca 1, a</s> 1. In front of a: <s>, c; of b: a, c;
    of c: <s>; of </s>: b, a. That is 2 + 2 + 1 + 2 = 7 different bigrams, V = 4.
    p(b) = (2 − 0.5) / 7 + (4 · 0.5 / 7) · 1/4 = 1.5/7 + 0.5/7 = 2/7, and so p(a) = p(</s>) = 2/7,
    p(c) = 0.5/7 + 0.5/7 = 1/7.
    p(b | a): a was followed 3 times, by b (2) and </s> (1): (2 − 0.5)/3 + (2 · 0.5/3) · 2/7
    = 1/2 + 2/21 = 25/42. p(c | a) = (1/3) · (1/7) = 1/21.
    """
    train = [["a", "b"], ["a", "b"], ["c", "b"], ["c", "a"]]
    model = KneserNey(2, discounts=[0.5, 0.5]).fit(train)
    assert math.isclose(model.prob("b"), 2 / 7)
    assert math.isclose(model.prob("c"), 1 / 7)
    assert math.isclose(model.prob("b", ["a"]), 25 / 42)
    assert math.isclose(model.prob("c", ["a"]), 1 / 21)
    assert math.isclose(model.logprob("c", ["a"]), math.log(1 / 21))


def test_ngrams_that_begin_a_sentence_keep_their_counts():
    """Golden: in a trigram model <s>a has its raw count 3, ba the one word in front of it: 1.

    Bigram level of "a", "a", "a b a", discount 0.5: after <s> only a (3 times), so
    p(a | <s>) = 2.5/3 + (0.5/3) p(a). With continuation counts it would be 0.5/1 + 0.5 p(a).
    In front of a: <s>, b; of b: a; of </s>: a. So p(a) = 1.5/4 + (1.5/4)/3 = 0.5.
    """
    model = KneserNey(3, discounts=[0.5] * 3).fit([["a"], ["a"], ["a", "b", "a"]])
    assert math.isclose(model.prob("a"), 0.5)
    assert math.isclose(model.prob("a", ["<s>"]), 2.5 / 3 + 0.5 / 3 * 0.5)


def test_the_discounts_by_hand():
    """Golden: n1..n4 = 8, 4, 2, 1 give Y = 8/16 = 0.5.

    1 − 2·0.5·4/8 = 0.5; 2 − 3·0.5·2/4 = 1.25; 3 − 4·0.5·1/2 = 2.
    """
    assert estimate_discounts([8, 4, 2, 1], modified=True) == (0.5, 1.25, 2.0)
    assert estimate_discounts([8, 4, 2, 1], modified=False) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("counts", [[0, 4, 2, 1], [8, 0, 2, 1], [8, 4, 0, 1], [8, 4, 2, 0]])
def test_without_counts_of_counts_there_is_no_estimate(counts):
    assert estimate_discounts(counts, modified=True) is None
    assert (estimate_discounts(counts, modified=False) is None) == (0 in counts[:2])


def test_a_discount_out_of_range_is_no_estimate():
    assert estimate_discounts([2, 1, 50, 1], modified=True) is None  # D_2 would be negative
    assert estimate_discounts([1, 1, 1, 500], modified=True) is None  # D_3 would be negative


def test_a_small_text_falls_back_and_says_so():
    model = KneserNey(2).fit(TOY)
    assert model.fallback_orders == [1, 2]
    assert model.discounts == [(0.5, 1.0, 1.5)] * 2
    assert KneserNey(2, modified=False).fit([["a", "a", "a"]]).discounts[1] == (0.5, 0.5, 0.5)


def test_trigrams_sum_to_one_where_nltks_do_not():
    lm = pytest.importorskip("nltk.lm")
    from nltk.lm.preprocessing import padded_everygram_pipeline

    toy = [line.split() for line in ("the cat is black", "the dog is here", "a cat is a cat")]
    ngrams, words = padded_everygram_pipeline(3, toy)
    theirs = lm.KneserNeyInterpolated(3)
    theirs.fit(ngrams, words)
    assert sum(theirs.score(word, ["<s>", "<s>"]) for word in theirs.vocab if word != "<s>") > 1.002
    assert KneserNey(3).fit(toy).distribution(["<s>"]).sum() == pytest.approx(1)


def test_bigrams_equal_nltks_where_it_agrees():
    """Nltk has one fixed discount and does not interpolate single words with the uniform.

    With our discount of single words at 0 the two agree on bigrams. From trigrams on they differ:
    nltk puts two <s> in front, and gives n-grams that begin with <s> continuation counts.
    """
    lm = pytest.importorskip("nltk.lm")
    from nltk.lm.preprocessing import padded_everygram_pipeline

    train = zipf_text(5, 41, 13)
    theirs = lm.KneserNeyInterpolated(2, discount=0.3)
    theirs.fit(*padded_everygram_pipeline(2, train))
    ours = KneserNey(2, discounts=[0.0, 0.3]).fit(train)
    for context in ["<s>", "w1", "w2", "w7"]:
        for word in ours.vocabulary:
            assert math.isclose(
                ours.prob(word, [context]), theirs.score(word, [context]), abs_tol=1e-12
            )


def test_laplace_by_hand():
    """Golden: TOY has V = 8 with </s>; "cat" occurs 3 times, "cat is" twice.

    p(is | cat) = (2 + 1) / (3 + 8); p(dog | cat) = 1 / 11; after the unseen context "zebra": 1 / 8.
    p(cat) = (3 + 1) / (16 + 8), since there are 13 words and 3 </s>.
    """
    model = Laplace(2).fit(TOY)
    assert len(model.vocabulary) == 8
    assert math.isclose(model.prob("is", ["cat"]), 3 / 11)
    assert math.isclose(model.prob("dog", ["cat"]), 1 / 11)
    assert math.isclose(Laplace(3).fit(TOY).prob("dog", ["black", "black"]), 1 / 8)
    assert math.isclose(Laplace(1).fit(TOY).prob("cat"), 4 / 24)
    assert math.isclose(model.prob("the", ["<s>"]), 3 / 11)


def test_laplace_with_nothing_added_gives_relative_frequencies():
    model = Laplace(2, k=0).fit(TOY)
    assert model.prob("is", ["cat"]) == 2 / 3
    assert model.perplexity([["dog", "black"]]) == math.inf


def test_stupid_backoff_by_hand():
    """Golden: S(is | the cat) = c(the cat is) / c(the cat) = 1.

    S(here | the cat): neither trigram nor bigram occurred, so 0.4² · c(here) / 16 = 0.01.
    """
    model = StupidBackoff(3).fit(TOY)
    assert math.isclose(model.score("is", ["the", "cat"]), 1)
    assert math.isclose(model.score("here", ["the", "cat"]), 0.01)
    assert math.isclose(model.score("the", ["<s>"]), 2 / 3)
    assert_allclose(
        [model.score(w, ["the", "cat"]) for w in model.vocabulary], model.scores(["the", "cat"])
    )
    assert model.scores(["the", "cat"]).sum() > 1.1
    assert model.pseudo_perplexity([["the", "cat"]]) > 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda m: m.perplexity(TOY),
        lambda m: m.log_probs(TOY),
        lambda m: m.prob("cat"),
        lambda m: m.logprob("cat"),
        lambda m: m.distribution(),
    ],
)
def test_a_score_is_not_handed_out_as_a_probability(ask):
    with pytest.raises(CourseError, match="sum to 1"):
        ask(StupidBackoff(2).fit(TOY))


def test_every_token_is_predicted_once():
    model = KneserNey(5).fit(TOY)
    assert len(model.log_probs([["the"], [], ["cat", "is"]])) == 2 + 1 + 3


def test_unknown_words():
    with_unknown = KneserNey(2).fit([*TOY, ["<unk>", "is", "here"]])
    seen = with_unknown.log_probs([["zebra", "is"]])
    assert_allclose(seen, with_unknown.log_probs([["<unk>", "is"]]))
    assert with_unknown.prob("zebra", ["giraffe"]) == with_unknown.prob("<unk>", ["<unk>"])
    without = KneserNey(2).fit(TOY)
    with pytest.raises(ValueError, match=r"'zebra' is not in the vocabulary.*replace rare words"):
        without.perplexity([["the", "zebra"]])
    with pytest.raises(ValueError, match="'zebra' is not in the vocabulary"):
        without.prob("zebra")
    with pytest.raises(ValueError, match="'black' is not in the vocabulary"):
        KneserNey(2).fit(TOY, vocabulary=["the", "cat", "is"])


def test_writing_is_repeatable_and_ends():
    model = KneserNey(3).fit(zipf_text(3, 101))
    assert model.generate(7) == model.generate(7)
    assert len({tuple(model.generate(seed)) for seed in range(20)}) > 10
    assert all(len(model.generate(seed, max_tokens=5)) <= 5 for seed in range(20))
    assert model.generate(1, context=["w1", "w2"], max_tokens=9)[:2] == ["w1", "w2"]
    assert all("<s>" not in model.generate(seed) for seed in range(20))
    assert set(StupidBackoff(2).fit(TOY).generate(0)) <= {w for s in TOY for w in s}
    written = {tuple(Laplace(2, k=0).fit(TOY).generate(seed)) for seed in range(50)}
    assert all(sentence[0] in ("the", "a") for sentence in written)


def test_models_may_share_their_counts():
    counts = Laplace(3).fit(TOY).counts
    shared = KneserNey(3).fit_counts(counts).log_probs(TOY)
    assert_allclose(shared, KneserNey(3).fit(TOY).log_probs(TOY))


def test_counts_and_sizes():
    model = KneserNey(3).fit(TOY)
    assert model.count(["cat", "is"]) == 2
    assert model.count(["<s>", "the"]) == 2
    assert model.count(["is", "the"]) == 0
    assert model.n_ngrams[1] == 9  # 7 words, </s>, <s>
    assert model.n_params > sum(model.n_ngrams.values())
    assert Laplace(3).fit(TOY).n_params == sum(model.n_ngrams.values())
    with pytest.raises(ValueError, match="1 to 3 tokens"):
        model.count(["a"] * 4)


def test_an_order_longer_than_every_sentence():
    for model in (KneserNey(9), Laplace(9), KneserNey(9, modified=False)):
        assert math.isclose(model.fit(TOY).distribution(["cat"] * 8).sum(), 1)
        assert math.isfinite(model.perplexity(TOY))
    assert StupidBackoff(9).fit(TOY).pseudo_perplexity(TOY) > 0


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: KneserNey(0), "order must be 1 or more, received 0"),
        (lambda: Laplace(2, k=-1), "k must be 0 or more, received -1"),
        (lambda: StupidBackoff(2, alpha=0), "alpha must lie above 0"),
        (lambda: KneserNey(2, discounts=[0.5]), "one entry an order, 2"),
        (lambda: KneserNey(1, discounts=[2.5]), "between 0 and its count"),
        (lambda: KneserNey(2).fit([]), "at least one sentence"),
        (lambda: KneserNey(2).fit_counts(Laplace(3).fit(TOY).counts), "of order 2, received 3"),
        (lambda: KneserNey(2).fit(["the cat"]), "received the string 'the cat'"),
        (lambda: KneserNey(2).fit([iter(["a"])]), "a list_iterator, which can be walked only once"),
        (lambda: KneserNey(2).fit(TOY).perplexity([iter(["the"])]), "received a list_iterator"),
        (lambda: KneserNey(2).fit([["a", None]]), "tokens must be strings, received None"),
        (lambda: KneserNey(2).fit([["<s>", "a"]]), "put there for you"),
        (lambda: KneserNey(2).fit(TOY).perplexity([["a", "</s>"]]), "put there for you"),
        (lambda: KneserNey(2).fit(TOY).prob("<s>"), "never predicted"),
        (lambda: KneserNey(3).fit(TOY).prob("a", ["the", "<s>"]), "lies in one sentence"),
        (lambda: KneserNey(3).fit(TOY).prob("a", "the"), "list of tokens"),
        (lambda: KneserNey(3).fit(TOY).perplexity([]), "a token at least"),
    ],
)
@pytest.mark.usefixtures("as_users_run_it")
def test_what_is_wrong_is_said(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_an_unfitted_model_says_so():
    with pytest.raises(CourseError, match="fit"):
        KneserNey(2).prob("a")
