"""Sums of a few taps along rows, with the taps' weights, or their totals, in registers.

    c[c0 + cp·r + v] (+)= Σ_t w[t]·b[b0 + at[t] + bp·r + v]
    c[c0 + LANES·t + lane] += Σ_r Σ_v a[a0 + ap·r + v]·b[b0 + at[t] + bp·r + v]

This is what is left of a product of matrices where a channel has one filter of its own: a number
is read once for each tap. Rows need not fill vectors, and nothing behind them is used.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _WORD, cgutils
from deltarule.kernels.prelude.micro_kernel import _opaque
from deltarule.kernels.prelude.vectors import (
    _VECTOR,
    LANES,
    _called,
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


class _Strip:
    """A vector's width of some rows, gone through from above: what stands where it is now."""

    def __init__(self, builder, mask, column):
        self.builder, self.mask, self.column = builder, mask, column
        self.moved = []

    def along(self, start, pitch):
        """The place in rows that are `pitch` apart, from `start` or another one on."""
        [moved] = _kept(self.builder, [self.column])
        self.moved.append((moved, pitch))

        def place(from_=start):
            return self.builder.gep(from_, [self.builder.load(moved)])

        return place

    def read(self, place):
        return _loaded_part(self.builder, place, self.mask)

    def written(self, vector, place):
        _stored_part(self.builder, vector, place, self.mask)

    def next_row(self):
        """Where the next row lies: one number for each pitch, of which LLVM makes no more."""
        for place, pitch in self.moved:
            following = self.builder.add(self.builder.load(place), pitch)
            self.builder.store(_opaque(self.builder, following), place)


def _each_strip(builder, count, gone_through):
    """Strips as wide as a vector, one after the other."""
    with cgutils.for_range_slice(builder, _WORD(0), count, _WORD(LANES)) as (column, _):
        [mask] = _masks(builder, builder.sub(count, column), 1)
        gone_through(_Strip(builder, mask, column))


def _kept(builder, vectors):
    """Places for vectors that a loop changes, with what they hold first."""
    places = [cgutils.alloca_once_value(builder, vector) for vector in vectors]
    for place, vector in zip(places, vectors):
        builder.store(vector, place)
    return places


def _numbers(builder, array, first, count):
    """So many numbers from `first` on."""
    return [
        builder.load(builder.gep(array, [builder.add(first, _WORD(t))])) for t in range(count)
    ]


def _fma(builder, one, other, total):
    return _called(builder, "fma", _VECTOR, [one, other, total])


def _weighted(taps):
    """Sums of so many taps that lie anywhere."""

    def write(context, builder, signature, arguments):
        c, c0, cp, b, b0, bp, at, w, t0, rows, count, add, first = _pointers(
            context, builder, signature, arguments
        )
        c, b = builder.gep(c, [c0]), builder.gep(b, [b0])
        starts = [builder.gep(b, [o]) for o in _numbers(builder, at, t0, taps)]
        weights = [_splat(builder, w) for w in _numbers(builder, w, t0, taps)]
        start, kept = _splat(builder, first), builder.icmp_signed("!=", add, _WORD(0))

        def sums(strip):
            to, moved = strip.along(c, cp), strip.along(None, bp)
            with cgutils.for_range(builder, rows):
                total = _held(builder, kept, start, lambda: strip.read(to()))
                for source, weight in zip(starts, weights):
                    seen = strip.read(moved(source))
                    total = _fma(builder, weight, seen, total)
                strip.written(total, to())
                strip.next_row()

        _each_strip(builder, count, sums)
        return context.get_dummy_value()

    @intrinsic
    def weighted(_typing, c, c0, cp, b, b0, bp, at, w, t0, rows, count, add, first):
        whole = types.int64
        given = (c, whole, whole, b, whole, whole, at, w, whole, whole, whole, whole, first)
        return types.void(*given), write

    return weighted


def _multiplied(taps):
    """Totals of products with so many taps that lie anywhere."""

    def write(context, builder, signature, arguments):
        c, c0, a, a0, ap, b, b0, bp, at, t0, rows, count = _pointers(
            context, builder, signature, arguments
        )
        c = builder.gep(c, [builder.add(c0, builder.mul(t0, _WORD(LANES)))])
        a, b = builder.gep(a, [a0]), builder.gep(b, [b0])
        starts = [builder.gep(b, [o]) for o in _numbers(builder, at, t0, taps)]
        places = [builder.gep(c, [_WORD(LANES * t)]) for t in range(taps)]
        totals = _kept(builder, [_loaded(builder, place) for place in places])

        def products(strip):
            one, moved = strip.along(a, ap), strip.along(None, bp)
            with cgutils.for_range(builder, rows):
                factor = strip.read(one())
                for source, total in zip(starts, totals):
                    seen = strip.read(moved(source))
                    builder.store(_fma(builder, factor, seen, builder.load(total)), total)
                strip.next_row()

        _each_strip(builder, count, products)
        for total, place in zip(totals, places):
            _stored(builder, builder.load(total), place)
        return context.get_dummy_value()

    @intrinsic
    def multiplied(_typing, c, c0, a, a0, ap, b, b0, bp, at, t0, rows, count):
        whole = types.int64
        given = (c, whole, a, whole, whole, b, whole, whole, at, whole, whole, whole)
        return types.void(*given), write

    return multiplied


weighted_9, weighted_4, weighted_3, weighted_2, weighted_1 = (
    _weighted(taps) for taps in (9, 4, 3, 2, 1)
)
multiplied_9, multiplied_3, multiplied_1 = (_multiplied(taps) for taps in (9, 3, 1))
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _plain_weighted(taps):
        """Sums of taps where nothing is compiled."""

        def weighted(c, c0, cp, b, b0, bp, at, w, t0, rows, count, add, first):
            for r in range(rows):
                to = c[c0 + cp * r : c0 + cp * r + count]
                if not add:
                    to[:] = first
                for t in range(t0, t0 + taps):
                    start = b0 + at[t] + bp * r
                    to += w[t] * b[start : start + count]

        return weighted

    def _plain_multiplied(taps):
        """Totals of products where nothing is compiled."""

        def multiplied(c, c0, a, a0, ap, b, b0, bp, at, t0, rows, count):
            for r in range(rows):
                one = a[a0 + ap * r : a0 + ap * r + count]
                for t in range(t0, t0 + taps):
                    start = b0 + at[t] + bp * r
                    c[c0 + LANES * t] += np.dot(one, b[start : start + count])

        return multiplied

    weighted_9, weighted_4, weighted_3, weighted_2, weighted_1 = (
        _plain_weighted(taps) for taps in (9, 4, 3, 2, 1)
    )
    multiplied_9, multiplied_3, multiplied_1 = (_plain_multiplied(taps) for taps in (9, 3, 1))
