"""Are spans cut out as T5's published preprocessing cuts them?

"Published" is t5 0.9.4, run under TensorFlow 2.21.
"""

from collections import Counter
from itertools import groupby

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course_lib.data.span_corruption import (
    noise_span_to_unique_sentinel,
    nonnoise_span_to_unique_sentinel,
    random_spans_helper,
    random_spans_noise_mask,
)

FIRST = 97


def n_spans(mask):
    return sum(is_noise for is_noise, _ in groupby(mask.tolist()))


def replaced(tokens, mask, which, first):
    """Walk over the tokens one by one: what the functions must do in whole rows."""
    found, sentinel = [], first
    for is_noise, span in groupby(zip(mask, tokens, strict=True), key=lambda pair: pair[0]):
        if is_noise == which:
            found.append(sentinel)
            sentinel -= 1
        else:
            found += [token for _, token in span]
    return found


@pytest.mark.parametrize(
    ("mask", "inputs", "targets"),
    [
        ("001101", [1, 2, 97, 5, 96], [97, 3, 4, 96, 6]),
        ("110100", [97, 3, 96, 5, 6], [1, 2, 97, 4, 96]),
        ("111111", [97], [1, 2, 3, 4, 5, 6]),
        ("000000", [1, 2, 3, 4, 5, 6], [97]),
        ("010101", [1, 97, 3, 96, 5, 95], [97, 2, 96, 4, 95, 6]),
    ],
)
def test_published_examples(mask, inputs, targets):
    """Golden: sentinels count down, side by side in inputs and targets; a span has one."""
    tokens, mask = np.arange(1, 7), np.array([own == "1" for own in mask])
    assert noise_span_to_unique_sentinel(tokens, mask, FIRST).tolist() == inputs
    assert nonnoise_span_to_unique_sentinel(tokens, mask, FIRST).tolist() == targets


@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=30),
    st.sampled_from([np.int16, np.int32, np.int64]),
)
def test_rows_are_what_a_walk_finds(pairs, dtype):
    tokens = np.array([token for token, _ in pairs], dtype=dtype)
    mask = np.array([is_noise for _, is_noise in pairs], dtype=bool)
    before = tokens.copy()
    inputs = noise_span_to_unique_sentinel(tokens, mask, FIRST)
    targets = nonnoise_span_to_unique_sentinel(tokens, mask, FIRST)
    assert inputs.tolist() == replaced(tokens, mask, True, FIRST)
    assert targets.tolist() == replaced(tokens, mask, False, FIRST)
    assert inputs.dtype == targets.dtype == dtype
    assert (tokens == before).all()
    as_numbers = noise_span_to_unique_sentinel(tokens, mask.astype(int), FIRST)
    assert as_numbers.tolist() == inputs.tolist()


@given(st.integers(2, 300), st.integers(0, 99))
def test_inputs_and_targets_give_the_text_back(length, seed):
    """Put what follows each sentinel in the targets where that sentinel stands in the inputs."""
    mask = random_spans_noise_mask(length, 0.15, generator=np.random.default_rng(seed))
    tokens, first = np.arange(length), 10_000
    lowest = first - n_spans(mask)
    content, text, gap = {}, [], []
    for own in nonnoise_span_to_unique_sentinel(tokens, mask, first).tolist():
        if own > lowest:
            gap = content[own] = []
        else:
            gap.append(own)
    for own in noise_span_to_unique_sentinel(tokens, mask, first).tolist():
        text += content.pop(own) if own > lowest else [own]
    assert text == tokens.tolist()
    assert not content


@pytest.mark.parametrize(
    ("length", "density", "mean", "noise", "spans"),
    [
        (2, 0.15, 3.0, 1, 1),  # 0.3 rounds to 0: one at least
        (10, 0.15, 3.0, 2, 1),  # 1.5 → 2, half to even
        (30, 0.15, 3.0, 4, 1),  # 4.5 → 4; 4 / 3 → 1
        (568, 0.15, 3.0, 85, 28),
        (90, 0.35, 3.0, 32, 11),  # 31 in 64 bits
        (95, 0.3, 3.0, 29, 10),  # 28 in 64 bits
        (190, 0.15, 3.0, 29, 10),  # 28 in 64 bits
        (20, 0.25, 2.0, 5, 2),  # 5 / 2 → 2, half to even
        (7, 0.5, 3.0, 4, 1),
        (10, 0.15, 100.0, 2, 1),
        (10, 1.0, 20.0, 9, 1),  # one is kept
    ],
)
def test_numbers_of_noise_and_spans_are_the_published_ones(length, density, mean, noise, spans):
    mask = random_spans_noise_mask(length, density, mean)
    assert (len(mask), int(mask.sum()), n_spans(mask)) == (length, noise, spans)
    assert mask.dtype == bool


def test_short_texts():
    """Golden: cut out of two tokens, of which the second is noise."""
    assert random_spans_noise_mask(0, 0.15).tolist() == []
    assert random_spans_noise_mask(1, 0.15).tolist() == [False]
    assert random_spans_noise_mask(2, 0.15).tolist() == [False, True]
    assert random_spans_noise_mask(3, 0.0).tolist() == [False, False, False]
    empty = np.array([], dtype=np.int32)
    assert noise_span_to_unique_sentinel(empty, empty.astype(bool), FIRST).tolist() == []


@given(st.integers(2, 400), st.floats(0.01, 0.6), st.floats(1, 12), st.integers(0, 99))
def test_a_mask_begins_with_text_and_ends_in_noise(length, density, mean, seed):
    try:
        mask = random_spans_noise_mask(length, density, mean, generator=np.random.default_rng(seed))
    except ValueError:
        assume(False)
    assert len(mask) == length
    assert not mask[0]
    assert mask[-1]
    assert abs(mask.sum() - length * density) <= 1
    assert abs(n_spans(mask) - mask.sum() / mean) <= 1


def test_every_mask_is_equally_likely():
    """Of 10 tokens 5 are noise in 2 spans: 4 cuts on each side, 16 masks, chi-squared of 15."""
    generator, n = np.random.default_rng(5), 8_000
    counts = Counter(
        random_spans_noise_mask(10, 0.5, 2.0, generator=generator).tobytes() for _ in range(n)
    )
    assert len(counts) == 16
    expected = n / 16
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 60  # p = 2e-7


def test_each_call_draws_anew_and_a_generator_can_be_given():
    masks = {random_spans_noise_mask(500, 0.15).tobytes() for _ in range(5)}
    assert len(masks) == 5
    np.random.seed(0)  # must not matter
    one = random_spans_noise_mask(500, 0.15)
    np.random.seed(0)
    assert not np.array_equal(one, random_spans_noise_mask(500, 0.15))
    first, second = (
        random_spans_noise_mask(500, 0.15, generator=np.random.default_rng(1)) for _ in range(2)
    )
    assert np.array_equal(first, second)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((512, 0.15, 3.0, 1, 1), (568, 114)),
        ((512, 0.5, 3.0, 1, 1), (766, 512)),  # 767 and 513 without the last step
        ((512, 0.15, 1.0, 0, 1), (601, 181)),
        ((1, 0.15, 3.0, 1, 1), (0, 1)),
        ((2, 0.15, 3.0, 1, 1), (1, 1)),
        ((5, 0.0, 3.0, 1, 1), (4, 1)),
    ],
)
def test_published_lengths(arguments, expected):
    assert random_spans_helper(*arguments) == expected


@given(st.integers(5, 700), st.floats(0.1, 0.49), st.floats(1, 10))
def test_a_text_of_that_length_fills_the_inputs_and_one_token_more_does_not_fit(n, density, mean):
    length, targets_length = random_spans_helper(n, density, mean, 1, 1)
    mask = random_spans_noise_mask(length, density, mean)
    # a mask rounds in 32 bits, and has a span where the helper has none
    n_noise = round(length * density)
    assume((int(mask.sum()), n_spans(mask)) == (n_noise, round(n_noise / mean)))
    tokens = np.arange(length)
    assert len(noise_span_to_unique_sentinel(tokens, mask, 10_000)) + 1 <= n
    assert len(nonnoise_span_to_unique_sentinel(tokens, mask, 10_000)) + 1 == targets_length
    noise = round((length + 1) * density)
    assert length + 1 - noise + round(noise / mean) + 1 > n


def test_spans_without_room_are_refused():
    """The published code stops there as well, with a message about shapes."""
    for arguments in [(3, 0.5, 1.0), (10, 0.8, 1.0), (10, 1.0, 3.0)]:
        with pytest.raises(ValueError, match=r"a token each to cut out and a token each to keep"):
            random_spans_noise_mask(*arguments)
    with pytest.raises(ValueError, match=r"4 spans must have .* of 10 tokens 2 are noise"):
        random_spans_noise_mask(10, 0.15, 0.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 0.15, 3.0), "length must be 0 or more, received -1"),
        ((9, -0.1, 3.0), "noise_density must lie between 0 and 1, received -0.1"),
        ((9, 1.5, 3.0), "noise_density must lie between 0 and 1, received 1.5"),
        ((9, 0.15, 0.0), "mean_noise_span_length must be positive, received 0.0"),
    ],
)
def test_numbers_outside_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        random_spans_noise_mask(*arguments)
    if arguments[0] > 0:
        with pytest.raises(ValueError, match=message):
            random_spans_helper(*arguments, 1, 1)


def test_inputs_that_never_fill_are_refused():
    with pytest.raises(ValueError, match="must have room for an end mark, received 0"):
        random_spans_helper(0, 0.15, 3.0, 1, 1)
    with pytest.raises(ValueError, match=r"noise_density=1.0 with extra_tokens_per_span_inputs=0"):
        random_spans_helper(9, 1.0, 3.0, 0, 1)


def test_rows_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"rows of one length, received shapes \(5,\) and \(3,\)"):
        noise_span_to_unique_sentinel(np.arange(5), np.zeros(3, dtype=bool), FIRST)
    with pytest.raises(ValueError, match="rows of one length"):
        nonnoise_span_to_unique_sentinel(np.ones((2, 3)), np.zeros((2, 3), dtype=bool), FIRST)
    with pytest.raises(OverflowError):
        noise_span_to_unique_sentinel(np.ones(3, dtype=np.uint8), np.ones(3, dtype=bool), 300)
