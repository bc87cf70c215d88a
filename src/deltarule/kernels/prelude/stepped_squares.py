"""Sums of nine taps that make a square, in steps of two: rows are taken apart in registers.

Of X[h, w], W[k, l] and Y[i, j], with k and l below 3 and what is not there 0, any one is

    Y[i, j] = Σ_{k,l} W[k, l]·X[2·i + k − up, 2·j + l − left]

or the sum, over what stands in both others, that is its gradient. A room for the four phases of X
would be written and read once more; here two vectors of a row are shuffled to those of its taps,
and a row that windows share is read once.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _WORD, cgutils
from deltarule.kernels.prelude.paired_rows import _picked
from deltarule.kernels.prelude.tap_rows import _fma, _kept, _numbers
from deltarule.kernels.prelude.vectors import (
    _VECTOR,
    LANES,
    _held,
    _loaded,
    _loaded_part,
    _pointers,
    _splat,
    _stored,
    _stored_part,
)

real = np.float32


# ---- what follows goes into kernels

#: Lanes of the first and of the second phase of two vectors.
_PHASES = [list(range(phase, 2 * LANES, 2)) for phase in (0, 1)]


def _between(builder, first, end):
    """Which lanes from column `first` on lie in columns 0 … end − 1."""
    lanes = ir.Constant(ir.VectorType(_WORD, LANES), list(range(LANES)))
    columns = builder.add(lanes, _splat(builder, first))
    return builder.icmp_unsigned("<", columns, _splat(builder, end))


class _Rows:
    """Rows of an image; those above and below it hold zeros."""

    def __init__(self, builder, start, pitch, high, wide, nothing):
        self.builder, self.start, self.pitch = builder, start, pitch
        self.high, self.wide, self.nothing = high, wide, nothing

    def at(self, row):
        """Where a row begins."""
        there = self.builder.icmp_unsigned("<", row, self.high)
        place = self.builder.gep(self.start, [self.builder.mul(row, self.pitch)])
        return self.builder.select(there, place, self.nothing)

    def vector(self, column, counted=None):
        """What reads a row from a column on, in lanes that are there and that are counted."""
        builder, mask = self.builder, _between(self.builder, column, self.wide)
        if counted is not None:
            mask = builder.and_(mask, counted)
        # A masked access far outside would be slow: what has no lanes lies where the row begins.
        column = builder.select(builder.icmp_signed("<", column, self.wide), column, _WORD(0))
        return lambda place: _loaded_part(builder, builder.gep(place, [column]), mask)


class _Taps:
    """The three taps of a row, for the outputs from column j on, of which some are `left`."""

    def __init__(self, builder, rows, j, left, pad):
        self.builder, self.rows = builder, rows
        first = builder.sub(builder.mul(j, _WORD(2)), pad)
        doubled = builder.mul(left, _WORD(2))
        self.pairs = []
        for ahead in (0, 1):
            pair = []
            for v in (0, LANES):
                counted = _between(builder, _WORD(v), doubled)
                pair.append(rows.vector(builder.add(first, _WORD(ahead + v)), counted))
            self.pairs.append(pair)

    def at(self, row):
        """A vector of each tap: the first, and the two behind it, which lie side by side."""
        place = self.rows.at(row)
        (one, both), builder = [[read(place) for read in pair] for pair in self.pairs], self.builder
        picks = ((one, _PHASES[0]), (both, _PHASES[0]), (both, _PHASES[1]))
        return [_picked(builder, *vectors, pick) for vectors, pick in picks]


def _weighted_sum(builder, weights, vectors, total=None):
    """Σ weights·vectors, added to a total."""
    total = ir.Constant(_VECTOR, None) if total is None else total
    for weight, vector in zip(weights, vectors):
        total = _fma(builder, weight, vector, total)
    return total


@intrinsic
def stepped_sums(  # pyright: ignore
    _typing, y, y0, yp, rows, count, x, x0, xp, high, wide, up, left, w, nothing, add, first
):
    """Y[i, j], in `rows` and `count` columns, plus what it holds, or `first` where `add` is 0."""

    def write(context, builder, signature, arguments):
        y, y0, yp, rows, count, x, x0, xp, high, wide, up, left, w, nothing, add, first = _pointers(
            context, builder, signature, arguments
        )
        y, x = builder.gep(y, [y0]), builder.gep(x, [x0])
        image = _Rows(builder, x, xp, high, wide, nothing)
        weights = [_splat(builder, one) for one in _numbers(builder, w, _WORD(0), 9)]
        start, kept = _splat(builder, first), builder.icmp_signed("!=", add, _WORD(0))
        with cgutils.for_range_slice(builder, _WORD(0), count, _WORD(LANES)) as (j, _):
            columns = builder.sub(count, j)
            taps = _Taps(builder, image, j, columns, left)
            mask = _between(builder, _WORD(0), columns)
            above = _weighted_sum(builder, weights[:3], taps.at(builder.neg(up)))
            [begun] = _kept(builder, [above])
            with cgutils.for_range(builder, rows) as loop:
                row = builder.sub(builder.mul(loop.index, _WORD(2)), up)
                here, below = (taps.at(builder.add(row, _WORD(k))) for k in (1, 2))
                total = _weighted_sum(builder, weights[3:6], here, builder.load(begun))
                total = _weighted_sum(builder, weights[6:], below, total)
                builder.store(_weighted_sum(builder, weights[:3], below), begun)
                to = builder.gep(y, [builder.add(builder.mul(loop.index, yp), j)])
                held = _held(builder, kept, start, lambda: _loaded_part(builder, to, mask))
                _stored_part(builder, builder.fadd(total, held), to, mask)
        return context.get_dummy_value()

    n = types.int64
    return types.void(y, n, n, n, n, x, n, n, n, n, n, n, w, nothing, n, first), write


@intrinsic
def stepped_totals(  # pyright: ignore
    _typing, c, c0, y, y0, yp, rows, count, x, x0, xp, high, wide, up, left, nothing
):
    """Σ_lane c[c0 + LANES·(3·k + l) + lane] += W[k, l]."""

    def write(context, builder, signature, arguments):
        c, c0, y, y0, yp, rows, count, x, x0, xp, high, wide, up, left, nothing = _pointers(
            context, builder, signature, arguments
        )
        c, y, x = builder.gep(c, [c0]), builder.gep(y, [y0]), builder.gep(x, [x0])
        image = _Rows(builder, x, xp, high, wide, nothing)
        places = [builder.gep(c, [_WORD(LANES * t)]) for t in range(9)]
        totals = _kept(builder, [_loaded(builder, place) for place in places])

        def add(k, factor, seen):
            for total, vector in zip(totals[3 * k : 3 * k + 3], seen):
                builder.store(_fma(builder, factor, vector, builder.load(total)), total)

        with cgutils.for_range_slice(builder, _WORD(0), count, _WORD(LANES)) as (j, _):
            columns = builder.sub(count, j)
            taps = _Taps(builder, image, j, columns, left)
            mask = _between(builder, _WORD(0), columns)
            above = _kept(builder, taps.at(builder.neg(up)))
            with cgutils.for_range(builder, rows) as loop:
                place = builder.gep(y, [builder.add(builder.mul(loop.index, yp), j)])
                factor = _loaded_part(builder, place, mask)
                add(0, factor, [builder.load(vector) for vector in above])
                row = builder.sub(builder.mul(loop.index, _WORD(2)), up)
                add(1, factor, taps.at(builder.add(row, _WORD(1))))
                below = taps.at(builder.add(row, _WORD(2)))
                add(2, factor, below)
                for vector, place in zip(below, above):
                    builder.store(vector, place)
        for total, place in zip(totals, places):
            _stored(builder, builder.load(total), place)
        return context.get_dummy_value()

    n = types.int64
    return types.void(c, n, y, n, n, n, n, x, n, n, n, n, n, n, nothing), write


def _windows_of(x, x0, xp, high, wide, up, left, rows, count):
    """X with zeros around it, where nothing is compiled, and of it what each tap sees."""
    tall, broad = max(2 * rows + 1, high + up), max(2 * count + 1, wide + left)
    padded = np.zeros((tall, broad), x.dtype)
    for h in range(high):
        padded[up + h, left : left + wide] = x[x0 + xp * h : x0 + xp * h + wide]
    taps = [(k, m) for k in range(3) for m in range(3)]
    return padded, [padded[k : k + 2 * rows : 2, m : m + 2 * count : 2] for k, m in taps]


if numba.config.DISABLE_JIT:  # pyright: ignore

    def stepped_sums(  # noqa: F811
        y, y0, yp, rows, count, x, x0, xp, high, wide, up, left, w, nothing, add, first
    ):
        """Sums of nine taps, where nothing is compiled."""
        _, seen = _windows_of(x, x0, xp, high, wide, up, left, rows, count)
        total = sum(w[t] * seen[t] for t in range(9))
        for i in range(rows):
            to = y[y0 + yp * i : y0 + yp * i + count]
            to[:] = total[i] + (to if add else first)

    def stepped_totals(  # noqa: F811
        c, c0, y, y0, yp, rows, count, x, x0, xp, high, wide, up, left, nothing
    ):
        """Totals of nine taps, where nothing is compiled."""
        _, seen = _windows_of(x, x0, xp, high, wide, up, left, rows, count)
        factors = np.array([y[y0 + yp * i : y0 + yp * i + count] for i in range(rows)])
        for t in range(9):
            c[c0 + LANES * t] += (factors * seen[t]).sum()
