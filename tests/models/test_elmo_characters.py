"""Are words spelled as the published weights expect them?"""

import pytest

from course_lib.models.elmo_characters import N_CHARACTERS, character_ids, check_sentences


def test_a_word_by_hand():
    """Golden: 258 begins, "a" is byte 97, "é" is 195 169, 259 ends, 260 fills; each plus 1."""
    assert character_ids("aé", 8) == [259, 98, 196, 170, 260, 261, 261, 261]


@pytest.mark.parametrize(("mark", "byte"), [("<S>", 256), ("</S>", 257)])
def test_sentence_marks_are_single_characters(mark, byte):
    assert character_ids(mark) == [259, byte + 1, 260] + [261] * 47


@pytest.mark.parametrize("token", ["", "a", "x" * 48, "x" * 49, "한국어" * 20])
def test_every_token_is_fifty_long_and_has_both_marks(token):
    ids = character_ids(token)
    kept = token.encode()[:48]
    assert len(ids) == 50
    assert ids[0] == 259
    assert ids[1 : 1 + len(kept)] == [byte + 1 for byte in kept]
    assert ids[1 + len(kept)] == 260
    assert set(ids[2 + len(kept) :]) <= {261}
    assert 0 < min(ids) <= max(ids) < N_CHARACTERS


def test_a_lone_surrogate_is_left_out():
    """It has no bytes in UTF-8; the published code ignores it."""
    assert character_ids("a\ud800b") == character_ids("ab")


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ("a b", "received the string 'a b'"),
        (["a b"], "split it"),
        ((row for row in [["a"]]), "received a generator"),
        ([iter(["a"])], "row 0 must be a list of tokens, received a list_iterator"),
        ([None], "received a NoneType"),
        ([[1]], "must hold strings, received 1"),
    ],
)
@pytest.mark.usefixtures("as_users_run_it")
def test_what_is_no_batch_is_refused(batch, message):
    with pytest.raises(ValueError, match=message):
        check_sentences(batch)
