"""`window_sums` of groups with few channels whose windows are squares of nine taps in steps of two.

Sums go from where planes lie to where they belong: nothing is laid out.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import (
    _NUMBER,
    _NUMBERS,
    _PLACES,
    _WHOLE,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.stepped_spread import stepped_spread_even, stepped_spread_odd
from deltarule.kernels.prelude.stepped_squares import stepped_sums, stepped_totals
from deltarule.kernels.prelude.vectors import LANES
from deltarule.kernels.prelude.window_layout import (
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
    found,
    held,
    zeros,
)
from deltarule.kernels.prelude.window_planes import added_up, corner, picked, shares

inlined = in_threads = njit
real = np.float32


# ---- what follows goes into kernels


@inlined
def in_steps(plan):
    """Whether windows are squares of nine taps in steps of two, in rows that lie side by side."""
    alone = plan[AT_WIDE] == 1 and plan[AT_TAPS] == 1 and plan[AT_RUN] == 1 and plan[AT_PADS] == 0
    for k in (1, 2):
        alone = alone and plan[AT_TAPS + k] == 3 and plan[AT_STRIDES + k] == 2
        alone = alone and plan[AT_DILATIONS + k] == 1 and plan[AT_PADS + k] >= 0
    return alone and plan[OF_X + 5] == 1 and plan[OF_Y + 5] == 1


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _NUMBER,
)
def sum_square(y, y0, x, x0, w, nothing, plan, add, first):
    """`stepped_sums` of planes that begin at y0 and x0."""
    plan = from_start(plan)
    stepped_sums(
        y, y0, plan[OF_Y + 4], plan[AT_RUN + 1], plan[AT_RUN + 2], x, x0, plan[OF_X + 4],
        plan[AT_WIDE + 1], plan[AT_WIDE + 2], plan[AT_PADS + 1], plan[AT_PADS + 2], w, nothing,
        add, first,
    )


@outside(_NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _NUMBERS, _PLACES)
def total_square(c, c0, y, y0, x, x0, nothing, plan):
    """`stepped_totals` of planes that begin at y0 and x0."""
    plan = from_start(plan)
    stepped_totals(
        c, c0, y, y0, plan[OF_Y + 4], plan[AT_RUN + 1], plan[AT_RUN + 2], x, x0, plan[OF_X + 4],
        plan[AT_WIDE + 1], plan[AT_WIDE + 2], plan[AT_PADS + 1], plan[AT_PADS + 2], nothing,
    )


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _NUMBER,
)
def spread_square(x, x0, y, y0, w, nothing, plan, add, first):
    """`stepped_spread` of planes that begin at x0 and y0."""
    plan = from_start(plan)
    high, wide, up, left = (
        plan[AT_WIDE + 1], plan[AT_WIDE + 2], plan[AT_PADS + 1], plan[AT_PADS + 2],
    )
    pitch, yp, rows, count = plan[OF_X + 4], plan[OF_Y + 4], plan[AT_RUN + 1], plan[AT_RUN + 2]
    if left % 2:
        stepped_spread_odd(
            x, x0, pitch, high, wide, up, left, y, y0, yp, rows, count, w, nothing, add, first
        )
    else:
        stepped_spread_even(
            x, x0, pitch, high, wide, up, left, y, y0, yp, rows, count, w, nothing, add, first
        )


@in_threads
def stepped_to_y(x, w, y, first, plan):
    """`windows_to_y` of arrays, group by group."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    _, _, _, entries = found(plan, LANES)
    parts = shares(B, N)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        nothing, weights = zeros(plan[AT_WIDE + 2]), np.empty(entries.size, real)
        for o in range((N - part + parts - 1) // parts * C * F):
            n, c, f = part + o // (C * F) * parts, o // F % C, o % F
            picked(w, corner(plan, OF_W, b, f, c), entries, weights)
            add = np.int64(c > 0) | held(plan)
            sum_square(
                data(y), corner(plan, OF_Y, n, b, f), data(x), corner(plan, OF_X, n, b, c),
                data(weights), data(nothing), data(plan), add, begun(first, plan, n, b, f),
            )


@in_threads
def stepped_to_x(x, w, y, first, plan):
    """`windows_to_x` of arrays, group by group."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    _, _, _, entries = found(plan, LANES)
    parts = shares(B, N)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        nothing, weights = zeros(plan[AT_RUN + 2]), np.empty(entries.size, real)
        for o in range((N - part + parts - 1) // parts * C * F):
            n, c, f = part + o // (C * F) * parts, o // F % C, o % F
            picked(w, corner(plan, OF_W, b, f, c), entries, weights)
            add = np.int64(f > 0) | held(plan)
            spread_square(
                data(x), corner(plan, OF_X, n, b, c), data(y), corner(plan, OF_Y, n, b, f),
                data(weights), data(nothing), data(plan), add, begun(first, plan, n, b, c),
            )


@in_threads
def stepped_to_w(x, w, y, first, plan):
    """`windows_to_w` of arrays, group by group."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    _, _, _, entries = found(plan, LANES)
    parts, size = shares(B, N), entries.size * LANES
    totals = zeros(B * parts * C * F * size)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        nothing = zeros(plan[AT_WIDE + 2])
        for o in range((N - part + parts - 1) // parts * C * F):
            n, f, c = part + o // (C * F) * parts, o // C % F, o % C
            total_square(
                data(totals), ((task * F + f) * C + c) * size, data(y),
                corner(plan, OF_Y, n, b, f), data(x), corner(plan, OF_X, n, b, c), data(nothing),
                data(plan),
            )
    added_up(totals, w, first, plan, entries, parts)
