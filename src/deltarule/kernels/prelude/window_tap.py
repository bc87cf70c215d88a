"""Sums of windows to their weights; one by itself: what there is to say where it is NaN."""

from __future__ import annotations

import numpy as np
from numba import njit

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, _WHOLE, data, from_start, outside
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    AT_BEGINS,
    AT_DILATIONS,
    AT_PADS,
    AT_RUN,
    AT_SIZES,
    AT_STRIDES,
    AT_TAPS,
    AT_WIDE,
    OF_W,
    OF_X,
    OF_Y,
    begun,
    volume,
)

compiled = inlined = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels


@inlined
def entry_at(plan, of, n, b, c, t, h, v):
    """Where X[n, b, c, t, h, v] lies, or Y."""
    outer = n * plan[of] + b * plan[of + 1] + c * plan[of + 2]
    return outer + t * plan[of + 3] + h * plan[of + 4] + v * plan[of + 5]


@compiled
def sum_of_tap(x, y, plan, tap, b, f, c):
    """An entry of W as the sum over what is there alone: a zero between rows times NaN is NaN."""
    total, left = real(0), tap
    first, step = np.empty(3, np.int64), plan[AT_STRIDES:]
    for k in range(2, -1, -1):
        along = left % plan[AT_TAPS + k]
        first[k] = along * plan[AT_DILATIONS + k] - plan[AT_PADS + k]
        left //= plan[AT_TAPS + k]
    for o in range(plan[AT_SIZES] * volume(plan, AT_RUN)):
        j, left = o % plan[AT_RUN + 2], o // plan[AT_RUN + 2]
        i, left = left % plan[AT_RUN + 1], left // plan[AT_RUN + 1]
        g, n = left % plan[AT_RUN], left // plan[AT_RUN]
        t, h, v = first[0] + step[0] * g, first[1] + step[1] * i, first[2] + step[2] * j
        there = 0 <= t < plan[AT_WIDE] and 0 <= h < plan[AT_WIDE + 1] and 0 <= v < plan[AT_WIDE + 2]
        if there:
            seen = x[U(entry_at(plan, OF_X, n, b, c, t, h, v))]
            total += seen * y[U(entry_at(plan, OF_Y, n, b, f, g, i, j))]
    return total


@outside(_NUMBERS, _WHOLE, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE)
def total_of_tap(totals, at, x, y, plan, tap, b, f, c):
    """`sum_of_tap` as one of the totals; where none is NaN it is not compiled."""
    total = sum_of_tap(from_start(x), from_start(y), from_start(plan), tap, b, f, c)
    from_start(totals)[at] = total


@compiled
def totals_out(totals, entries, x, w, y, first, plan):
    """The totals [b][f][c, q, k, l] to where weights lie, of taps at such `entries`."""
    B, C, F = plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    for o in range(B * F * C):
        b, f, c = o // (F * C), o // C % F, o % C
        here, start = b * plan[OF_W] + f * plan[OF_W + 1] + c * plan[OF_W + 2], real(0)
        if plan[AT_BEGINS] != ADDED_TO:
            start = begun(first, plan, b, f, c)
        for tap in range(entries.size):
            at, entry = o * entries.size + tap, U(here + entries[tap])
            if totals[U(at)] != totals[U(at)]:
                total_of_tap(data(totals), at, data(x), data(y), data(plan), tap, b, f, c)
            w[entry] = totals[U(at)] + (w[entry] if plan[AT_BEGINS] == ADDED_TO else start)
