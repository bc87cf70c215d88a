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
def pitch_of(C, dense):
    """How many numbers lie side by side at a place."""
    return C if dense else np.int64(NR)


@compiled
def panels_of(C, dense):
    """In how many panels channels are turned round."""
    return np.int64(1) if dense else (C + NR - 1) // NR


@outside(_PLACES, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _PLACES)
def find_columns(at, phases, taps, C, plane, groups, table):
    """What `columns_of` gives, for taps that lie `at` so many places further in their phases."""
    at, phases, table, t, count = from_start(at), from_start(phases), from_start(table), 0, 0
    dense, pitch, panels = table[0], pitch_of(C, table[0]), panels_of(C, table[0])
    while t < taps:
        many = 1
        while dense and t + many < taps and phases[t + many] == phases[t] and (
            at[t + many] == at[t] + many
        ):
            many += 1
        for i in range(many):
            table[1 + t + i] = count * NR + i * C
        for n in range((many * C + NR - 1) // NR):
            here = phases[t] * groups * panels * plane + at[t]
            here += 0 if dense else n * plane
            table[1 + taps + count] = here * pitch + (n * NR if dense else 0)
            count += 1
        t += many
    table[0] = count


@compiled
def columns_of(at, phases, C, dense, plane, groups):
    """How many columns of NR sums there are; of each tap where its sums begin; of each column where
    its numbers lie in what is turned round.

    Where places are `dense`, taps that follow each other are one run of numbers.
    """
    table = np.empty(1 + at.size * (1 + (C + NR - 1) // NR), np.int64)
    table[0] = dense
    find_columns(data(at), data(phases), at.size, C, plane, groups, data(table))
    return table


@compiled
def panels_pay(C, F):
    """Whether channels fill most of their panels, and there are filters enough for tiles."""
    return 8 * C >= 7 * ((C + NR - 1) // NR * NR) and F >= 12


@compiled
def dense_pays(at, phases, C, F):
    """Whether channels of taps that follow each other fill most of their columns."""
    if F < 12 or panels_pay(C, F):
        return False
    return 10 * C * at.size >= 7 * NR * columns_of(at, phases, C, 1, 0, 0)[0]


@outside(_NUMBERS, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE)
def turn_channels(flat, start, plane, count, pitch, panel, length):
    """panel[pitch·r + c] = flat[start + plane·c + r], c below `count`, r below `length`.

    Where `pitch` is no multiple of LANES, up to as many numbers behind them are written over.
    """
    for r in range(0, length, LANES):
        # What a block writes beyond its channels, those that follow write over.
        for c in range((count - 1) // LANES * LANES, -1, -LANES):
            turn(
                flat, start + plane * c + r, plane, panel, pitch * r + c, pitch,
                max(count - c, 0), LANES,
            )


@outside(
    _NUMBERS, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _PLACES, _WHOLE, _PLACES, _WHOLE,
    _WHOLE, _WHOLE,
)
def add_taps(sums, s0, outer, o0, plane, turned, t0, froms, columns, lines, many, deep, add):
    """sums[s0 + …][f][column] (+)= Σ_r Y[f][r]·X[r, column].

    r runs below `deep` from outer[o0] and turned[t0] on, f below `many`; planes of Y lie `plane`
    apart, and places of X as `lines` do.
    """
    froms = from_start(froms)
    for n in range(columns):
        tiles(
            sums, s0 + n * NR, columns * NR, outer, o0, plane, 1, 0, turned, t0 + froms[n], lines,
            many, deep, NR, add,
        )


@in_threads
def put_totals(totals, sums, pieces, rows, C, starts, wide):
    """totals[row][c][tap] of the sums [row][starts[tap] + c] of all pieces."""
    apart()
    for row in prange(rows):
        o = row * wide
        for piece in range(1, pieces):
            for i in range(U(wide)):
                sums[U(o) + i] += sums[U(piece * rows * wide + o) + i]
        for c in range(C):
            for tap in range(starts.size):
                totals[U((row * C + c) * starts.size + tap)] = sums[U(o + starts[tap] + c)]


@in_threads
def totals_of_panels(totals, outer, flat, plane, at, phases, B, C, F, run, runs, further, dense):
    """The totals of taps that lie `at[t]` further in the phase `phases[t]` of X.

    `flat` holds X [phase, b, c][r], `outer` Y [b, f][r], each plane a multiple of LANES. r runs
    below `run` from 0, further, 2·further … on, so many `runs`. Threads share the places in
    pieces, by sizes alone, whatever the number of threads is.
    """
    apart()
    panels, pitch, planes = panels_of(C, dense), pitch_of(C, dense), flat.size // plane // C
    turned = aligned(planes * panels * plane * pitch + NR)
    for task in prange(planes * panels):
        channel = task % panels * NR
        turn_channels(
            data(flat), (task // panels * C + channel) * plane, plane,
            C if dense else min(NR, C - channel), pitch,
            data(turned[U(task * plane * pitch):]), plane - LANES,
        )
    table = columns_of(at, phases, C, dense, plane, B)
    starts, froms = table[1 : 1 + at.size], table[1 + at.size :]
    columns, parts = table[0], (F + FILTERS_AT_ONCE - 1) // FILTERS_AT_ONCE
    wide, blocks = columns * NR, (run + KC - 1) // KC
    pieces = max(1, min(PIECES_AT_MOST, runs * blocks // 2))
    sums, lines = aligned(pieces * B * F * wide), places(KC, pitch)
    for task in prange(pieces * B * parts):
        piece, b, f = task // (B * parts), task // parts % B, task % parts * FILTERS_AT_ONCE
        begin, end = piece * runs * blocks // pieces, (piece + 1) * runs * blocks // pieces
        for block in range(begin, end):
            k = block % blocks * KC
            o, deep = block // blocks * further + k, min(KC, run - k)
            add_taps(
                data(sums), ((piece * B + b) * F + f) * wide, data(outer), (b * F + f) * plane + o,
                plane, data(turned), (b * panels * plane + o) * pitch, data(froms), columns,
                data(lines), min(FILTERS_AT_ONCE, F - f), deep, min(block - begin, 1),
            )
    put_totals(totals, sums, pieces, B * F, C, starts, wide)


@outside(
    _NUMBERS, _NUMBERS, _NUMBERS, _WHOLE, _WHOLE, _PLACES, _PLACES, _WHOLE, _WHOLE, _WHOLE, _WHOLE,
    _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def panels_summed(
    totals, outer, flat, size, plane, at, phases, taps, B, C, F, run, runs, further, dense
):
    """`totals_of_panels` of places in memory; X has so many numbers in all."""
    totals_of_panels(
        from_start(totals), from_start(outer), from_start(flat)[:size], plane,
        from_start(at)[:taps], from_start(phases)[:taps], B, C, F, run, runs, further,
        dense,
    )


@compiled
def panel_totals(totals, outer, flat, plane, at, phases, B, C, F, run, runs, further, dense):
    """`totals_of_panels`, compiled where it is needed; the arrays live until it ends."""
    panels_summed(
        data(totals), data(outer), data(flat), flat.size, plane, data(at), data(phases), at.size,
        B, C, F, run, runs, further, dense,
    )
