"""Sums over windows of which all images are laid out flat (see `window_layout`).

A tap (c, q, k, l) is then a constant offset, and the loop over all images is one long run.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.block_totals import blocks_summed
from deltarule.kernels.prelude.calls import (
    _NUMBERS,
    _PLACES,
    _WHOLE,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.channel_panels import dense_pays, panel_totals, panels_pay
from deltarule.kernels.prelude.dots import dot_products
from deltarule.kernels.prelude.image_blocks import (
    blocks_to_x,
    blocks_to_y,
    images_at_once,
    shared_evenly,
)
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned, tiles
from deltarule.kernels.prelude.unfolded_rows import find_weights, weights_of
from deltarule.kernels.prelude.vectors import NR
from deltarule.kernels.prelude.window_layout import (
    AT_SIZES,
    AT_STRIDES,
    OF_X,
    OF_Y,
    found,
    lay_out,
    rounded,
    runs_of,
    take_back,
    volume,
    zeros,
)
from deltarule.kernels.prelude.window_tap import totals_out

compiled = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels


@in_threads
def spread_in_groups(c, c0, cr, cb, a, ab, ar, ak, b, bb, at, M, N, runs, further, B):
    """c[c0 + cb·g + cr·m + n] = Σ_t a[ab·g + ar·m + ak·t]·b[bb·g + at[t] + n].

    n runs below N from 0, further, 2·further … on, so many `runs`; g runs below B. b is read up
    to the next multiple of NR.
    """
    apart()
    panels = (N + NR - 1) // NR
    for task in prange(panels * runs * B):
        g, run, p = task // (panels * runs), task // panels % runs, task % panels
        n, count = run * further + p * NR, min(NR, N - p * NR)
        tiles(
            data(c), c0 + cb * g + n, cr, data(a), ab * g, ar, ak, 0, data(b), bb * g + n, data(at),
            M, at.size, count, 0,
        )


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _PLACES, _WHOLE,
    _WHOLE, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def spread_groups(c, c0, cr, cb, a, ab, ak, b, bb, at, steps, M, N, runs, further, B):
    """`spread_in_groups` of M rows, where rows of `a` lie side by side, or its steps do."""
    at = from_start(at)[:steps]
    ar = ONE if ak != 1 else steps
    spread_in_groups(
        from_start(c), c0, cr, cb, from_start(a), ab, ar, ak, from_start(b), bb, at, M, N, runs,
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


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def flat_to_y(x, w, y, first, plan):
    """`windows_to_y`, with X laid out."""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    plan = from_start(plan)
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, at, entries = found(plan, 1)
    weights = weights_of(w, plan, entries, entries.size, C * at.size, ONE)
    few = images_at_once(plan, grid)
    if few and shared_evenly((N + few - 1) // few * B):
        plane = rounded(few * volume(grid, 0) + grid[3])
        at = taps_flat(C, C * plane, plane, phases, at)
        blocks_to_y(x, weights, y, first, plan, grid, at, plane, few)
        return
    length = N * volume(grid, 0)
    plane = rounded(length + grid[3])
    flat = aligned(volume(plan, AT_STRIDES) * B * C * plane)
    lay_out(x, plan, OF_X, flat, NIL, plane, grid)
    at = taps_flat(C, B * C * plane, plane, phases, at)
    sums = aligned(B * F * plane)
    run, runs, further = runs_of(plan, grid)
    spread_arrays(
        sums, 0, plane, F * plane, weights, F * at.size, 1, flat, C * plane, at, F, run, runs,
        further, B,
    )
    take_back(y, plan, OF_Y, sums, NIL, plane, grid, first)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def flat_to_w(x, w, y, first, plan):
    """`windows_to_w`, with X and Y laid out."""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    plan = from_start(plan)
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, at, entries = found(plan, 1)
    totals = zeros(B * F * C * at.size)
    dense = np.int64(dense_pays(at, phases, C, F))
    turned = dense or panels_pay(C, F)
    few = images_at_once(plan, grid) if turned else NIL
    if few:
        plane = rounded(few * volume(grid, 0) + grid[3])
        blocks_summed(
            data(totals), data(x), data(y), data(plan), data(grid), data(at), data(phases), at.size,
            plane, few, dense,
        )
        totals_out(totals, entries, x, w, y, first, plan)
        grid[0] = at[0] = phases[0] = 0  # they live until here
        return
    length = N * volume(grid, 0)
    plane = rounded(length + grid[3])
    flat = aligned(volume(plan, AT_STRIDES) * B * C * plane)
    lay_out(x, plan, OF_X, flat, NIL, plane, grid)
    outer = aligned(B * F * plane)
    lay_out(y, plan, OF_Y, outer, NIL, plane, grid)
    run, runs, further = runs_of(plan, grid)
    if turned:
        panel_totals(totals, outer, flat, plane, at, phases, B, C, F, run, runs, further, dense)
    else:
        at = taps_flat(C, B * C * plane, plane, phases, at)
        dot_products(
            totals, at.size, F * at.size, outer, plane, F * plane, flat, C * plane, at, F, run,
            runs, further, B,
        )
    totals_out(totals, entries, x, w, y, first, plan)


@compiled
def of_phases(w, plan, phases, ahead, entries, before, plane):
    """The weights of the taps of each phase, where these lie in Y, and where each phase ends."""
    B, C, F = plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    weights, at = np.empty(B * C * F * phases.size, real), np.empty(F * phases.size, np.int64)
    chosen, ends = np.empty(phases.size, np.int64), np.empty(volume(plan, AT_STRIDES), np.int64)
    count = 0
    for phase in range(ends.size):
        begin = count
        for tap in range(phases.size):
            if phases[tap] == phase:
                chosen[count] = entries[tap]
                for f in range(F):
                    at[count * F + f] = before + f * plane - ahead[tap]
                count += 1
        ends[phase] = count
        find_weights(
            data(w), data(plan), data(chosen[begin:]), count - begin, 1, C, C * F,
            data(weights[B * C * F * begin:]),
        )
    chosen[0] = 0  # it lives until here
    return weights, at, ends


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def flat_to_x(x, w, y, first, plan):
    """`windows_to_x`, with Y laid out."""
    x, w, y, first = from_start(x), from_start(w), from_start(y), from_start(first)
    plan = from_start(plan)
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, ahead, entries = found(plan, 1)
    few = images_at_once(plan, grid)
    before = rounded(grid[3])
    if few and shared_evenly((N + few - 1) // few * B):
        plane = rounded(few * volume(grid, 0) + before)
        weights, at, ends = of_phases(w, plan, phases, ahead, entries, before, plane)
        blocks_to_x(x, weights, y, first, plan, grid, at, ends, before, plane, few)
        return
    length = N * volume(grid, 0)
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
