"""Are the Korean sentences built by the rules, and are the held-out combinations held out?"""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.data import korean
from course_lib.data.korean import ends_in_consonant, is_new, object_of, pairs, topic


def test_particles_by_hand():
    """Golden: 책 and 학생 end in a consonant, 사과 and 아이 in a vowel."""
    assert object_of("책") == "책을"
    assert object_of("사과") == "사과를"
    assert topic("학생") == "학생은"
    assert topic("아이") == "아이는"


@given(st.integers(ord("가"), ord("힣")).map(chr))
def test_the_last_consonant_is_that_of_unicode(syllable):
    parts = unicodedata.normalize("NFD", syllable)  # two jamo, or three with a last consonant
    assert ends_in_consonant("가" + syllable) == (len(parts) == 3)


def test_a_word_in_another_script_is_refused():
    for word in ("book", "", "책s"):
        with pytest.raises(ValueError, match="must end in a syllable of Hangul"):
            ends_in_consonant(word)


def test_the_verb_moves_to_the_end_and_the_day_decides_its_tense():
    forms = {
        day: {v.english[t]: v.korean[t] for v in korean.VERBS} for day, t in korean.TENSE.items()
    }
    for pair in pairs(300, "train"):
        day = pair.english.split()[0]
        assert pair.korean.split()[0] == korean.DAYS[day]
        ends = [k for e, k in forms[day].items() if f" {e} the " in pair.english]
        assert len(ends) == 1
        assert pair.korean.endswith(f" {ends[0]} .")


def test_english_and_korean_say_the_same_words():
    table = {**korean.SUBJECTS, **korean.OBJECTS, **korean.ADJECTIVES, **korean.OF_PEOPLE}
    for pair in pairs(300, "train", seed=2):
        for word in pair.english.split():
            if word in table:
                assert table[word] in pair.korean


def test_new_combinations_stand_in_the_test_part_alone():
    def combinations(found):
        words = [pair.english.split() for pair in found]
        return {
            (a, b) for row in words for a, b in pairwise(row)
            if a in korean.ADJECTIVES and b in korean.OBJECTS
        }  # fmt: skip

    train, test = pairs(6_000, "train"), pairs(500, "test")
    assert not any(pair.new for pair in train)
    assert all(pair.new for pair in test)
    assert not any(is_new(*both) for both in combinations(train))
    new = {both for both in combinations(test) if is_new(*both)}
    assert len(new) > 8
    for adjective, noun in new:  # each of the two is known from other combinations
        assert any(a == adjective for a, _ in combinations(train))
        assert any(b == noun for _, b in combinations(train))


def test_parts_share_no_sentence_and_one_seed_gives_one_part():
    train, valid = pairs(3_000, "train"), pairs(300, "valid")
    assert not {p.english for p in train} & {p.english for p in valid}
    assert len({p.english for p in train}) == 3_000
    assert pairs(50, "train", 3) == pairs(50, "train", 3)
    assert pairs(50, "train", 3) != pairs(50, "train", 4)


def test_other_parts_are_refused():
    with pytest.raises(ValueError, match="split is one of train, valid, test, received 'dev'"):
        pairs(3, "dev")
    with pytest.raises(ValueError, match="n must be 1 or more"):
        pairs(0, "train")
