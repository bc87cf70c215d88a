"""Sums over windows, X[n, b, c, S·i + D·k − P, …] with W[b, f, c, k, …] and Y[n, b, f, i, …].

Each of the three is a sum over products of the other two, taken where X's entry exists. Windows
move in up to three directions, of which those that are missing have one place. What stands in
all three, b, are groups: each is summed by itself. X is laid out flat (see `window_layout`, for
`plan` too); a tap (c, q, k, l) is then a constant offset, and the loop over all images is one long
run. Arrays come as places in memory; `first` is what the result may begin with.
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
from deltarule.kernels.prelude.dots import dot_products
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned, places, tiles
from deltarule.kernels.prelude.unfolded_rows import ENTRIES, PAYS, blocks_of, weights_of
from deltarule.kernels.prelude.unfolded_sums import (
    IMAGE_PARTS,
    TOTALS,
    unfolded_to_x,
    unfolded_to_y,
    unfolded_totals,
)
from deltarule.kernels.prelude.vectors import NR
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    AT_BEGINS,
    AT_SIZES,
    AT_STRIDES,
    AT_TAPS,
    AT_WIDE,
    FROM_FIRST,
    OF_W,
    OF_X,
    OF_Y,
    begun,
    empty,
    found,
    lay_out,
    rounded,
    runs_of,
    take_back,
    volume,
    zeros,
)
from deltarule.kernels.prelude.window_tap import total_of_tap

compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels


@in_threads
def spread_in_groups(c, c0, cr, cb, a, ab, rows, ak, b, bb, at, N, runs, further, B):
    """c[c0 + cb·g + cr·m + n] = Σ_t a[ab·g + rows[m] + ak·t]·b[bb·g + at[t] + n].

    n runs below N from 0, further, 2·further … on, so many `runs`; g runs below B. b is read up
    to the next multiple of NR.
    """
    apart()
    panels = (N + NR - 1) // NR
    for task in prange(panels * runs * B):
        g, run, p = task // (panels * runs), task // panels % runs, task % panels
        n, count = run * further + p * NR, min(NR, N - p * NR)
        tiles(
            data(c), c0 + cb * g + n, cr, data(a), ab * g, data(rows), ak, data(b), bb * g + n,
            data(at), 0, rows.size, at.size, count, 0,
        )


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _PLACES, _WHOLE,
    _WHOLE, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def spread_groups(c, c0, cr, cb, a, ab, ak, b, bb, at, steps, M, N, runs, further, B):
    """`spread_in_groups` of M rows, where rows of `a` lie side by side, or its steps do."""
    at = from_start(at)[:steps]
    rows = places(M, ONE if ak != 1 else steps)
    spread_in_groups(
        from_start(c), c0, cr, cb, from_start(a), ab, rows, ak, from_start(b), bb, at, N, runs,
        further, B,
    )


@compiled
def spread_arrays(c, c0, cr, cb, a, ab, ak, b, bb, at, M, N, runs, further, B):
    """`spread_groups` of arrays, which live until it ends: data(a) would be the last use of one
    that nothing else reads, and its memory would be given back before the call."""
    spread_groups(
        data(c), c0, cr, cb, data(a), ab, ak, data(b), bb, data(at), at.size, M, N, runs, further,
        B,
    )


@compiled
def taps_flat(C, whole, plane, phases, at):
    """Where each tap (c, q, k, l) of X lies in the flat layout, from the entry at its corner."""
    everywhere = np.empty(C * at.size, np.int64)
    for c in range(C):
        for t in range(at.size):
            everywhere[c * at.size + t] = phases[t] * whole + c * plane + at[t]
    return everywhere


@outside(_NUMBERS, _NUMBERS, _PLACES, _WHOLE)
def begin_alone(y, first, plan, of):
    """A result, the tensor `of`, is what it begins with: nothing is summed."""
    y, plan, first = from_start(y), from_start(plan), from_start(first)
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    if of == OF_W:
        N, B, C = B, F, C
    elif of == OF_Y:
        C = F
    k = AT_WIDE + of // 2
    if plan[AT_BEGINS] == ADDED_TO:
        N = 0
    for n in range(N):
        for b in range(B):
            for c in range(C):
                here, start = n * plan[of] + b * plan[of + 1] + c * plan[of + 2], real(0)
                if plan[AT_BEGINS] == FROM_FIRST:
                    entry = n * plan[AT_BEGINS + 1] + b * plan[AT_BEGINS + 2]
                    start = first[U(entry + c * plan[AT_BEGINS + 3])]
                for o in range(plan[k] * plan[k + 1] * plan[k + 2]):
                    j, left = o % plan[k + 2], o // plan[k + 2]
                    i, g = left % plan[k + 1], left // plan[k + 1]
                    y[U(here + g * plan[of + 3] + i * plan[of + 4] + j * plan[of + 5])] = start


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_y(x, w, y, first, plan):
    """Y[n, b, f, i, …] = Σ_{c,k,…} W[b, f, c, k, …]·X[n, b, c, s·i + d·k − p, …]."""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    plan = from_start(plan)
    if empty(plan):
        begin_alone(data(y), data(first), data(plan), OF_Y)
        return
    table = blocks_of(plan, OF_Y)
    if table[PAYS]:
        unfolded_to_y(x, w, y, first, plan, table)
        return
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, at, entries = found(plan, 1)
    length = N * volume(grid, 0)
    plane = rounded(length + grid[3])
    flat = aligned(volume(plan, AT_STRIDES) * B * C * plane)
    lay_out(x, plan, OF_X, flat, NIL, plane, grid)
    at = taps_flat(C, B * C * plane, plane, phases, at)
    weights = weights_of(w, plan, entries, entries.size, at.size, ONE)
    sums = aligned(B * F * plane)
    run, runs, further = runs_of(plan, grid)
    spread_arrays(
        sums, 0, plane, F * plane, weights, F * at.size, 1, flat, C * plane, at, F, run, runs,
        further, B,
    )
    take_back(y, plan, OF_Y, sums, NIL, plane, grid, first)


@compiled
def flat_totals(x, y, plan):
    """The sums [b][f][c, q, k, l], and the entries of the taps [q, k, l]."""
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, at, entries = found(plan, 1)
    length = N * volume(grid, 0)
    plane = rounded(length + grid[3])
    flat = aligned(volume(plan, AT_STRIDES) * B * C * plane)
    lay_out(x, plan, OF_X, flat, NIL, plane, grid)
    at = taps_flat(C, B * C * plane, plane, phases, at)
    outer = aligned(B * F * plane)
    lay_out(y, plan, OF_Y, outer, NIL, plane, grid)
    totals = zeros(B * F * at.size)
    run, runs, further = runs_of(plan, grid)
    dot_products(
        totals, at.size, F * at.size, outer, plane, F * plane, flat, C * plane, at, F, run, runs,
        further, B,
    )
    return totals, entries


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_w(x, w, y, first, plan):
    """W[b, f, c, k, …] = Σ_{n,i,…} Y[n, b, f, i, …]·X[n, b, c, s·i + d·k − p, …]."""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    plan = from_start(plan)
    if empty(plan):
        begin_alone(data(w), data(first), data(plan), OF_W)
        return
    B, C, F = plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    table = blocks_of(plan, OF_W)
    if table[PAYS]:
        entries = table[ENTRIES : ENTRIES + volume(plan, AT_TAPS)]
        steps = C * entries.size
        totals = zeros(min(IMAGE_PARTS, max(4, TOTALS // (B * F * steps))) * B * F * steps)
        unfolded_totals(totals, x, y, plan, table)
    else:
        totals, entries = flat_totals(x, y, plan)
        steps = C * entries.size
    for b in range(B):
        for f in range(F):
            for t in range(steps):
                c, tap = t // entries.size, t % entries.size
                total = totals[U((b * F + f) * steps + t)]
                if total != total:
                    total = total_of_tap(x, y, plan, tap, b, f, c)
                entry = U(b * plan[OF_W] + f * plan[OF_W + 1] + c * plan[OF_W + 2] + entries[tap])
                start = w[entry] if plan[AT_BEGINS] == ADDED_TO else begun(first, plan, b, f, c)
                w[entry] = total + start


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_x(x, w, y, first, plan):
    """X[n, b, c, p, …] = Σ W[b, f, c, k, …]·Y[n, b, f, i, …], where p = s·i + d·k − p0, …"""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    plan = from_start(plan)
    if empty(plan):
        begin_alone(data(x), data(first), data(plan), OF_X)
        return
    table = blocks_of(plan, OF_X)
    if table[PAYS]:
        unfolded_to_x(x, w, y, first, plan, table)
        return
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, ahead, entries = found(plan, 1)
    length = N * volume(grid, 0)
    before = rounded(grid[3])
    plane = rounded(length + before)
    outer = aligned(before + B * F * plane)
    lay_out(y, plan, OF_Y, outer, before, plane, grid)
    flat = aligned(volume(plan, AT_STRIDES) * B * C * plane)
    chosen, at = np.empty(phases.size, np.int64), np.empty(F * phases.size, np.int64)
    for phase in range(volume(plan, AT_STRIDES)):
        count = 0
        for tap in range(phases.size):
            if phases[tap] == phase:
                chosen[count] = entries[tap]
                for f in range(F):
                    at[count * F + f] = before + f * plane - ahead[tap]
                count += 1
        weights = weights_of(w, plan, chosen[:count], ONE, C, C * F)
        # A phase that no tap reaches becomes 0.
        spread_arrays(
            flat, phase * B * C * plane, plane, C * plane, weights, weights.size // B, C, outer,
            F * plane, at[:F * count], C, length, ONE, NIL, B,
        )
    take_back(x, plan, OF_X, flat, NIL, plane, grid, first)
