"""The small loops of an LSTM step, compiled. Axes: B rows, H memory cells, P numbers handed on.

`fast_lstm.py` says what is computed; here is what is done between two products of matrices. Each
function handles one position of all rows, and writes into the arrays that it is given.

A row that has ended (t is its length or more) keeps its memory and what it last handed on.

subtle: `no_type_check` keeps the tests' shape checker away from what numba compiles.
"""

from typing import no_type_check

import numpy as np
from numba import njit

ONE = np.float32(1)
LOG2_E = np.float32(1.4426950408889634)
LARGEST = np.float32(126)  # powers of two beyond it are no ordinary 32-bit floats
BIAS = np.int32(127)  # of a float's exponent
# 2^x = Σ (x ln 2)ⁿ / n!; for |x| ≤ 1/2 what follows is below 1.3e-7
C1, C2, C3, C4, C5, C6 = (
    np.float32(v)
    for v in (0.6931471806, 0.2402265070, 0.0555041087, 0.0096181291, 0.0013333558, 0.0001540353)
)
FAST = {
    "nogil": True,
    "error_model": "numpy",
    "cache": True,
    # sums in another order, and no difference between 0 and −0; infinity and NaN stay what they are
    "fastmath": {"reassoc", "nsz", "arcp", "contract", "afn"},
}


@njit(inline="always", **FAST)
@no_type_check
def exp(x):
    """Return e^x by arithmetic alone, so that the compiler does 8 or 16 numbers at once."""
    y = min(max(x * LOG2_E, -LARGEST), LARGEST)
    whole = np.rint(y)
    part = y - whole
    power = ONE + part * (C1 + part * (C2 + part * (C3 + part * (C4 + part * (C5 + part * C6)))))
    # subtle: 2^n for a whole n is the float whose exponent bits say n
    return power * np.int32((np.int32(whole) + BIAS) << np.int32(23)).view(np.float32)


@njit(inline="always", **FAST)
@no_type_check
def sigmoid(x):
    """Return 1 / (1 + e^−x)."""
    return ONE / (ONE + exp(-x))


@njit(inline="always", **FAST)
@no_type_check
def tanh(x):
    """Return tanh x = 2 σ(2 x) − 1."""
    return np.float32(2) * sigmoid(np.float32(2) * x) - ONE


@njit(**FAST)
@no_type_check
def remember(t, lengths, bound, bias, gates, c_before, c, shown):
    """Turn what enters gates i, f, g, o into them; c = clip(i g + f c_before), shown = o tanh c."""
    n_rows, n = c.shape
    for b in range(n_rows):
        old, new, out, own = c_before[b], c[b], shown[b], gates[b]
        if t >= lengths[b]:
            new[:], out[:], own[:] = old, 0, 0
            continue
        # subtle: short loops over few arrays each, or the compiler gives up doing many at once
        for j in range(4 * n):
            own[j] += bias[j]
        i, f, g, o = own[:n], own[n : 2 * n], own[2 * n : 3 * n], own[3 * n :]
        for j in range(n):
            i[j], f[j], o[j] = sigmoid(i[j]), sigmoid(f[j]), sigmoid(o[j])
            g[j] = tanh(g[j])
        for j in range(n):
            new[j] = min(max(i[j] * g[j] + f[j] * old[j], -bound), bound)
            out[j] = o[j] * tanh(new[j])


@njit(**FAST)
@no_type_check
def hand_on(t, lengths, bound, raw, before, after, output):
    """Hand on clip(raw), as an output and at the end of what the next step reads."""
    n_rows, n = raw.shape
    first = before.shape[1] - n
    for b in range(n_rows):
        kept, h, out = before[b, first:], after[b, first:], output[b]
        if t >= lengths[b]:
            h[:], out[:] = kept, 0
            continue
        for j in range(n):
            h[j] = min(max(raw[b, j], -bound), bound)
        out[:] = h


@njit(**FAST)
@no_type_check
def hand_back(t, lengths, bound, after, d_output, d_h, d_raw):
    """Turn the gradients of what was handed on into those of `raw`; d_h keeps what passes by."""
    n_rows, n = d_h.shape
    first = after.shape[1] - n
    for b in range(n_rows):
        if t >= lengths[b]:
            d_raw[b] = 0
            continue
        h, below, later, raw = after[b, first:], d_output[b], d_h[b], d_raw[b]
        for j in range(n):
            # subtle: what was clipped stands at the bound, and did not listen
            raw[j] = below[j] + later[j] if -bound < h[j] < bound else np.float32(0)
        later[:] = 0


@njit(**FAST)
@no_type_check
def recall(t, lengths, bound, gates, c_before, c, d_shown, d_c, d_gates):
    """Turn gradients of `shown` and of c into those of the gates' inputs and of c_before."""
    n_rows, n = c.shape
    for b in range(n_rows):
        own, slope = gates[b], d_gates[b]
        if t >= lengths[b]:
            slope[:] = 0
            continue
        i, f, g, o = own[:n], own[n : 2 * n], own[2 * n : 3 * n], own[3 * n :]
        d_i, d_f, d_g, d_o = slope[:n], slope[n : 2 * n], slope[2 * n : 3 * n], slope[3 * n :]
        old, new, above, later = c_before[b], c[b], d_shown[b], d_c[b]
        for j in range(n):
            seen = tanh(new[j])
            d_o[j] = above[j] * seen * o[j] * (ONE - o[j])
            d = later[j] + above[j] * o[j] * (ONE - seen * seen)
            later[j] = d if -bound < new[j] < bound else np.float32(0)
        for j in range(n):
            d_i[j] = later[j] * g[j] * i[j] * (ONE - i[j])
            d_g[j] = later[j] * i[j] * (ONE - g[j] * g[j])
        for j in range(n):
            d_f[j] = later[j] * old[j] * f[j] * (ONE - f[j])
            later[j] *= f[j]
