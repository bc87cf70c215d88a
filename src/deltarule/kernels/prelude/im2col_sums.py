"""The three sums over windows of many channels and few places, as products: `im2col`.

Each weight is packed once, in panels of NR filters, or of NR taps; places are the rows. Channels
are taken in blocks, so that what is unfolded, or is to be folded, stays in a near cache.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import (
    _NUMBERS,
    _PLACES,
    _WHOLE,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.im2col import DEEP, outer_rows, places_of, windows_in_rows
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned, places, tiles
from deltarule.kernels.prelude.panel_products import pack
from deltarule.kernels.prelude.vectors import LANES, NR
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    AT_BEGINS,
    AT_RUN,
    AT_SIZES,
    AT_TAPS,
    FROM_ZERO,
    OF_W,
    OF_Y,
    begun,
    volume,
)
from deltarule.kernels.prelude.window_tap import entry_at

compiled = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: So many filters' weights are summed together, and those of about so many taps of all channels.
FILTERS, NEAR_TAPS = 24, 256


@compiled
def channels_at_once(plan):
    """How many channels are a block: whole panels of taps, if that is possible."""
    C, taps, unit = plan[AT_SIZES + 2], volume(plan, AT_TAPS), np.int64(NR)
    while unit > 1 and taps * unit % (2 * NR) == 0:
        unit //= 2
    near = max(NR, min(NEAR_TAPS, C * taps // 8))
    return min(max(near // (taps * unit), 1) * unit, C)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE)
def filters_to_y(rows, w, y, first, plan, b, f, many):
    """So many filters of Y, up to NR, from f on; `rows` holds U, block of channels by block."""
    plan_, y, first = from_start(plan), from_start(y), from_start(first)
    R, C, taps = places_of(plan_), plan_[AT_SIZES + 2], volume(plan_, AT_TAPS)
    step = max(DEEP // taps, 1)
    sums, panel = aligned(R * NR), aligned((step * taps + LANES) * NR)
    at, rows = places(step * taps, NR), from_start(rows)
    for i in range(U(panel.size if many < NR else 0)):
        panel[i] = real(0)
    for c in range(0, C, step):
        deep = min(step, C - c) * taps
        start = b * plan_[OF_W] + f * plan_[OF_W + 1] + c * taps
        pack(data(panel), w, start, 1, plan_[OF_W + 1], deep, many, real(1))
        tiles(
            data(sums), 0, NR, data(rows[U(c * taps * R):]), 0, deep, 1, 0, data(panel), 0,
            data(at), R, deep, NR, min(c, 1),
        )
    for o in range(many * plan_[AT_SIZES]):
        m, n = o % many, o // many
        begin, r = begun(first, plan_, n, b, f + m), n * volume(plan_, AT_RUN)
        for g in range(plan_[AT_RUN]):
            for i in range(plan_[AT_RUN + 1]):
                here = entry_at(plan_, OF_Y, n, b, f + m, g, i, NIL)
                for j in range(plan_[AT_RUN + 2]):
                    to = U(here + j * plan_[OF_Y + 5])
                    held_ = y[to] if plan_[AT_BEGINS] == ADDED_TO else begin
                    y[to] = sums[U(r * NR + m)] + held_
                    r += 1


@in_threads
def rows_to_y(x, w, y, first, plan):
    """`windows_to_y` of arrays."""
    apart()
    B, C, F = plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    taps, R = volume(plan, AT_TAPS), places_of(plan)
    step = max(DEEP // taps, 1)
    blocks, panels = (C + step - 1) // step, (F + NR - 1) // NR
    rows = aligned(B * C * taps * R)
    for task in prange(B * blocks):
        b, c = task // blocks, task % blocks * step
        many = min(step, C - c)
        here = (b * C + c) * taps * R
        windows_in_rows(data(x), data(plan), b, c, many, data(rows[U(here):]), many * taps, 0)
    for task in prange(B * panels):
        b, f = task // panels, task % panels * NR
        filters_to_y(
            data(rows[U(b * C * taps * R):]), data(w), data(y), data(first), data(plan), b, f,
            min(NR, F - f),
        )


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def im2col_to_y(x, w, y, first, plan):
    """`windows_to_y`, with windows in rows."""
    rows_to_y(from_start(x), from_start(w), from_start(y), from_start(first), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE)
def channels_to_x(x, w, outer, plan, b, c, many):
    """So many channels of X, from c on, to which is added."""
    plan_ = from_start(plan)
    R, F, wide = places_of(plan_), plan_[AT_SIZES + 3], many * volume(plan_, AT_TAPS)
    pitch = (wide + NR - 1) // NR * NR
    sums, panel = aligned(R * pitch), aligned((DEEP + LANES) * NR)
    at = places(DEEP, NR)
    start = b * plan_[OF_W] + c * plan_[OF_W + 2]
    for t in range(0, wide, NR):
        count = min(NR, wide - t)
        for f in range(0, F, DEEP):
            deep = min(DEEP, F - f)
            pack(
                data(panel), w, start + f * plan_[OF_W + 1] + t, plan_[OF_W + 1], 1, deep, count,
                real(1),
            )
            tiles(
                data(sums), t, pitch, outer, (b * F + f) * R, 1, R, 0, data(panel), 0, data(at),
                R, deep, NR, min(f, 1),
            )
    windows_in_rows(x, plan, b, c, many, data(sums), pitch, 1)
    sums[U(0)] = real(0)  # they live until here


@in_threads
def rows_to_x(x, w, y, plan):
    """`windows_to_x` of arrays; X holds what it begins with."""
    apart()
    B, C, step = plan[AT_SIZES + 1], plan[AT_SIZES + 2], channels_at_once(plan)
    blocks, outer = (C + step - 1) // step, outer_rows(y, plan)
    for task in prange(B * blocks):
        b, c = task // blocks, task % blocks * step
        channels_to_x(data(x), data(w), data(outer), data(plan), b, c, min(step, C - c))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def im2col_to_x(x, w, y, plan):
    """`windows_to_x`, with windows in rows; X holds what it begins with."""
    rows_to_x(from_start(x), from_start(w), from_start(y), from_start(plan))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _PLACES, _WHOLE, _WHOLE, _WHOLE)
def channels_to_w(x, w, outer, plan, b, c, many):
    """The weights of so many channels, from c on."""
    plan_ = from_start(plan)
    R, F, wide = places_of(plan_), plan_[AT_SIZES + 3], many * volume(plan_, AT_TAPS)
    pitch = (wide + NR - 1) // NR * NR
    rows, at = aligned(R * pitch), places(R, pitch)
    windows_in_rows(x, plan, b, c, many, data(rows), pitch, 0)
    start = b * plan_[OF_W] + c * plan_[OF_W + 2]
    add = NIL if plan_[AT_BEGINS] == FROM_ZERO else ONE
    for f in range(0, F, FILTERS):
        some, to = min(FILTERS, F - f), start + f * plan_[OF_W + 1]
        for t in range(0, wide, NR):
            for r in range(0, R, DEEP):
                tiles(
                    w, to + t, plan_[OF_W + 1], outer, (b * F + f) * R + r, R, 1, 0,
                    data(rows[U(r * pitch):]), t, data(at), some, min(DEEP, R - r),
                    min(NR, wide - t), max(add, min(r, 1)),
                )


@in_threads
def rows_to_w(x, w, y, plan):
    """`windows_to_w` of arrays; W holds what it begins with, if not 0."""
    apart()
    B, C, step = plan[AT_SIZES + 1], plan[AT_SIZES + 2], channels_at_once(plan)
    blocks, outer = (C + step - 1) // step, outer_rows(y, plan)
    for task in prange(B * blocks):
        b, c = task // blocks, task % blocks * step
        channels_to_w(data(x), data(w), data(outer), data(plan), b, c, min(step, C - c))


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def im2col_to_w(x, w, y, plan):
    """`windows_to_w`, with windows in rows; W holds what it begins with, if not 0."""
    rows_to_w(from_start(x), from_start(w), from_start(y), from_start(plan))
