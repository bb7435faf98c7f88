"""Are pieces learned by joining the most frequent neighbours, and always the same ones?"""

from collections import Counter
from itertools import pairwise

import pytest
from bert_texts import TEXTS, words
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer

from course_lib.text.wordpiece_training import learn_pieces

N_PIECES = 263
OURS = learn_pieces(Counter(word for text in TEXTS for word in words(text)), N_PIECES)


def slow_counts(parts, counts):
    """Count neighbours anew, all of them."""
    pairs = Counter()
    for own, count in zip(parts, counts, strict=True):
        for pair in pairwise(own):
            pairs[pair] += count
    return pairs


def together(pair):
    return pair[0] + pair[1].removeprefix("##")


def slow_join(own, pair):
    joined = []
    for piece in own:
        if joined and joined[-1] is not None and (joined[-1], piece) == pair:
            joined[-1:] = [together(pair), None]  # the mark keeps a new piece out of a second join
        else:
            joined.append(piece)
    return [piece for piece in joined if piece is not None]


def slow_pieces(words, n_pieces):
    """Learn with nothing but lists: what `learn_pieces` must find faster."""
    inside = {letter for word in words if len(word) > 1 for letter in word}
    pieces = sorted(set("".join(words))) + ["##" + letter for letter in sorted(inside)]
    parts = [[word[0], *("##" + letter for letter in word[1:])] for word in words]
    while pairs := slow_counts(parts, words.values()):
        if len(pieces) >= n_pieces:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], *map(pieces.index, pair)))
        parts = [slow_join(own, best) for own in parts]
        if together(best) not in pieces:
            pieces.append(together(best))
    return pieces


def test_pieces_by_hand():
    """Golden: (##u, ##g) occurs 10 + 12 + 5 times, (h, ##u) 10 + 5, (p, ##u) 12, (##g, ##s) 5.

    So "##ug" is first; then (h, ##ug) has 15, (p, ##ug) 12, and at last (hug, ##s) 5.
    """
    words = Counter(hug=10, pug=12, hugs=5)
    letters = ["g", "h", "p", "s", "u", "##g", "##h", "##p", "##s", "##u"]
    assert learn_pieces(words, 13) == [*letters, "##ug", "hug", "pug"]
    assert learn_pieces(words, 99) == [*letters, "##ug", "hug", "pug", "hugs"]


def test_ties_by_hand():
    """Golden: all pairs once; (a, ##c) is (0, 6), (b, ##a) (1, 4): ids, not letters, decide.

    "cab" gives (c, ##a) and (##a, ##b): the left piece c was found before ##a.
    """
    letters = ["a", "b", "c", "##a", "##b", "##c"]
    assert learn_pieces(Counter(["ba", "ac"]), 8) == [*letters, "ac", "ba"]
    assert learn_pieces(Counter(["cab"]), 8) == [*letters, "ca", "cab"]
    assert learn_pieces(Counter(["x", "aa"]), 5) == ["a", "x", "##a", "aa"]


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=7) | st.text("aab", min_size=5, max_size=13),
        st.integers(1, 5),
        max_size=8,
    )
)
def test_pieces_are_those_of_counting_anew(words):
    n_letters = len(learn_pieces(Counter(words), 6))
    for n_pieces in (n_letters, n_letters + 3, 99):
        assert learn_pieces(Counter(words), n_pieces) == slow_pieces(words, n_pieces)


def test_each_step_of_tokenizers_training_is_one_of_ours():
    """Ties apart (theirs are not reproducible), both join the most frequent neighbours."""
    theirs = BertWordPieceTokenizer()
    theirs.train_from_iterator(TEXTS, N_PIECES, min_frequency=0, show_progress=False)
    found = sorted(theirs.get_vocab(), key=theirs.token_to_id)
    for pieces in (found[5:], OURS):  # special tokens are theirs
        counts = Counter(word for text in TEXTS for word in words(text))
        parts = [[word[0], *("##" + letter for letter in word[1:])] for word in counts]
        n_joined = 0
        for piece in pieces:
            if len(piece.removeprefix("##")) == 1:
                continue
            pairs = slow_counts(parts, counts.values())
            most = [pair for pair, count in pairs.items() if count == max(pairs.values())]
            best = [pair for pair in most if together(pair) == piece]
            assert best, f"{piece} does not come of the most frequent neighbours"
            parts = [slow_join(own, best[0]) for own in parts]
            n_joined += 1
        assert n_joined > 100


@given(st.permutations(TEXTS))
def test_the_order_of_texts_changes_nothing(texts):
    assert learn_pieces(Counter(w for text in texts for w in words(text)), N_PIECES) == OURS


def test_letters_without_room_are_refused():
    with pytest.raises(ValueError, match=r"room for 6 pieces .* \(3 .*, 3 inside\), received 5"):
        learn_pieces(Counter(["cab"]), 5)
