"""Sums over all places of two images, laid out flat, as products of matrices.

    totals[b, f, c, t] = Σ_r Y[b, f][r]·X[t, b, c][r + at[t]]

Dot products read both along r, and add up lanes at the end. Where there are channels enough, X is
turned round instead: NR channels of a place side by side, in panels as `tiles` wants them, so that
a tap is again a constant offset.
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
from deltarule.kernels.prelude.micro_kernel import aligned, places, tiles
from deltarule.kernels.prelude.panel_products import KC
from deltarule.kernels.prelude.vectors import LANES, NR, turn

in_threads = compiled = njit
U = np.uint64


# ---- what follows goes into kernels

#: So many filters are summed at once: with KC places of them they stay in a near cache.
FILTERS_AT_ONCE = 96
#: In so many pieces the places are shared, at most.
PIECES_AT_MOST = 8


@compiled
def panels_pay(C, F):
    """Whether channels fill most of their panels, and there are filters enough for tiles."""
    return 8 * C >= 7 * ((C + NR - 1) // NR * NR) and F >= 12


@outside(_NUMBERS, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE)
def turn_channels(flat, start, plane, count, panel, length):
    """panel[NR·r + c] = flat[start + plane·c + r], c below `count`, r below `length`."""
    for c in range(0, NR, LANES):
        for r in range(0, length, LANES):
            turn(
                flat, start + plane * c + r, plane, panel, NR * r + c, NR, max(count - c, 0), LANES
            )


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _PLACES, _WHOLE,
    _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def add_taps(
    sums, s0, outer, o0, plane, turned, t0, phase, at, phases, taps, lines, panels, many, deep, add
):
    """sums[s0 + …][f][tap, panel, c] (+)= Σ_r Y[f][r]·X[phase, panel][r + at[tap], c].

    r runs below `deep` from outer[o0] and turned[t0] on, f below `many`. Planes of Y lie `plane`
    apart, phases of X `phase`, and panels `plane` times NR.
    """
    at, phases, wide = from_start(at), from_start(phases), taps * panels * NR
    for n in range(taps * panels):
        tap, panel = n // panels, n % panels
        place = t0 + phases[tap] * phase + (panel * plane + at[tap]) * NR
        tiles(
            sums, s0 + n * NR, wide, outer, o0, plane, 1, 0, turned, place, lines, many, deep, NR,
            add,
        )


@in_threads
def put_totals(totals, sums, pieces, rows, C, taps, wide):
    """totals[row][c][tap] of the sums [row][tap, panel, c] of all pieces."""
    apart()
    for row in prange(rows):
        o = row * wide
        for piece in range(1, pieces):
            for i in range(U(wide)):
                sums[U(o) + i] += sums[U(piece * rows * wide + o) + i]
        for c in range(C):
            for tap in range(taps):
                totals[U((row * C + c) * taps + tap)] = sums[U(o + tap * (wide // taps) + c)]


@in_threads
def totals_of_panels(totals, outer, flat, plane, at, phases, B, C, F, run, runs, further):
    """The totals of taps that lie `at[t]` further in the phase `phases[t]` of X.

    `flat` holds X [phase, b, c][r], `outer` Y [b, f][r], each plane a multiple of LANES. r runs
    below `run` from 0, further, 2·further … on, so many `runs`. Threads share the places in
    pieces, by sizes alone, whatever the number of threads is.
    """
    apart()
    panels, planes = (C + NR - 1) // NR, flat.size // plane // C
    turned = aligned(planes * panels * plane * NR)
    for task in prange(planes * panels):
        channel = task % panels * NR
        turn_channels(
            data(flat), (task // panels * C + channel) * plane, plane, min(NR, C - channel),
            data(turned[U(task * plane * NR):]), plane,
        )
    wide, parts = at.size * panels * NR, (F + FILTERS_AT_ONCE - 1) // FILTERS_AT_ONCE
    blocks = (run + KC - 1) // KC
    pieces = max(1, min(PIECES_AT_MOST, runs * blocks // 2))
    sums, lines = aligned(pieces * B * F * wide), places(KC, NR)
    for task in prange(pieces * B * parts):
        piece, b, f = task // (B * parts), task // parts % B, task % parts * FILTERS_AT_ONCE
        begin, end = piece * runs * blocks // pieces, (piece + 1) * runs * blocks // pieces
        for block in range(begin, end):
            k = block % blocks * KC
            o, deep = block // blocks * further + k, min(KC, run - k)
            add_taps(
                data(sums), ((piece * B + b) * F + f) * wide, data(outer), (b * F + f) * plane + o,
                plane, data(turned), (b * panels * plane + o) * NR, B * panels * plane * NR,
                data(at), data(phases), at.size, data(lines), panels, min(FILTERS_AT_ONCE, F - f),
                deep, min(block - begin, 1),
            )
    put_totals(totals, sums, pieces, B * F, C, at.size, wide)


@outside(
    _NUMBERS, _NUMBERS, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
    _WHOLE, _WHOLE, _WHOLE,
)
def panels_summed(
    totals, outer, flat, size, plane, at, phases, taps, B, C, F, run, runs, further
):
    """`totals_of_panels` of places in memory; X has so many numbers in all."""
    totals_of_panels(
        from_start(totals), from_start(outer), from_start(flat)[:size], plane,
        from_start(at)[:taps], from_start(phases)[:taps], B, C, F, run, runs, further,
    )


@compiled
def panel_totals(totals, outer, flat, plane, at, phases, B, C, F, run, runs, further):
    """`totals_of_panels`, compiled where it is needed; the arrays live until it ends."""
    panels_summed(
        data(totals), data(outer), data(flat), flat.size, plane, data(at), data(phases), at.size,
        B, C, F, run, runs, further,
    )
