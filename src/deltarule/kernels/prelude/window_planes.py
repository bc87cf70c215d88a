"""`window_sums` of groups with few channels, plane by plane.

Where a channel has a filter or two of its own there is no product of matrices, and numbers are
hardly more often used than read. So each plane of X or Y is laid out by itself, in a room that
stays in the nearest cache, with its rows at whole vectors; sums go straight to where they belong if
rows lie there side by side.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, apart, data, from_start, outside
from deltarule.kernels.prelude.micro_kernel import NIL, aligned
from deltarule.kernels.prelude.tap_sums import multiply_rows, weigh_rows
from deltarule.kernels.prelude.vectors import LANES
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    begun,
    entries_of,
    grid_of,
    held,
    lay_out_image,
    one_phase,
    place_in,
    rounded,
    take_back_image,
    tap_places,
    volume,
    zeros,
)
from deltarule.kernels.prelude.window_sums import (
    spelt_out,
    windows_to_w,
    windows_to_x,
    windows_to_y,
)

compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: Of so many pairs of channels at most a group is summed plane by plane.
FEW_FILTERS = 2


@inlined
def shares(B, N):
    """In how many parts the images are taken for each group: by sizes, not by threads."""
    return min(N, (15 + B) // B)


@compiled
def picked(w, start, entries, weights):
    """weights[t] = w[start + entries[t]]"""
    for t in range(entries.size):
        weights[t] = w[U(start + entries[t])]


@in_threads
def planes_to_y(x, xs, w, ws, y, ys, sizes, wide, taps, run, steps, first, begin):
    """`windows_to_y` of arrays, group by group."""
    apart()
    N, B, C, F = sizes
    s, d, p = steps
    once, nowhere = one_phase()
    grid, ahead = grid_of(wide, taps, run, steps, LANES)
    margin = -(p[2] // s[2]) % LANES
    room = rounded(margin + volume(grid) + ahead)
    phases, at = tap_places(taps, grid, s, d)
    at += phases * room
    entries = entries_of(taps, ws)
    straight, parts = ys[5] == 1, shares(B, N)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        flat, sums = zeros(volume(s) * room), aligned(1 if straight else room)
        weights = np.empty(at.size, real)
        for o in range((N - part + parts - 1) // parts * C):
            n, c = part + o // C * parts, o % C
            source = n * xs[0] + b * xs[1] + c * xs[2]
            lay_out_image(x, source, xs, wide, flat, margin, room, grid, s, p)
            for f in range(F):
                picked(w, b * ws[0] + f * ws[1] + c * ws[2], entries, weights)
                to = n * ys[0] + b * ys[1] + f * ys[2]
                add = np.int64(c > 0) | held(begin)
                start = begun(first, begin, n, b, f)
                for g in range(run[0]):
                    from_ = margin + place_in(grid, g, 0, 0)
                    if straight:
                        weigh_rows(
                            data(y), to + g * ys[3], ys[4], data(flat), from_, grid[2], data(at),
                            data(weights), at.size, run[1], run[2], add, start,
                        )
                    else:
                        weigh_rows(
                            data(sums), from_ - margin, grid[2], data(flat), from_, grid[2],
                            data(at), data(weights), at.size, run[1], run[2], 0, real(0),
                        )
                if not straight:
                    take_back_image(
                        y, to, ys, run, sums, NIL, room, grid, once, nowhere, add, start
                    )


@in_threads
def planes_to_x(x, xs, w, ws, y, ys, sizes, wide, taps, run, steps, first, begin):
    """`windows_to_x` of arrays, group by group."""
    apart()
    N, B, C, F = sizes
    s, d, p = steps
    once, nowhere = one_phase()
    grid, ahead = grid_of(wide, taps, run, steps, LANES)
    before = rounded(ahead)
    room = rounded(volume(grid))
    phases, ahead_of = tap_places(taps, grid, s, d)
    entries = entries_of(taps, ws)
    # Taps in the order of their phases, from the last on, so that places follow each other; the
    # taps of a phase end before ends[phase + 1].
    order, ends = np.empty(phases.size, np.int64), np.zeros(volume(s) + 1, np.int64)
    for phase in range(volume(s)):
        ends[phase + 1] = ends[phase]
        for tap in range(phases.size - 1, -1, -1):
            if phases[tap] == phase:
                order[ends[phase + 1]] = tap
                ends[phase + 1] += 1
    at, entries = -ahead_of[order], entries[order]
    straight, parts = xs[5] == 1 and volume(s) == 1, shares(B, N)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        outer = zeros(before + room)
        flat = aligned(1 if straight else volume(s) * room)
        weights = np.empty(at.size, real)
        for o in range((N - part + parts - 1) // parts * F):
            n, f = part + o // F * parts, o % F
            source = n * ys[0] + b * ys[1] + f * ys[2]
            lay_out_image(y, source, ys, run, outer, before, room, grid, once, nowhere)
            for c in range(C):
                picked(w, b * ws[0] + f * ws[1] + c * ws[2], entries, weights)
                to = n * xs[0] + b * xs[1] + c * xs[2]
                add = np.int64(f > 0) | held(begin)
                start = begun(first, begin, n, b, c)
                if straight:
                    for t in range(wide[0]):
                        from_ = before + place_in(grid, t + p[0], p[1], p[2])
                        weigh_rows(
                            data(x), to + t * xs[3], xs[4], data(outer), from_, grid[2], data(at),
                            data(weights), at.size, wide[1], wide[2], add, start,
                        )
                    continue
                for phase in range(volume(s)):
                    begins, many = ends[phase], ends[phase + 1] - ends[phase]
                    weigh_rows(
                        data(flat), phase * room, grid[2], data(outer), before, grid[2],
                        data(at[begins:]), data(weights[begins:]), many, grid[0] * grid[1], grid[2],
                        0, real(0),
                    )
                take_back_image(x, to, xs, wide, flat, NIL, room, grid, s, p, add, start)


@in_threads
def planes_to_w(x, xs, w, ws, y, ys, sizes, wide, taps, run, steps, first, begin):
    """`windows_to_w` of arrays, group by group."""
    apart()
    N, B, C, F = sizes
    s, d, p = steps
    once, nowhere = one_phase()
    grid, ahead = grid_of(wide, taps, run, steps, LANES)
    margin = -(p[2] // s[2]) % LANES
    room = rounded(margin + volume(grid) + ahead)
    phases, at = tap_places(taps, grid, s, d)
    at += phases * room
    entries = entries_of(taps, ws)
    straight, parts = ys[5] == 1, shares(B, N)
    totals = zeros(B * parts * C * F * at.size * LANES)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        flat = zeros(volume(s) * room * C)
        outer = aligned(1 if straight else room)
        for n in range(part, N, parts):
            for c in range(C):
                source = n * xs[0] + b * xs[1] + c * xs[2]
                start = margin + c * volume(s) * room
                lay_out_image(x, source, xs, wide, flat, start, room, grid, s, p)
            for f in range(F):
                source = n * ys[0] + b * ys[1] + f * ys[2]
                if not straight:
                    lay_out_image(y, source, ys, run, outer, NIL, room, grid, once, nowhere)
                for c in range(C):
                    to = ((task * F + f) * C + c) * at.size * LANES
                    for g in range(run[0]):
                        place = place_in(grid, g, 0, 0)
                        from_ = margin + c * volume(s) * room + place
                        if straight:
                            multiply_rows(
                                data(totals), to, data(y), source + g * ys[3], ys[4], data(flat),
                                from_, grid[2], data(at), at.size, run[1], run[2],
                            )
                        else:
                            multiply_rows(
                                data(totals), to, data(outer), place, grid[2], data(flat), from_,
                                grid[2], data(at), at.size, run[1], run[2],
                            )
    for o in range(B * F * C):
        b, f, c = o // (F * C), o // C % F, o % C
        start = begun(first, begin, b, f, c)
        for t in range(at.size):
            total = real(0)
            for part in range(parts):
                lanes = (((b * parts + part) * F + f) * C + c) * at.size + t
                for lane in range(LANES):
                    total += totals[U(lanes * LANES + lane)]
            entry = U(b * ws[0] + f * ws[1] + c * ws[2] + entries[t])
            w[entry] = total + (w[entry] if begin[0] == ADDED_TO else start)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def groups_to_y(x, w, y, first, plan):
    """`windows_to_y`, plane by plane where groups have few channels."""
    xs, ws, ys, sizes, wide, taps, run, steps, begin = spelt_out(plan)
    N, B, C, F = sizes
    if C * F > FEW_FILTERS or min(N * B * C * F, volume(wide) * volume(taps) * volume(run)) == 0:
        windows_to_y(x, w, y, first, plan)
        return
    planes_to_y(
        from_start(x), xs, from_start(w), ws, from_start(y), ys, sizes, wide, taps, run, steps,
        from_start(first), begin,
    )


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def groups_to_x(x, w, y, first, plan):
    """`windows_to_x`, plane by plane where groups have few channels."""
    xs, ws, ys, sizes, wide, taps, run, steps, begin = spelt_out(plan)
    N, B, C, F = sizes
    if C * F > FEW_FILTERS or min(N * B * C * F, volume(wide) * volume(taps) * volume(run)) == 0:
        windows_to_x(x, w, y, first, plan)
        return
    planes_to_x(
        from_start(x), xs, from_start(w), ws, from_start(y), ys, sizes, wide, taps, run, steps,
        from_start(first), begin,
    )


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def groups_to_w(x, w, y, first, plan):
    """`windows_to_w`, plane by plane where groups have few channels."""
    xs, ws, ys, sizes, wide, taps, run, steps, begin = spelt_out(plan)
    N, B, C, F = sizes
    if C * F > FEW_FILTERS or min(N * B * C * F, volume(wide) * volume(taps) * volume(run)) == 0:
        windows_to_w(x, w, y, first, plan)
        return
    planes_to_w(
        from_start(x), xs, from_start(w), ws, from_start(y), ys, sizes, wide, taps, run, steps,
        from_start(first), begin,
    )
