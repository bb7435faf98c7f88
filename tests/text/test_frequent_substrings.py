"""Are frequent substrings found as by counting?"""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from course_lib.text.frequent_substrings import frequent_substrings


def counted(words, longest):
    """Count every substring, and drop those that one longer substring explains."""
    counts, after = Counter(), {}
    for word, n in words.items():
        for start in range(len(word)):
            for end in range(start + 2, min(start + longest, len(word)) + 1):
                piece = word[start:end]
                counts[piece] += n
                # each word's end is a character of its own
                after.setdefault(piece, set()).add(word[end] if end < len(word) else object())
    ends = {p: any(not isinstance(c, str) for c in after[p]) for p in counts}
    return {
        p: n
        for p, n in counts.items()
        if n > 1 and (len(p) == longest or ends[p] or len(after[p]) > 1)
    }


def test_by_hand():
    """Golden: ab and abc end words; bc is only in abc but ends it; c is one character."""
    found = frequent_substrings(Counter({"ab": 1, "abc": 2, "xabd": 1}), 16)
    assert found == {"ab": 4, "abc": 2, "bc": 2}


def test_what_is_always_followed_by_the_same_is_left_out():
    found = frequent_substrings(Counter({"tower": 3, "power": 2}), 16)
    assert found == {"tower": 3, "power": 2, "ower": 5, "wer": 5, "er": 5}
    assert frequent_substrings(Counter({"tower": 3}), 3) == {"tow": 3, "owe": 3, "wer": 3, "er": 3}


@given(
    st.dictionaries(st.text("ab가", min_size=1, max_size=9), st.integers(1, 3), min_size=1),
    st.integers(2, 6),
)
def test_all_are_found_with_their_counts(words, longest):
    assert frequent_substrings(Counter(words), longest) == counted(words, longest)
