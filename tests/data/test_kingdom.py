"""Does the kingdom say what it promises: rank and gender, each by itself?"""

from collections import Counter

import pytest

from course_lib.data import kingdom

ALL = [person for pair in kingdom.PEOPLE.values() for person in pair]


def test_every_sentence_has_one_person():
    for sentence in kingdom.sentences(500):
        assert sum(word in ALL for word in sentence) == 1


def test_words_of_rank_and_of_gender_never_mix():
    """A king never serves and never wears a gown."""
    rank_of = {person: rank for rank, pair in kingdom.PEOPLE.items() for person in pair}
    for sentence in kingdom.sentences(2000, seed=1):
        person = next(word for word in sentence if word in ALL)
        rank, is_she = rank_of[person], person in [she for _, she in kingdom.PEOPLE.values()]
        for other, deeds in kingdom.DEEDS.items():
            if other != rank:
                assert not set(sentence) & {*deeds, *kingdom.PLACES[other]}
        wrong = kingdom.HE if is_she else kingdom.SHE
        assert not set(sentence) & {wrong["pronoun"], wrong["own"], *wrong["marks"]}


def test_people_are_equally_frequent():
    counts = Counter(word for s in kingdom.sentences(12_000) for word in s if word in ALL)
    assert all(800 < counts[person] < 1200 for person in ALL)


def test_one_seed_gives_one_text():
    assert kingdom.sentences(50, seed=3) == kingdom.sentences(50, seed=3)
    assert kingdom.sentences(50, seed=3) != kingdom.sentences(50, seed=4)
    with pytest.raises(ValueError, match="n must be 1 or more"):
        kingdom.sentences(0)


def test_analogies_hold_by_construction():
    found = kingdom.analogies()
    assert kingdom.Analogy("man", "woman", "king", "queen") in found
    assert len(found) == len(set(found)) == 2 * 6 * 5
