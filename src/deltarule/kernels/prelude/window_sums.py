"""Sums over windows, X[n, c, S·i + D·k − P, …] with W[f, c, k, …] and Y[n, f, i, …].

Each of the three is a sum over products of the other two, taken where X's entry exists. X is laid
out flat: [phase][channel][image][row][column], where a stride of S makes S phases and the zeros
between rows are shared by both neighbours. A tap (c, k, l) is then a constant offset, and the
loop over all images, rows and columns is one long run. What the run computes between rows is
never copied out.

Arrays come as places in memory; `plan` holds the strides of X[n, c, h, w], W[f, c, k, l] and
Y[n, f, i, j], the sizes N, C, F, H, W, K, L, I, J, and stride, dilation and pad of the rows, then
of the columns.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import _NUMBERS, _PLACES, apart, from_start, outside
from deltarule.kernels.prelude.dots import dot_products
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned, places
from deltarule.kernels.prelude.strided_products import product, spread
from deltarule.kernels.prelude.vectors import LANES, NR, added, copied

compiled = inlined = in_threads = njit
U = np.uint64
real = np.float32


# ---- what follows goes into kernels


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


@inlined
def spelt_out(plan):
    """The strides of X, W and Y, the sizes, and stride, dilation and pad of both axes."""
    return (
        (plan[0], plan[1], plan[2], plan[3]), (plan[4], plan[5], plan[6], plan[7]),
        (plan[8], plan[9], plan[10], plan[11]),
        (plan[12], plan[13], plan[14], plan[15], plan[16], plan[17], plan[18], plan[19], plan[20]),
        (plan[21], plan[22], plan[23], plan[24], plan[25], plan[26]),
    )


@compiled
def extent_flat(x, k, y, s, d, p):
    """Along one axis: the places a row needs, and by how many the taps reach ahead."""
    reach = d * (k - 1) // s
    end = (p + x + s - 1) // s
    return max(y, end, y + reach - p // s), reach


@in_threads
def lay_out(x, xs, shape, flat, o, plane, rows, columns, s0, p0, s1, p1):
    """X[n, c, h, w] into flat[phase, c][n, row, column]; what lies between stays 0."""
    apart()
    N, C, H, W = shape
    for c in prange(C):
        for n in range(N):
            if s0 == 1 and s1 == 1 and xs[3] == 1:
                to = o + c * plane + (n * rows + p0) * columns + p1
                copied(x, n * xs[0] + c * xs[1], xs[2], flat, to, columns, H, W)
                continue
            for h in range(H):
                row = (h + p0) // s0
                phase = (h + p0 - row * s0) * s1
                base = o + (n * rows + row) * columns
                here = n * xs[0] + c * xs[1] + h * xs[2]
                for r in range(s1):
                    start = (r - p1) % s1
                    to = U(base + ((phase + r) * C + c) * plane + (start + p1) // s1)
                    count = U((W - start + s1 - 1) // s1)
                    for w in range(count):
                        flat[to + w] = x[U(here + start * xs[3]) + w * U(s1 * xs[3])]


@in_threads
def take_back(x, xs, shape, flat, o, plane, rows, columns, s0, p0, s1, p1):
    """X[n, c, h, w] += flat[phase, c][n, row, column]: `lay_out` backwards."""
    apart()
    N, C, H, W = shape
    for c in prange(C):
        for n in range(N):
            if s0 == 1 and s1 == 1 and xs[3] == 1:
                to = o + c * plane + (n * rows + p0) * columns + p1
                added(flat, to, columns, x, n * xs[0] + c * xs[1], xs[2], H, W)
                continue
            for h in range(H):
                row = (h + p0) // s0
                phase = (h + p0 - row * s0) * s1
                base = o + (n * rows + row) * columns
                here = n * xs[0] + c * xs[1] + h * xs[2]
                for r in range(s1):
                    start = (r - p1) % s1
                    to = U(base + ((phase + r) * C + c) * plane + (start + p1) // s1)
                    count = U((W - start + s1 - 1) // s1)
                    for w in range(count):
                        x[U(here + start * xs[3]) + w * U(s1 * xs[3])] += flat[to + w]


@compiled
def tap_offsets(C, K, L, plane, columns, s0, d0, s1, d1):
    """Where each tap (c, k, l) of X lies in the flat layout, from the entry at its corner."""
    at = np.empty(C * K * L, np.int64)
    t = 0
    for c in range(C):
        for k in range(K):
            row = d0 * k // s0
            for l in range(L):
                column = d1 * l // s1
                phase = (d0 * k - row * s0) * s1 + d1 * l - column * s1
                at[t] = (phase * C + c) * plane + row * columns + column
                t += 1
    return at


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_y(x, w, y, plan):
    """Y[n, f, i, j] += Σ_{c,k,l} W[f, c, k, l]·X[n, c, s0·i + d0·k − p0, s1·j + d1·l − p1]."""
    x, w, y = from_start(x), from_start(w), from_start(y)
    xs, ws, ys, (N, C, F, H, W, K, L, I, J), (s0, d0, p0, s1, d1, p1) = spelt_out(plan)
    if min(N, C, F, H, W, K, L, I, J) == 0:
        return
    rows, up = extent_flat(H, K, I, s0, d0, p0)
    columns, ahead = extent_flat(W, L, J, s1, d1, p1)
    length = N * rows * columns
    plane = rounded(length + up * columns + ahead)
    flat = zeros(s0 * s1 * C * plane)
    lay_out(x, xs, (N, C, H, W), flat, NIL, plane, rows, columns, s0, p0, s1, p1)
    at = tap_offsets(C, K, L, plane, columns, s0, d0, s1, d1)
    weights = np.empty(F * at.size, real)
    t = 0
    for f in range(F):
        for c in range(C):
            for k in range(K):
                for l in range(L):
                    weights[U(t)] = w[U(f * ws[0] + c * ws[1] + k * ws[2] + l * ws[3])]
                    t += 1
    sums = aligned(F * plane)
    spread(sums, NIL, plane, weights, NIL, places(F, at.size), ONE, flat, NIL, at, length, NIL)
    take_back(y, ys, (N, F, I, J), sums, NIL, plane, rows, columns, ONE, NIL, ONE, NIL)


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_w(x, w, y, plan):
    """W[f, c, k, l] += Σ_{n,i,j} Y[n, f, i, j]·X[n, c, s0·i + d0·k − p0, s1·j + d1·l − p1]."""
    x, w, y = from_start(x), from_start(w), from_start(y)
    xs, ws, ys, (N, C, F, H, W, K, L, I, J), (s0, d0, p0, s1, d1, p1) = spelt_out(plan)
    if min(N, C, F, H, W, K, L, I, J) == 0:
        return
    rows, up = extent_flat(H, K, I, s0, d0, p0)
    columns, ahead = extent_flat(W, L, J, s1, d1, p1)
    length = N * rows * columns
    plane = rounded(length + up * columns + ahead)
    flat = zeros(s0 * s1 * C * plane)
    lay_out(x, xs, (N, C, H, W), flat, NIL, plane, rows, columns, s0, p0, s1, p1)
    at = tap_offsets(C, K, L, plane, columns, s0, d0, s1, d1)
    outer = zeros(F * plane)
    lay_out(y, ys, (N, F, I, J), outer, NIL, plane, rows, columns, ONE, NIL, ONE, NIL)
    # Few filters would leave lanes of a tile empty: then whole runs are multiplied.
    few = F <= LANES
    totals = zeros(at.size * F)
    if few:
        dot_products(totals, NIL, at.size, outer, NIL, plane, flat, NIL, at, F, length)
    else:
        unit = real(1)
        product(totals, NIL, F, flat, NIL, at, ONE, outer, NIL, ONE, plane, F, length, unit, NIL)
    for f in range(F):
        t = 0
        for c in range(C):
            for k in range(K):
                for l in range(L):
                    entry = f * ws[0] + c * ws[1] + k * ws[2] + l * ws[3]
                    w[U(entry)] += totals[U(f * at.size + t if few else t * F + f)]
                    t += 1


@outside(_NUMBERS, _NUMBERS, _NUMBERS, _PLACES)
def windows_to_x(x, w, y, plan):
    """X[n, c, p, q] += Σ W[f, c, k, l]·Y[n, f, i, j], where p = s0·i + d0·k − p0, q likewise."""
    x, w, y = from_start(x), from_start(w), from_start(y)
    xs, ws, ys, (N, C, F, H, W, K, L, I, J), (s0, d0, p0, s1, d1, p1) = spelt_out(plan)
    if min(N, C, F, H, W, K, L, I, J) == 0:
        return
    rows, up = extent_flat(H, K, I, s0, d0, p0)
    columns, ahead = extent_flat(W, L, J, s1, d1, p1)
    length = N * rows * columns
    before = rounded(up * columns + ahead)
    plane = rounded(length + before)
    outer = zeros(before + F * plane)
    lay_out(y, ys, (N, F, I, J), outer, before, plane, rows, columns, ONE, NIL, ONE, NIL)
    flat = aligned(s0 * s1 * C * plane)
    at = np.empty(F * K * L, np.int64)
    weights = np.empty(C * F * K * L, real)
    for phase in range(s0 * s1):
        t = 0
        for f in range(F):
            for k in range(K):
                row = d0 * k // s0
                for l in range(L):
                    column = d1 * l // s1
                    if (d0 * k - row * s0) * s1 + d1 * l - column * s1 != phase:
                        continue
                    at[t] = before + f * plane - row * columns - column
                    for c in range(C):
                        entry = f * ws[0] + c * ws[1] + k * ws[2] + l * ws[3]
                        weights[U(t * C + c)] = w[U(entry)]
                    t += 1
        # A phase that no tap reaches becomes 0.
        spread(
            flat, phase * C * plane, plane, weights, NIL, places(C, ONE), C, outer, NIL, at[:t],
            length, NIL,
        )
    take_back(x, xs, (N, C, H, W), flat, NIL, plane, rows, columns, s0, p0, s1, p1)
