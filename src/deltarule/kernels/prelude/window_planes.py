"""`window_sums` of groups with few channels, plane by plane.

Where a channel has a filter or two of its own there is no product of matrices, and numbers are
hardly more often used than read. So each plane of X or Y is laid out by itself, in a room that
stays in the nearest cache, with its rows at whole vectors; sums go straight to where they belong if
rows lie there side by side.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import apart, data
from deltarule.kernels.prelude.micro_kernel import NIL, aligned
from deltarule.kernels.prelude.tap_sums import multiply_rows, weigh_rows
from deltarule.kernels.prelude.vectors import LANES
from deltarule.kernels.prelude.window_layout import (
    ADDED_TO,
    AT_BEGINS,
    AT_PADS,
    AT_RUN,
    AT_SIZES,
    AT_STRIDES,
    AT_WIDE,
    OF_W,
    OF_X,
    OF_Y,
    begun,
    found,
    held,
    move_image,
    of_phase,
    place_in,
    rounded,
    volume,
    zeros,
)

compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels

#: So many taps are added to a row before it is stored.
TAPS_AT_ONCE = 9


@inlined
def shares(B, N):
    """In how many parts the images are taken for each group: by sizes, not by threads."""
    return min(N, (15 + B) // B)


@compiled
def corner(plan, of, n, b, c):
    """Where X[n, b, c], Y[n, b, f] or W[b, f, c] begins."""
    return n * plan[of] + b * plan[of + 1] + c * plan[of + 2]


@compiled
def margin_of(plan):
    """How far X is moved so that its rows begin at whole vectors."""
    return -(plan[AT_PADS + 2] // plan[AT_STRIDES + 2]) % LANES


@compiled
def straight_into(plan, of, taps):
    """Whether sums go straight into rows of the tensor `of`.

    Where its rows are shorter than vectors and more taps follow, these would wait for what the last
    ones have stored: vectors of rows overlap.
    """
    if plan[of + 5] != 1 or of == OF_X and volume(plan, AT_STRIDES) > 1:
        return False
    return taps <= TAPS_AT_ONCE or plan[AT_WIDE + of // 2 + 2] >= LANES


@compiled
def picked(w, start, entries, weights):
    """weights[t] = w[start + entries[t]]"""
    for t in range(entries.size):
        weights[t] = w[U(start + entries[t])]


@compiled
def added_up(totals, w, first, plan, entries, parts):
    """W[b, f, c, …] of the totals of each part of the images, tap and lane."""
    B, C, F = plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    for o in range(B * F * C):
        b, f, c = o // (F * C), o // C % F, o % C
        start = begun(first, plan, b, f, c)
        for t in range(entries.size):
            total = real(0)
            for part in range(parts):
                lanes = (((b * parts + part) * F + f) * C + c) * entries.size + t
                for lane in range(LANES):
                    total += totals[U(lanes * LANES + lane)]
            entry = U(corner(plan, OF_W, b, f, c) + entries[t])
            w[entry] = total + (w[entry] if plan[AT_BEGINS] == ADDED_TO else start)


@in_threads
def planes_to_y(x, w, y, first, plan):
    """`windows_to_y` of arrays, group by group."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, at, entries = found(plan, LANES)
    margin = margin_of(plan)
    room = rounded(margin + volume(grid, 0) + grid[3])
    at += phases * room
    straight, parts = straight_into(plan, OF_Y, at.size), shares(B, N)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        flat = zeros(volume(plan, AT_STRIDES) * room)
        sums = aligned(1 if straight else room)
        weights = np.empty(at.size, real)
        for o in range((N - part + parts - 1) // parts * C):
            n, c = part + o // C * parts, o % C
            move_image(
                data(x), corner(plan, OF_X, n, b, c), data(flat), margin, room, data(plan), OF_X,
                data(grid), -1, real(0),
            )
            for f in range(F):
                picked(w, corner(plan, OF_W, b, f, c), entries, weights)
                to = corner(plan, OF_Y, n, b, f)
                add, start = np.int64(c > 0) | held(plan), begun(first, plan, n, b, f)
                for g in range(plan[AT_RUN]):
                    place = place_in(grid, g, 0, 0)
                    into, at_, pitch, columns = data(sums), place, grid[2], grid[2]
                    if straight:
                        into, at_, pitch = data(y), to + g * plan[OF_Y + 3], plan[OF_Y + 4]
                        columns = plan[AT_RUN + 2]
                    weigh_rows(
                        into, at_, pitch, data(flat), margin + place, grid[2], data(at),
                        data(weights), at.size, plan[AT_RUN + 1], columns,
                        add if straight else 0, start if straight else real(0),
                    )
                if not straight:
                    move_image(
                        data(y), to, data(sums), 0, room, data(plan), OF_Y, data(grid), add, start
                    )


@in_threads
def planes_to_x(x, w, y, first, plan):
    """`windows_to_x` of arrays, group by group."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, ahead, entries = found(plan, LANES)
    before, room, many = rounded(grid[3]), rounded(volume(grid, 0)), volume(plan, AT_STRIDES)
    # Taps in the order of their phases, from the last on, so that places follow each other; the
    # taps of a phase end before ends[phase + 1].
    order, ends = np.empty(phases.size, np.int64), np.zeros(many + 1, np.int64)
    for phase in range(many):
        ends[phase + 1] = ends[phase]
        for tap in range(phases.size - 1, -1, -1):
            if phases[tap] == phase:
                order[ends[phase + 1]] = tap
                ends[phase + 1] += 1
    at, entries = -ahead[order], entries[order]
    straight, parts = straight_into(plan, OF_X, at.size), shares(B, N)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        outer, flat = zeros(before + room), aligned(1 if straight else many * room)
        weights = np.empty(at.size, real)
        for o in range((N - part + parts - 1) // parts * F):
            n, f = part + o // F * parts, o % F
            move_image(
                data(y), corner(plan, OF_Y, n, b, f), data(outer), before, room, data(plan), OF_Y,
                data(grid), -1, real(0),
            )
            for c in range(C):
                picked(w, corner(plan, OF_W, b, f, c), entries, weights)
                to = corner(plan, OF_X, n, b, c)
                add, start = np.int64(f > 0) | held(plan), begun(first, plan, n, b, c)
                # Slab by slab to where they belong, or phase by phase.
                for k in range(plan[AT_WIDE] if straight else many):
                    into, at_, pitch, from_ = data(flat), k * room, grid[2], before
                    begins, ended, rows, columns = ends[k % many], ends[k % many + 1], NIL, NIL
                    if straight:
                        into, at_, pitch = data(x), to + k * plan[OF_X + 3], plan[OF_X + 4]
                        up, left = plan[AT_PADS + 1], plan[AT_PADS + 2]
                        from_ += place_in(grid, k + plan[AT_PADS], up, left)
                        rows, columns = plan[AT_WIDE + 1], plan[AT_WIDE + 2]
                    else:
                        s, r = plan[AT_STRIDES + 1], plan[AT_STRIDES + 2]
                        _, left, columns = of_phase(plan[AT_WIDE + 2], r, plan[AT_PADS + 2], k % r)
                        columns = (columns + LANES - 1) // LANES * LANES
                        _, up, rows = of_phase(plan[AT_WIDE + 1], s, plan[AT_PADS + 1], k // r % s)
                        if grid[0] > 1:
                            up, rows = NIL, grid[0] * grid[1]
                        at_ += place_in(grid, 0, up, left)
                        from_ += place_in(grid, 0, up, left)
                    weigh_rows(
                        into, at_, pitch, data(outer), from_, grid[2], data(at[begins:]),
                        data(weights[begins:]), ended - begins, rows, columns,
                        add if straight else 0, start if straight else real(0),
                    )
                if not straight:
                    move_image(
                        data(x), to, data(flat), 0, room, data(plan), OF_X, data(grid), add, start
                    )


@in_threads
def planes_to_w(x, w, y, first, plan):
    """`windows_to_w` of arrays, group by group."""
    apart()
    N, B, C, F = plan[AT_SIZES], plan[AT_SIZES + 1], plan[AT_SIZES + 2], plan[AT_SIZES + 3]
    grid, phases, at, entries = found(plan, LANES)
    margin = margin_of(plan)
    room = rounded(margin + volume(grid, 0) + grid[3])
    at += phases * room
    whole, straight, parts = volume(plan, AT_STRIDES) * room, plan[OF_Y + 5] == 1, shares(B, N)
    totals = zeros(B * parts * C * F * at.size * LANES)
    for task in prange(B * parts):
        b, part = task // parts, task % parts
        flat, outer = zeros(whole * C), aligned(1 if straight else room)
        for n in range(part, N, parts):
            for c in range(C):
                move_image(
                    data(x), corner(plan, OF_X, n, b, c), data(flat), margin + c * whole, room,
                    data(plan), OF_X, data(grid), -1, real(0),
                )
            for f in range(F):
                source = corner(plan, OF_Y, n, b, f)
                if not straight:
                    move_image(
                        data(y), source, data(outer), 0, room, data(plan), OF_Y, data(grid), -1,
                        real(0),
                    )
                for o in range(C * plan[AT_RUN]):
                    c, g = o // plan[AT_RUN], o % plan[AT_RUN]
                    place = place_in(grid, g, 0, 0)
                    from_, at_, pitch = data(outer), place, grid[2]
                    if straight:
                        from_, at_, pitch = data(y), source + g * plan[OF_Y + 3], plan[OF_Y + 4]
                    multiply_rows(
                        data(totals), ((task * F + f) * C + c) * at.size * LANES, from_, at_, pitch,
                        data(flat), margin + c * whole + place, grid[2], data(at), at.size,
                        plan[AT_RUN + 1], plan[AT_RUN + 2],
                    )
    added_up(totals, w, first, plan, entries, parts)
