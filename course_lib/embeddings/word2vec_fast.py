"""word2vec's inner loops, compiled. Axes: V vocabulary, D numbers a word, N words, S sentences.

The mathematics is that of word2vec_reference.py, one pair after the other. Threads share both
tables without locks (Hogwild, Niu et al. 2011): an update may be lost where two threads write one
row at the same moment, so with several threads no two runs give the same numbers.

subtle: `no_type_check` keeps the tests' shape checker away from what numba compiles.
"""

from typing import no_type_check

import numpy as np
from numba import njit

# Knuth's linear congruential generator modulo 2⁶⁴; only its upper half is used
FACTOR = np.uint64(6364136223846793005)
SUMMAND = np.uint64(1442695040888963407)
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
UNIT = np.float32(2.0**-32)


@njit(nogil=True, cache=True)
@no_type_check
def thin_out(ids, first, last, keep, state, kept):
    """Copy the occurrences that stay to `kept`; return how many there are, and the state."""
    n = 0
    for position in range(first, last):
        word = ids[position]
        state = state * FACTOR + SUMMAND
        if np.float32(state >> HALF) * UNIT < keep[word]:
            kept[n] = word
            n += 1
    return n, state


@njit(nogil=True, cache=True)
@no_type_check
def draw_targets(true, negative, threshold, alias, state, targets):
    """Put the true word and the drawn ones into `targets`; return their number, and the state.

    A draw that gives the true word is left out, as word2vec.c does.
    """
    size = np.uint64(len(alias))
    targets[0] = true
    n = 1
    for _ in range(negative):
        state = state * FACTOR + SUMMAND
        product = (state >> HALF) * size  # upper half: the column; lower half: the fraction
        drawn = np.int32(product >> HALF)
        if (product & LOW) >= threshold[drawn]:
            drawn = alias[drawn]
        if drawn != true:
            targets[n] = drawn
            n += 1
    return n, state


@njit(nogil=True, fastmath=True, error_model="numpy", cache=True)
@no_type_check
def learn(hidden, outputs, targets, n_targets, rate, change):
    """Take a step for one pair: targets[0] is true, the others are not.

    Moves the targets' rows of `outputs`, and adds to `change` by what `hidden` should move.
    """
    for k in range(n_targets):
        row = outputs[targets[k]]
        score = np.float32(0)
        for d in range(len(hidden)):
            score += hidden[d] * row[d]
        label = np.float32(1) if k == 0 else np.float32(0)
        slope = rate * (label - np.float32(1) / (np.float32(1) + np.exp(-score)))
        for d in range(len(hidden)):
            change[d] += slope * row[d]
            row[d] += slope * hidden[d]


@njit(nogil=True, fastmath=True, error_model="numpy", cache=True)
@no_type_check
def skip_gram(
    inputs, outputs, ids, offsets, first, last, keep, threshold, alias, settings, rate, state
):
    """Train on sentences first .. last − 1; return the number of pairs.

    settings: window, whether it shrinks, number of false pairs.
    """
    window, shrink, negative = settings
    kept = np.empty(np.max(offsets[first + 1 : last + 1] - offsets[first:last]), np.int32)
    targets = np.empty(negative + 1, np.int32)
    change = np.zeros(inputs.shape[1], np.float32)
    n_pairs = 0
    for s in range(first, last):
        n, state = thin_out(ids, offsets[s], offsets[s + 1], keep, state, kept)
        for i in range(n):
            state = state * FACTOR + SUMMAND
            reach = 1 + np.int64((state >> HALF) % np.uint64(window)) if shrink else window
            centre = inputs[kept[i]]
            for j in range(max(0, i - reach), min(n, i + reach + 1)):
                if j == i:
                    continue
                m, state = draw_targets(kept[j], negative, threshold, alias, state, targets)
                learn(centre, outputs, targets, m, rate, change)
                for d in range(len(change)):
                    centre[d] += change[d]
                    change[d] = 0
                n_pairs += 1
    return n_pairs


@njit(nogil=True, fastmath=True, error_model="numpy", cache=True)
@no_type_check
def cbow(inputs, outputs, ids, offsets, first, last, keep, threshold, alias, settings, rate, state):
    """Train on sentences first .. last − 1; return the number of centres that had neighbours.

    settings: as for skip_gram.
    """
    window, shrink, negative = settings
    kept = np.empty(np.max(offsets[first + 1 : last + 1] - offsets[first:last]), np.int32)
    targets = np.empty(negative + 1, np.int32)
    change = np.zeros(inputs.shape[1], np.float32)
    hidden = np.zeros(inputs.shape[1], np.float32)
    n_centres = 0
    for s in range(first, last):
        n, state = thin_out(ids, offsets[s], offsets[s + 1], keep, state, kept)
        for i in range(n):
            state = state * FACTOR + SUMMAND
            reach = 1 + np.int64((state >> HALF) % np.uint64(window)) if shrink else window
            low, high = max(0, i - reach), min(n, i + reach + 1)
            if high - low < 2:
                continue
            share = np.float32(1) / np.float32(high - low - 1)
            hidden[:] = 0
            change[:] = 0
            for j in range(low, high):
                if j != i:
                    row = inputs[kept[j]]
                    for d in range(len(hidden)):
                        hidden[d] += share * row[d]
            m, state = draw_targets(kept[i], negative, threshold, alias, state, targets)
            learn(hidden, outputs, targets, m, rate, change)
            for j in range(low, high):
                if j != i:
                    row = inputs[kept[j]]
                    for d in range(len(hidden)):
                        row[d] += share * change[d]
            n_centres += 1
    return n_centres
