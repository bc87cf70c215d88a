"""Sums over windows of a few taps by Cook–Toom algorithms, in blocks that stay in the cache.

Y[n, f] = Σ_c W[f, c] ⋆ X[n, c] is cut into tiles of TILE × TILE. At the points, a tile of X
is X̂ = Bᵀ X B, a filter is Ŵ = G W Gᵀ, and for each of the POINTS × POINTS points a product of
matrices gives Ŷ[tile, f] = Σ_c X̂[tile, c]·Ŵ[c, f]; the tile of Y is Aᵀ Ŷ A.

The gradient of X is such a sum of Y with filters that are turned round. That of W transposes the
algorithm: Ŷ = A Y Aᵀ is taken in, Ŵ[c, f] = Σ_tile X̂[tile, c]·Ŷ[tile, f], and W = Gᵀ Ŵ G.

In exact numbers all that is the sum over the windows. Rounded, a tile is as inexact everywhere as
its largest number asks for, and NaN spreads to its tile, as ∞ does by ∞ − ∞: where the range of
numbers is that wide, sums are taken directly (see `dynamic_range`), unless transforms are forced.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import data, numbers
from deltarule.kernels.prelude.dynamic_range import narrow_range
from deltarule.kernels.prelude.micro_kernel import aligned, places, tiles
from deltarule.kernels.prelude.strips import filters_in, filters_out, strips_in, strips_out
from deltarule.kernels.prelude.vectors import BYTES, LANES, NR
from deltarule.kernels.prelude.window_layout import ADDED_TO
from deltarule.kernels.prelude.window_sums import windows_to_w, windows_to_x, windows_to_y

real = np.float32
woven = kept = kept_in_threads = njit
U = np.uint64
TILE, TAPS, POINTS = 4, 3, 6
PARALLEL = False


# ---- what follows goes into kernels

#: Bytes of a block at the points.
BLOCK = 786432

@woven
def odd(count):
    """The count as an odd multiple of 16: rows do not fall on the same lines of the cache."""
    return ((count + 15) // 16 | 1) * 16


@kept_in_threads
def in_tiles(x, xs, y, ys, shape, pads, at, parts, to_w):
    """Y += W ⋆ X, where `at` is Ŵ; or, with `to_w`, `at` = Ŵ, one for each part of the strips.

    Each part has strips that follow each other, in blocks of about the same number of them. Of Ŷ
    a block keeps one panel of filters at a time.
    """
    N, C, F, H, W, I, J = shape
    down, across = (I + TILE - 1) // TILE, (J + TILE - 1) // TILE
    strips, squares, panels = N * down, POINTS * POINTS, (F + NR - 1) // NR
    nil, one = np.int64(0), np.int64(1)
    # X̂ and a panel of Ŷ take most of the nearer cache, but have tiles enough to make up for
    # reading all of Ŵ.
    step = odd(C)
    most = BLOCK // (squares * (step + NR) * BYTES * across)
    most = min(max(most, ((48 if to_w else 24) + across - 1) // across), strips)
    tall = most * across
    pitch_x, pitch_y, pitch_w = odd(tall * step), odd(tall * NR), panels * C * NR
    lines = places(max(tall, C), NR)
    for part in prange(parts):
        xp, yp = aligned(squares * pitch_x), aligned(squares * pitch_y)
        strip = aligned((POINTS * (across * TILE + TAPS + LANES) + LANES) * LANES)
        room = aligned((across * TILE + LANES) * LANES)
        total = aligned(C * NR)
        begin, end = part * strips // parts, (part + 1) * strips // parts
        blocks = (end - begin + most - 1) // most
        for b in range(blocks):
            start = begin + b * (end - begin) // blocks
            count = begin + (b + 1) * (end - begin) // blocks - start
            block, some = (start, count, down, across), count * across
            strips_in(x, nil, xs, (C, H, W), pads, block, xp, pitch_x, one * NR, step, strip, nil)
            for panel in range(panels):
                wide, here = min(NR, F - panel * NR), panel * NR * ys[1]
                if to_w:
                    strips_in(y, here, ys, (wide, I, J), (nil, nil), block, yp, pitch_y, nil,
                              one * NR, strip, one)
                for p in range(squares):
                    o = p * pitch_w + panel * C * NR
                    if not to_w:
                        tiles(data(yp), p * pitch_y, NR, data(xp), p * pitch_x, step, one, nil,
                              data(at), o, data(lines), some, C, wide, 0)
                        continue
                    # Sums of a block apart: short sums are rounded less.
                    o += part * squares * pitch_w
                    tiles(data(total), 0, NR, data(xp), p * pitch_x, one, step, nil, data(yp),
                          p * pitch_y, data(lines), C, some, NR, 0)
                    add(at, o, total, b)
                if not to_w:
                    strips_out(y, here, ys, (wide, I, J), block, yp, pitch_y, strip, room)


@woven
def add(a, o, b, more):
    """a[o + i] = b[i], or += where there is more in it."""
    if more:
        for i in range(U(b.size)):
            a[U(o) + i] += b[i]
    else:
        for i in range(U(b.size)):
            a[U(o) + i] = b[i]


def tiles_pay(shape, forced):
    """Whether Winograd's method make up for the transforms; weights by measurement."""
    N, C, F, H, W, K, L, I, J = shape
    if K != TAPS or L != TAPS or min(shape) == 0:
        return False
    count, wide = N * -(-I // TILE) * -(-J // TILE), -(-C // LANES) * LANES
    filters = -(-F // NR) * NR
    each = count * C * filters + 12 * count * (wide + filters) + 15 * C * filters
    return forced or POINTS * POINTS * each < N * C * F * K * L * I * J


def strip_shares(many):
    """In how many parts the strips are taken for W: 2, 4 or 8, at most so `many` if not 2."""
    return 8 if many >= 8 else 4 if many >= 4 else 2


def parts_at_once():
    """How many threads share the blocks."""
    return numba.get_num_threads() if PARALLEL else 1


def transformed(w, w0, ws, C, F):
    """What `filters_in` fills, at a multiple of 64 bytes."""
    size = POINTS * POINTS * -(-F // NR) * NR * C
    wide = np.empty(size + 64 // BYTES, real)
    start = (-wide.ctypes.data % 64) // BYTES
    at = wide[start : start + size]
    filters_in(w, w0, ws, C, F, at)
    return at


def tiled_to_y(x, xs, w, ws, y, ys, shape, axes):
    """Y[n, f, i, j] += Σ_{c,k,l} W[f, c, k, l]·X[n, c, i + k − p0, j + l − p1]."""
    N, C, F, H, W, K, L, I, J = shape
    at = transformed(w, 0, ws, C, F)
    sizes, pads = (N, C, F, H, W, I, J), (axes[2], axes[5])
    in_tiles(x, xs, y, ys, sizes, pads, at, parts_at_once(), False)


def tiled_to_x(x, xs, w, ws, y, ys, shape, axes):
    """X[n, c, p, q] += Σ_{f,k,l} W[f, c, K−1−k, L−1−l]·Y[n, f, p + k − P0, q + l − P1].

    With P0 = K − 1 − p0 and P1 = L − 1 − p1 these are the windows of Y, with W turned round.
    """
    N, C, F, H, W, K, L, I, J = shape
    last = (K - 1) * ws[2] + (L - 1) * ws[3]
    at = transformed(w, last, (ws[1], ws[0], -ws[2], -ws[3]), F, C)
    sizes, pads = (N, F, C, I, J, H, W), (K - 1 - axes[2], L - 1 - axes[5])
    in_tiles(y, ys, x, xs, sizes, pads, at, parts_at_once(), False)


def tiled_to_w(x, xs, w, ws, y, ys, shape, axes):
    """W[f, c, k, l] += Σ_{n,i,j} Y[n, f, i, j]·X[n, c, i + k − p0, j + l − p1]."""
    N, C, F, H, W, K, L, I, J = shape
    size, strips = POINTS * POINTS * -(-F // NR) * NR * C, N * -(-I // TILE)
    # By sizes alone: whatever the number of threads is, sums are the same.
    parts = min(strips, strip_shares((x.size + y.size) // (2 * size))) if PARALLEL else 1
    at = np.empty(parts * size, real)
    sizes, pads = (N, C, F, H, W, I, J), (axes[2], axes[5])
    in_tiles(x, xs, y, ys, sizes, pads, at, parts, True)
    filters_out(at, parts, w, ws, C, F)


@woven
def plan_of(xs, ws, ys, shape, axes):
    """The plan of `windows_to_y` and its like: one group, and windows that do not move in depth."""
    N, C, F, H, W, K, L, I, J = shape
    strides = (
        xs[0], 0, xs[1], 0, xs[2], xs[3], 0, ws[0], ws[1], 0, ws[2], ws[3],
        ys[0], 0, ys[1], 0, ys[2], ys[3],
    )
    s0, d0, p0, s1, d1, p1 = axes
    return numbers(
        strides + (N, 1, C, F, 1, H, W, 1, K, L, 1, I, J, 1, s0, s1, 1, d0, d1, 0, p0, p1,
                   ADDED_TO, 0, 0, 0)
    )


@kept
def untiled_to_y(x, xs, w, ws, y, ys, shape, axes):
    """`windows_to_y` of arrays."""
    windows_to_y(data(x), data(w), data(y), data(x), plan_of(xs, ws, ys, shape, axes))


@kept
def untiled_to_x(x, xs, w, ws, y, ys, shape, axes):
    """`windows_to_x` of arrays."""
    windows_to_x(data(x), data(w), data(y), data(x), plan_of(xs, ws, ys, shape, axes))


@kept
def untiled_to_w(x, xs, w, ws, y, ys, shape, axes):
    """`windows_to_w` of arrays."""
    windows_to_w(data(x), data(w), data(y), data(x), plan_of(xs, ws, ys, shape, axes))


PARTS = (
    in_tiles, filters_in, filters_out, narrow_range, untiled_to_y, untiled_to_x, untiled_to_w,
)
# What they are called with: arrays of numbers, so many integers in a tuple, integers and bools.
ROW = (np.dtype(real).name, 1)
in_tiles.kinds = ROW, 4, ROW, 4, 7, 2, ROW, None, False
filters_in.kinds = ROW, None, 4, None, None, ROW
filters_out.kinds = ROW, None, ROW, 4, None, None


def fits_tiles(x, xs, shape, pads, known):
    """`narrow_range`, looked up in `known` where a pass has asked for the same array before."""
    key = (x.ctypes.data, xs, shape, pads)
    if key not in known:
        known[key] = narrow_range(x, xs, shape, pads)
    return known[key]


def fits_filters(w, ws, C, F, known):
    """Whether the taps of each filter have a range that the transforms can take.

    Outputs at an edge see some taps only, those at a corner down to one: as the windows of a
    picture of TAPS × TAPS see it, in steps of 1, from one corner to the other.
    """
    pad, along = TAPS - 1, 2 * TAPS - 1
    return fits_tiles(w, ws, (F, C, TAPS, TAPS, along, along), (pad, pad), known)


def by_cost_to_y(x, xs, w, ws, y, ys, shape, axes, forced, known):
    """The sum into Y, by whichever way is faster, if the ranges of X and W allow it."""
    N, C, F, H, W, K, L, I, J = shape
    chosen = untiled_to_y
    if tiles_pay(shape, forced) and (
        forced or fits_tiles(x, xs, (N, C, H, W, I, J), (axes[2], axes[5]), known)
        and fits_filters(w, ws, C, F, known)
    ):
        chosen = tiled_to_y
    chosen(x, xs, w, ws, y, ys, shape, axes)


def by_cost_to_x(x, xs, w, ws, y, ys, shape, axes, forced, known):
    """The sum into X, by whichever way is faster, if the ranges of Y and W allow it."""
    N, C, F, H, W, K, L, I, J = shape
    pads = (K - 1 - axes[2], L - 1 - axes[5])
    chosen = untiled_to_x
    if tiles_pay(shape, forced) and (
        forced or fits_tiles(y, ys, (N, F, I, J, H, W), pads, known)
        and fits_filters(w, (ws[1], ws[0], ws[2], ws[3]), F, C, known)
    ):
        chosen = tiled_to_x
    chosen(x, xs, w, ws, y, ys, shape, axes)


def by_cost_to_w(x, xs, w, ws, y, ys, shape, axes, forced, known):
    """The sum into W, by whichever way is faster, if the ranges of X and Y allow it."""
    N, C, F, H, W, K, L, I, J = shape
    pads, turned = (axes[2], axes[5]), (K - 1 - axes[2], L - 1 - axes[5])
    chosen = untiled_to_w
    if tiles_pay(shape, forced) and (
        forced or fits_tiles(x, xs, (N, C, H, W, I, J), pads, known)
        and fits_tiles(y, ys, (N, F, I, J, H, W), turned, known)
    ):
        chosen = tiled_to_w
    chosen(x, xs, w, ws, y, ys, shape, axes)
