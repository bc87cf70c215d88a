"""Sums over windows, X[n, b, c, S·i + D·k − P, …] with W[b, f, c, k, …] and Y[n, b, f, i, …].

Each of the three is a sum over products of the other two, taken where X's entry exists. Windows
move in up to three directions, of which those that are missing have one place. What stands in
all three, b, are groups: each is summed by itself. X is laid out flat (see `window_layout`); a tap
(c, q, k, l) is then a constant offset, and the loop over all images is one long run.

Arrays come as places in memory; `plan` holds the strides of X[n, b, c, t, h, w],
W[b, f, c, q, k, l] and Y[n, b, f, g, i, j], the sizes N, B, C, F, T, H, W, Q, K, L, G, I, J,
strides, dilations and pads of the three directions, and what the result begins with: that, and the
strides of `first` for the first three axes of the result.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, apart, data, from_start, outside
from deltarule.kernels.prelude.dots import dot_products
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned, places, tiles
from deltarule.kernels.prelude.strided_products import product
from deltarule.kernels.prelude.vectors import LANES, NR
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    begun,
    entries_of,
    grid_of,
    lay_out,
    one_phase,
    rounded,
    take_back,
    tap_places,
    volume,
    zeros,
)

compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels


@inlined
def spelt_out(plan):
    """The strides of X, W and Y, the sizes, (strides, dilations, pads), and what begins."""
    return (
        (plan[0], plan[1], plan[2], plan[3], plan[4], plan[5]),
        (plan[6], plan[7], plan[8], plan[9], plan[10], plan[11]),
        (plan[12], plan[13], plan[14], plan[15], plan[16], plan[17]),
        (plan[18], plan[19], plan[20], plan[21]), (plan[22], plan[23], plan[24]),
        (plan[25], plan[26], plan[27]), (plan[28], plan[29], plan[30]),
        ((plan[31], plan[32], plan[33]), (plan[34], plan[35], plan[36]),
         (plan[37], plan[38], plan[39])),
        (plan[40], plan[41], plan[42], plan[43]),
    )


@in_threads
def spread_in_groups(c, c0, cr, cb, a, ab, rows, ak, b, bb, at, N, B):
    """c[c0 + cb·g + cr·m + n] = Σ_t a[ab·g + rows[m] + ak·t]·b[bb·g + at[t] + n].

    n runs below N, g below B. b is read up to the next multiple of NR.
    """
    apart()
    panels = (N + NR - 1) // NR
    for task in prange(panels * B):
        g, p = task // panels, task % panels
        count = min(NR, N - p * NR)
        tiles(
            data(c), c0 + cb * g + p * NR, cr, data(a), ab * g, data(rows), ak,
            data(b), bb * g + p * NR, data(at), 0, rows.size, at.size, count, 0,
        )


@compiled
def weights_of(w, ws, sizes, entries, cs, fs, ts):
    """The weights of some taps, at [b][cs·c + fs·f + ts·t]."""
    N, B, C, F = sizes
    found = np.empty(B * C * F * entries.size, real)
    for b in range(B):
        for f in range(F):
            for c in range(C):
                here = b * ws[0] + f * ws[1] + c * ws[2]
                to = b * C * F * entries.size + cs * c + fs * f
                for t in range(entries.size):
                    found[U(to + ts * t)] = w[U(here + entries[t])]
    return found


@compiled
def empty_sums(y, ys, sizes, shape, first, begin):
    """Y[n, b, f, i, …] is what it begins with: nothing is added."""
    N, B, F = sizes
    for o in range(N * B * F * volume(shape) if begin[0] != ADDED_TO else 0):
        image, at = o // volume(shape), o % volume(shape)
        g, i, j = at // (shape[1] * shape[2]), at // shape[2] % shape[1], at % shape[2]
        n, b, f = image // (B * F), image // F % B, image % F
        entry = n * ys[0] + b * ys[1] + f * ys[2] + g * ys[3] + i * ys[4] + j * ys[5]
        y[U(entry)] = begun(first, begin, n, b, f)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_y(x, w, y, first, plan):
    """Y[n, b, f, i, …] = Σ_{c,k,…} W[b, f, c, k, …]·X[n, b, c, s·i + d·k − p, …]."""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    xs, ws, ys, sizes, wide, taps, run, steps, begin = spelt_out(plan)
    N, B, C, F = sizes
    if min(N, B, C, F, volume(wide), volume(taps), volume(run)) == 0:
        empty_sums(y, ys, (N, B, F), run, first, begin)
        return
    grid, ahead = grid_of(wide, taps, run, steps, ONE)
    length = N * volume(grid)
    plane = rounded(length + ahead)
    flat = zeros(volume(steps[0]) * B * C * plane)
    lay_out(x, xs, (N, B, C), wide, flat, NIL, plane, grid, steps[0], steps[2])
    at, entries = taps_flat(C, B * C * plane, plane, taps, grid, steps), entries_of(taps, ws)
    weights = weights_of(w, ws, sizes, entries, entries.size, at.size, ONE)
    sums = aligned(B * F * plane)
    spread_in_groups(
        sums, NIL, plane, F * plane, weights, F * at.size, places(F, at.size), ONE, flat,
        C * plane, at, length, B,
    )
    once, nowhere = one_phase()
    take_back(y, ys, (N, B, F), run, sums, NIL, plane, grid, once, nowhere, first, begin)


@compiled
def taps_flat(C, whole, plane, taps, grid, steps):
    """Where each tap (c, q, k, l) of X lies in the flat layout, from the entry at its corner."""
    phases, places_ = tap_places(taps, grid, steps[0], steps[1])
    at = np.empty(C * phases.size, np.int64)
    for c in range(C):
        for t in range(phases.size):
            at[c * phases.size + t] = phases[t] * whole + c * plane + places_[t]
    return at


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_w(x, w, y, first, plan):
    """W[b, f, c, k, …] = Σ_{n,i,…} Y[n, b, f, i, …]·X[n, b, c, s·i + d·k − p, …]."""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    xs, ws, ys, sizes, wide, taps, run, steps, begin = spelt_out(plan)
    N, B, C, F = sizes
    if min(N, B, C, F, volume(wide), volume(taps), volume(run)) == 0:
        empty_sums(w, ws, (B, F, C), taps, first, begin)
        return
    grid, ahead = grid_of(wide, taps, run, steps, ONE)
    length = N * volume(grid)
    plane = rounded(length + ahead)
    flat = zeros(volume(steps[0]) * B * C * plane)
    lay_out(x, xs, (N, B, C), wide, flat, NIL, plane, grid, steps[0], steps[2])
    at, entries = taps_flat(C, B * C * plane, plane, taps, grid, steps), entries_of(taps, ws)
    outer = zeros(B * F * plane)
    once, nowhere = one_phase()
    lay_out(y, ys, (N, B, F), run, outer, NIL, plane, grid, once, nowhere)
    # Few filters would leave lanes of a tile empty: then whole runs are multiplied.
    few = F <= LANES
    totals = zeros(B * F * at.size)
    if few:
        dot_products(
            totals, at.size, F * at.size, outer, plane, F * plane, flat, C * plane, at, F, length,
            B,
        )
    else:
        for b in range(B):
            product(
                totals, b * F * at.size, F, flat, b * C * plane, at, ONE, outer, b * F * plane,
                ONE, plane, F, length, real(1), NIL,
            )
    for b in range(B):
        for f in range(F):
            for c in range(C):
                here = b * ws[0] + f * ws[1] + c * ws[2]
                start = begun(first, begin, b, f, c)
                for tap in range(entries.size):
                    t, o = c * entries.size + tap, U(here + entries[tap])
                    total = totals[U(b * F * at.size + (f * at.size + t if few else t * F + f))]
                    w[o] = total + (w[o] if begin[0] == ADDED_TO else start)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_x(x, w, y, first, plan):
    """X[n, b, c, p, …] = Σ W[b, f, c, k, …]·Y[n, b, f, i, …], where p = s·i + d·k − p0, …"""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    xs, ws, ys, sizes, wide, taps, run, steps, begin = spelt_out(plan)
    N, B, C, F = sizes
    if min(N, B, C, F, volume(wide), volume(taps), volume(run)) == 0:
        empty_sums(x, xs, (N, B, C), wide, first, begin)
        return
    grid, ahead = grid_of(wide, taps, run, steps, ONE)
    length = N * volume(grid)
    before = rounded(ahead)
    plane = rounded(length + before)
    outer = zeros(before + B * F * plane)
    once, nowhere = one_phase()
    lay_out(y, ys, (N, B, F), run, outer, before, plane, grid, once, nowhere)
    flat = aligned(volume(steps[0]) * B * C * plane)
    phases, ahead_of = tap_places(taps, grid, steps[0], steps[1])
    entries, chosen = entries_of(taps, ws), np.empty(phases.size, np.int64)
    at = np.empty(F * phases.size, np.int64)
    for phase in range(volume(steps[0])):
        count = 0
        for tap in range(phases.size):
            if phases[tap] == phase:
                chosen[count] = entries[tap]
                for f in range(F):
                    at[count * F + f] = before + f * plane - ahead_of[tap]
                count += 1
        weights = weights_of(w, ws, sizes, chosen[:count], ONE, C, C * F)
        # A phase that no tap reaches becomes 0.
        spread_in_groups(
            flat, phase * B * C * plane, plane, C * plane, weights, weights.size // B,
            places(C, ONE), C, outer, F * plane, at[: F * count], length, B,
        )
    take_back(x, xs, (N, B, C), wide, flat, NIL, plane, grid, steps[0], steps[2], first, begin)
