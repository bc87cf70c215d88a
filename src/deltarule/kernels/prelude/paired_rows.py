"""Rows in steps of two, whole vectors at a time: taken apart into both phases, and put together.

Numbers of both phases stand in turn in a row, and side by side in two others. Two vectors of the
one are shuffled into one vector of each of the others, however short the rows are.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _INT, _WORD, cgutils
from deltarule.kernels.prelude.vectors import (
    LANES,
    _held,
    _loaded,
    _loaded_part,
    _masks,
    _pointers,
    _splat,
    _stored,
    _stored_part,
)

real = np.float32


# ---- what follows goes into kernels

_IN_TURN = [n + LANES * k for n in range(LANES) for k in range(2)]


def _picked(builder, one, other, lanes):
    """Lanes of two vectors, those of the second counted behind those of the first."""
    return builder.shuffle_vector(one, other, ir.Constant(ir.VectorType(_INT, LANES), lanes))


class _Pair:
    """Two vectors of a row from `column` on, and what belongs to them in rows half as long.

    All lanes are there, or as many of the row as are `left`.
    """

    def __init__(self, builder, column, left=None):
        self.builder, self.half = builder, builder.sdiv(column, _WORD(2))
        self.columns = [column, builder.add(column, _WORD(LANES))]
        self.masks = self.halves = [None, None]
        if left is None:
            return
        self.masks = _masks(builder, left, 2)
        # A masked access far outside would be slow: what has no lanes lies where the first does.
        there = builder.icmp_signed(">", left, _WORD(LANES))
        self.columns[1] = builder.select(there, self.columns[1], column)
        odd = builder.sdiv(left, _WORD(2))
        even = builder.sub(left, odd)
        self.halves = [_masks(builder, many, 1)[0] for many in (even, odd)]

    def row(self, start, through=lambda read: read()):
        """The two vectors of the long row, each `through` what may read it."""
        return [
            through(lambda at=at: self._read(start, *at)) for at in zip(self.columns, self.masks)
        ]

    def phases(self, starts):
        """A vector of each short row."""
        return [self._read(start, self.half, mask) for start, mask in zip(starts, self.halves)]

    def write_row(self, start, vectors):
        for vector, column, mask in zip(vectors, self.columns, self.masks):
            self._write(vector, start, column, mask)

    def write_phases(self, starts, vectors):
        for vector, start, mask in zip(vectors, starts, self.halves):
            self._write(vector, start, self.half, mask)

    def _read(self, start, column, mask):
        place = self.builder.gep(start, [column])
        if mask is None:
            return _loaded(self.builder, place)
        return _loaded_part(self.builder, place, mask)

    def _write(self, vector, start, column, mask):
        place = self.builder.gep(start, [column])
        if mask is None:
            _stored(self.builder, vector, place)
        else:
            _stored_part(self.builder, vector, place, mask)


def _each_pair(builder, rows, count, starts, pitches, gone_through):
    """Pairs of whole vectors of each row, and what is left; `starts` are moved by `pitches`."""
    left = builder.srem(count, _WORD(2 * LANES))
    whole = builder.sub(count, left)
    some, last = builder.icmp_signed(">", left, _WORD(0)), _Pair(builder, whole, left)
    with cgutils.for_range(builder, rows) as row:
        here = [
            builder.gep(start, [builder.mul(row.index, pitch)])
            for start, pitch in zip(starts, pitches)
        ]
        with cgutils.for_range_slice(builder, _WORD(0), whole, _WORD(2 * LANES)) as (column, _):
            gone_through(_Pair(builder, column), *here)
        with builder.if_then(some):
            gone_through(last, *here)


@intrinsic
def taken_apart(_typing, a, a0, ap, b, even, odd, bp, rows, count):  # pyright: ignore
    """b[even + bp·r + n] = a[a0 + ap·r + 2·n] and b[odd + bp·r + n] = a[a0 + ap·r + 2·n + 1].

    There are some rows of a, of `count` numbers.
    """

    def write(context, builder, signature, arguments):
        a, a0, ap, b, even, odd, bp, rows, count = _pointers(
            context, builder, signature, arguments
        )
        starts = [builder.gep(a, [a0]), builder.gep(b, [even]), builder.gep(b, [odd])]

        def apart(pair, start, *phases):
            row = pair.row(start)
            picks = (range(phase, 2 * LANES, 2) for phase in (0, 1))
            pair.write_phases(phases, [_picked(builder, *row, list(pick)) for pick in picks])

        _each_pair(builder, rows, count, starts, [ap, bp, bp], apart)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(a, whole, whole, b, whole, whole, whole, whole, whole), write


@intrinsic
def put_together(_typing, b, even, odd, bp, a, a0, ap, rows, count, add, first):  # pyright: ignore
    """`taken_apart` the other way, plus what a holds, or `first` where `add` is 0."""

    def write(context, builder, signature, arguments):
        b, even, odd, bp, a, a0, ap, rows, count, add, first = _pointers(
            context, builder, signature, arguments
        )
        starts = [builder.gep(a, [a0]), builder.gep(b, [even]), builder.gep(b, [odd])]
        kept, start = builder.icmp_signed("!=", add, _WORD(0)), _splat(builder, first)

        def together(pair, to, *phases):
            read = pair.phases(phases)
            picks = (_IN_TURN[:LANES], _IN_TURN[LANES:])
            row = [_picked(builder, *read, pick) for pick in picks]
            held = pair.row(to, lambda read: _held(builder, kept, start, read))
            pair.write_row(to, [builder.fadd(*both) for both in zip(row, held)])

        _each_pair(builder, rows, count, starts, [ap, bp, bp], together)
        return context.get_dummy_value()

    whole = types.int64
    given = (b, whole, whole, whole, a, whole, whole, whole, whole, whole, first)
    return types.void(*given), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def taken_apart(a, a0, ap, b, even, odd, bp, rows, count):  # noqa: F811
        """Both phases of rows, where nothing is compiled."""
        for r in range(rows):
            row = a[a0 + ap * r : a0 + ap * r + count]
            b[even + bp * r : even + bp * r + (count + 1) // 2] = row[::2]
            b[odd + bp * r : odd + bp * r + count // 2] = row[1::2]

    def put_together(b, even, odd, bp, a, a0, ap, rows, count, add, first):  # noqa: F811
        """Rows of both phases, where nothing is compiled."""
        for r in range(rows):
            to = a[a0 + ap * r : a0 + ap * r + count]
            for phase, start in enumerate((even, odd)):
                seen = b[start + bp * r : start + bp * r + (count + 1 - phase) // 2]
                to[phase::2] = seen + (to[phase::2] if add else first)
