"""Strips of tiles of X and Y, and filters, taken to the points of a Cook–Toom algorithm and back.

A strip is a row of tiles with LANES channels side by side, [row][column][channel], so that it is
transformed for LANES channels at once. Strips reach beyond the borders: X is 0 there, and Y is not
written.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange

from deltarule.kernels.prelude.calls import apart
from deltarule.kernels.prelude.micro_kernel import aligned
from deltarule.kernels.prelude.vectors import LANES, NR, turn
from deltarule.kernels.prelude.window_layout import clear

real = np.float32
compiled = kept_in_threads = njit
U = np.uint64
TILE, TAPS, POINTS = 4, 3, 6


def both_axes(one, _size):
    """From `lanes`."""
    return one


def _from_text(*_numbers):
    """Written by `transforms.text`."""


wide_at_points = taps_at_points = outputs_at_points = _from_text
outputs_from_points = taps_from_points = _from_text


# ---- what follows goes into kernels

wide_in = both_axes(wide_at_points, POINTS)
taps_in = both_axes(taps_at_points, TAPS)
outputs_in = both_axes(outputs_at_points, TILE)
outputs_out = both_axes(outputs_from_points, POINTS)
taps_out = both_axes(taps_from_points, POINTS)


#: Copied into what calls it as source, and so compiled once.
woven = njit(inline="always")


@woven
def lay_strip(x, at, xs, shape, top, left, strip, rows, columns):
    """strip[row, column, c] = X[c, top + row, left + column] for LANES channels, 0 outside X."""
    C, H, W = shape
    for row in range(rows):
        h, o = top + row, row * columns * LANES
        first, last = columns, columns
        if 0 <= h < H:
            first = min(max(0, -left), columns)
            last = max(min(columns, W - left), first)
        clear(strip, o, o + first * LANES)
        here = at + h * xs[2] + left * xs[3]
        if xs[3] == 1:
            for q in range(first, last, LANES):
                turn(x, here + q, xs[1], strip, o + q * LANES, LANES, C, last - q)
        else:
            for q in range(first, last):
                for c in range(LANES):
                    value = x[U(here + c * xs[1] + q * xs[3])] if c < C else real(0)
                    strip[U(o + q * LANES + c)] = value
        clear(strip, o + last * LANES, o + columns * LANES)


@compiled
def strips_in(x, x0, xs, shape, pads, block, at, pitch, panel, step, strip, outputs):
    """X (or Y, with `outputs`) at the points, as at[point][tile, channel], for a block of strips.

    X begins at x0. Tiles are `step` apart, NR channels `panel`.
    """
    apart()
    start, count, down, across = block
    C, H, W = shape
    rows = TILE if outputs else POINTS
    columns = across * TILE + TAPS - 1
    for s in range(count):
        n, top = (start + s) // down, (start + s) % down * TILE
        for c in range(0, C, LANES):
            lay_strip(x, x0 + n * xs[0] + c * xs[1], xs, (C - c, H, W), top - pads[0], -pads[1],
                      strip, rows, columns)
            for t in range(across):
                o, to = TILE * t * LANES, c // NR * panel + c % NR + (s * across + t) * step
                if outputs:
                    outputs_in(strip, o, columns * LANES, LANES, at, to, POINTS * pitch, pitch)
                else:
                    wide_in(strip, o, columns * LANES, LANES, at, to, POINTS * pitch, pitch)


@woven
def strips_out(y, y0, ys, shape, block, at, pitch, strip, room):
    """Y += Aᵀ Ŷ A for a block of strips, and NR channels of Y, which begin at y0."""
    start, count, down, across = block
    F, I, J = shape
    columns = (across * TILE + LANES - 1) // LANES * LANES
    for s in range(count):
        n, top = (start + s) // down, (start + s) % down * TILE
        for f in range(0, F, LANES):
            for t in range(across):
                o = f + (s * across + t) * NR
                outputs_out(at, o, POINTS * pitch, pitch,
                            strip, TILE * t * LANES, columns * LANES, LANES)
            for i in range(min(TILE, I - top)):
                for j in range(0, columns, LANES):
                    o = (i * columns + j) * LANES
                    turn(strip, o, LANES, room, j, columns, LANES, LANES)
                here = y0 + n * ys[0] + f * ys[1] + (top + i) * ys[2]
                for g in range(min(LANES, F - f)):
                    o, to = U(g * columns), U(here + g * ys[1])
                    if ys[3] == 1:
                        for j in range(U(J)):
                            y[to + j] += room[o + j]
                    else:
                        for j in range(U(J)):
                            y[to + j * U(ys[3])] += room[o + j]


@kept_in_threads
def filters_in(w, w0, ws, C, F, at):
    """Ŵ = G W Gᵀ of all filters, as [point][panel of NR filters][channel][filter]."""
    pitch = (F + NR - 1) // NR * C * NR
    columns = pitch // C // LANES
    for task in prange(columns * 2):
        f, half = task // 2 * LANES, task % 2
        few = aligned(TAPS * TAPS * LANES)
        for c in range(C * half // 2, C * (half + 1) // 2):
            for k in range(TAPS):
                for l in range(TAPS):
                    o, here = (k * TAPS + l) * LANES, w0 + c * ws[1] + k * ws[2] + l * ws[3]
                    for g in range(LANES):
                        few[U(o + g)] = w[U(here + (f + g) * ws[0])] if f + g < F else real(0)
            to = (f // NR * C + c) * NR + f % NR
            taps_in(few, 0, TAPS * LANES, LANES, at, to, POINTS * pitch, pitch)


@kept_in_threads
def filters_out(at, parts, w, ws, C, F):
    """W += Gᵀ Ŵ G, where Ŵ is the sum of `parts`."""
    pitch = (F + NR - 1) // NR * C * NR
    whole, columns = POINTS * POINTS * pitch, pitch // C // NR
    for task in prange(columns * 2):
        panel, half = task // 2, task % 2
        first, last = C * half // 2, C * (half + 1) // 2
        few = aligned(TAPS * TAPS * LANES)
        for p in range(POINTS * POINTS):
            o, count = p * pitch + (panel * C + first) * NR, (last - first) * NR
            for part in range(1, parts):
                for i in range(U(count)):
                    at[U(o) + i] += at[U(o + part * whole) + i]
        for f in range(panel * NR, min(F, panel * NR + NR), LANES):
            for c in range(first, last):
                o = (panel * C + c) * NR + f % NR
                taps_out(at, o, POINTS * pitch, pitch, few, 0, TAPS * LANES, LANES)
                for k in range(TAPS):
                    for l in range(TAPS):
                        o, here = (k * TAPS + l) * LANES, c * ws[1] + k * ws[2] + l * ws[3]
                        for g in range(min(LANES, F - f)):
                            w[U(here + (f + g) * ws[0])] += few[U(o + g)]
