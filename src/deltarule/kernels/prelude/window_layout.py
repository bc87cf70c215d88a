"""Images laid out flat, so that every tap of a window is a constant offset.

An image with channels X[n, b, c, t, h, w] goes to [phase][b, c][n][slab][row][column]: a stride of
S makes S phases, and the zeros between rows and slabs are shared by both neighbours. The loop over
all images, slabs, rows and columns is then one long run. What it computes between rows is never
copied out.

`shape` holds N, B, C, T, H, W; `grid` the slabs, rows and columns that an image needs; strides and
pads are those of the three directions.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import apart
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned
from deltarule.kernels.prelude.vectors import NR, added, copied

compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels


#: What a result begins with: 0, what it holds, or numbers of another tensor.
FROM_ZERO = 0
ADDED_TO = 1
FROM_FIRST = 2


@inlined
def held(begin):
    """Whether results are added to what they hold, as 0 or 1."""
    return np.int64(begin[0] == ADDED_TO)


@inlined
def begun(first, begin, n, b, c):
    """What entries of [n, b, c] begin with, if not with what they hold."""
    if begin[0] != FROM_FIRST:
        return real(0)
    return first[U(n * begin[1] + b * begin[2] + c * begin[3])]


@compiled
def zeros(count):
    """Zeros, at a multiple of 64 bytes."""
    room = aligned(count)
    for n in range(U(count)):
        room[n] = real(0)
    return room


@compiled
def rounded(count):
    """The count up to whole panels, as an odd multiple of 16: planes then differ in cache lines."""
    return ((count + NR + 15) // 16 | 1) * 16


@compiled
def extent_flat(x, k, y, s, d, p):
    """Along one axis: the places a row needs, and by how many the taps reach ahead."""
    reach = d * (k - 1) // s
    end = (p + x + s - 1) // s
    return max(y, end, y + reach - p // s), reach


@inlined
def grid_of(wide, taps, run, steps, unit):
    """Slabs, rows and columns of an image, and by how many places the taps reach ahead.

    The columns are a multiple of `unit`.
    """
    s, d, p = steps
    slabs, deep = extent_flat(wide[0], taps[0], run[0], s[0], d[0], p[0])
    rows, up = extent_flat(wide[1], taps[1], run[1], s[1], d[1], p[1])
    columns, ahead = extent_flat(wide[2], taps[2], run[2], s[2], d[2], p[2])
    columns = (columns + unit - 1) // unit * unit
    return (slabs, rows, columns), (deep * rows + up) * columns + ahead


@inlined
def place_in(grid, slab, row, column):
    """How far a place lies from the start of its image."""
    return (slab * grid[1] + row) * grid[2] + column


@inlined
def volume(sizes):
    """How many places three directions have together."""
    return sizes[0] * sizes[1] * sizes[2]


@inlined
def one_phase():
    """Strides and pads of what has no windows."""
    return (ONE, ONE, ONE), (NIL, NIL, NIL)


@compiled
def lay_out_image(x, source, xs, shape, flat, start, phases, grid, s, p):
    """x[source + …] of T × H × W into flat[start + …], a phase every `phases` numbers."""
    T, H, W = shape
    for t in range(T):
        slab = (t + p[0]) // s[0]
        if s[0] == 1 and s[1] == 1 and s[2] == 1 and xs[5] == 1:
            to = start + place_in(grid, slab, p[1], p[2])
            copied(x, source + t * xs[3], xs[4], flat, to, grid[2], H, W)
            continue
        for h in range(H):
            row = (h + p[1]) // s[1]
            phase = ((t + p[0] - slab * s[0]) * s[1] + h + p[1] - row * s[1]) * s[2]
            here = source + t * xs[3] + h * xs[4]
            for r in range(s[2]):
                first = (r - p[2]) % s[2]
                place = place_in(grid, slab, row, (first + p[2]) // s[2])
                to = U(start + (phase + r) * phases + place)
                count = U((W - first + s[2] - 1) // s[2])
                for w in range(count):
                    flat[to + w] = x[U(here + first * xs[5]) + w * U(s[2] * xs[5])]


@compiled
def take_back_image(x, source, xs, shape, flat, start, phases, grid, s, p, add, begin):
    """`lay_out_image` backwards: x[source + …] is flat[start + …] + (x[source + …] or begin)."""
    T, H, W = shape
    for t in range(T):
        slab = (t + p[0]) // s[0]
        if s[0] == 1 and s[1] == 1 and s[2] == 1 and xs[5] == 1:
            to = start + place_in(grid, slab, p[1], p[2])
            added(flat, to, grid[2], x, source + t * xs[3], xs[4], H, W, add, begin)
            continue
        for h in range(H):
            row = (h + p[1]) // s[1]
            phase = ((t + p[0] - slab * s[0]) * s[1] + h + p[1] - row * s[1]) * s[2]
            here = source + t * xs[3] + h * xs[4]
            for r in range(s[2]):
                first = (r - p[2]) % s[2]
                place = place_in(grid, slab, row, (first + p[2]) // s[2])
                to = U(start + (phase + r) * phases + place)
                count = U((W - first + s[2] - 1) // s[2])
                for w in range(count):
                    o = U(here + first * xs[5]) + w * U(s[2] * xs[5])
                    x[o] = flat[to + w] + (x[o] if add else begin)


@in_threads
def lay_out(x, xs, sizes, shape, flat, o, plane, grid, s, p):
    """X[n, b, c, t, h, w] into flat[phase, b, c][n, slab, row, column]; all else stays 0.

    `sizes` are N, B, C, and `shape` T, H, W.
    """
    apart()
    N, B, C = sizes
    for channel in prange(B * C):
        for n in range(N):
            source = n * xs[0] + channel // C * xs[1] + channel % C * xs[2]
            start = o + channel * plane + n * place_in(grid, grid[0], 0, 0)
            lay_out_image(x, source, xs, shape, flat, start, B * C * plane, grid, s, p)


@in_threads
def take_back(x, xs, sizes, shape, flat, o, plane, grid, s, p, first, begin):
    """`lay_out` backwards: X[n, b, c, t, h, w] becomes flat[…] and what it begins with."""
    apart()
    N, B, C = sizes
    for channel in prange(B * C):
        b, c = channel // C, channel % C
        for n in range(N):
            source = n * xs[0] + b * xs[1] + c * xs[2]
            start = o + channel * plane + n * place_in(grid, grid[0], 0, 0)
            take_back_image(
                x, source, xs, shape, flat, start, B * C * plane, grid, s, p, held(begin),
                begun(first, begin, n, b, c),
            )


@compiled
def tap_places(taps, grid, s, d):
    """Of each tap its phase, and how far it lies from the window's corner."""
    phases = np.empty(taps[0] * taps[1] * taps[2], np.int64)
    at = np.empty(phases.size, np.int64)
    t = 0
    for q in range(taps[0]):
        slab = d[0] * q // s[0]
        for k in range(taps[1]):
            row = d[1] * k // s[1]
            for l in range(taps[2]):
                column = d[2] * l // s[2]
                phase = (d[0] * q - slab * s[0]) * s[1] + d[1] * k - row * s[1]
                phases[t] = phase * s[2] + d[2] * l - column * s[2]
                at[t] = place_in(grid, slab, row, column)
                t += 1
    return phases, at


@compiled
def entries_of(taps, ws):
    """How far each tap (q, k, l) of W lies from its first."""
    at = np.empty(volume(taps), np.int64)
    t = 0
    for q in range(taps[0]):
        for k in range(taps[1]):
            for l in range(taps[2]):
                at[t] = q * ws[3] + k * ws[4] + l * ws[5]
                t += 1
    return at
