"""Does the spelling of unknown words cost what a probability of words must cost?"""

import numpy as np
import pytest

from course_lib.embeddings.ngram_lm import KneserNey
from course_lib.recipes.ch13.spelling import BYTES, ORDER, Spelling

SENTENCES = [["the", "lemma", "of", "zorn"], ["the", "lemmas", "of", "zorn", "and", "noether"]]
KNOWN = {"the", "of", "and"}


def test_a_word_costs_the_sum_of_its_bytes_and_their_end():
    model = KneserNey(ORDER).fit(
        [[BYTES[b] for b in word.encode()] for word in ("lemma", "lemmas", "noether", "zorn")],
        vocabulary=BYTES,
    )
    found = Spelling(SENTENCES, KNOWN).log_probs(["lemma", "é", "zornig"])
    assert found.shape == (3,)
    for word, log_prob in zip(("lemma", "é", "zornig"), found, strict=True):
        by_byte = model.log_probs([[BYTES[b] for b in word.encode()]])
        assert len(by_byte) == len(word.encode()) + 1
        assert np.isclose(log_prob, by_byte.sum())


def test_every_word_has_a_probability_and_a_likely_one_a_higher():
    spelling = Spelling(SENTENCES, KNOWN)
    likely, unlikely, letter = spelling.log_probs(["lemmas", "qjxvwk", "\N{HANGUL SYLLABLE GA}"])
    assert np.isfinite([likely, unlikely, letter]).all()
    assert likely > unlikely
    assert len(spelling.log_probs([])) == 0


def test_words_of_all_lengths_have_at_most_one_together():
    """Of one or two bytes there are 65,792; their probabilities must leave room for the others."""
    rng = np.random.default_rng(0)
    spelling = Spelling([["".join(rng.choice(list("abc"), 3)) for _ in range(30)]], [])
    letters = [chr(i) for i in range(128)]
    short = [*letters, *(a + b for a in letters for b in letters)]
    assert 0 < np.exp(spelling.log_probs(short)).sum() < 1


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(ValueError, match="unknown words, received none"):
        Spelling([["the"]], KNOWN)
