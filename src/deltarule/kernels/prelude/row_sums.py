"""Sums of the rows of a matrix, which lie in one piece each, times the numbers of few vectors.

    c[c0 + cj·j + cq·q] (+)= scale·Σ_p x[x0 + xp·p + q]·v[v0 + vj·j + vp·p]
"""

from __future__ import annotations

import numba
import numpy as np
from numba import njit, prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _WORD, apart
from deltarule.kernels.prelude.micro_kernel import aligned
from deltarule.kernels.prelude.panel_products import PART
from deltarule.kernels.prelude.row_dots import SIDE_BY_SIDE
from deltarule.kernels.prelude.vectors import (
    _VECTOR,
    LANES,
    _called,
    _loaded,
    _loaded_part,
    _masks,
    _pointers,
    _splat,
    _stored,
)

real = np.float32
U = np.uint64
compiled = in_threads = njit


# ---- what follows goes into kernels

#: So many numbers of a row at once: what they add up to stays in the nearest cache. Threads take
#: fewer.
SUMS_AT_ONCE, SUMS_OF_TASK = 1024, 256


def _sums(vectors, high):
    """to[step·j + q] += Σ_r x[x0 + xp·r + q]·v[v0 + vj·j + vp·r], so many rows in one go.

    q is below count; to[step·j + q] is there up to the next multiple of LANES.
    """

    def write(context, builder, signature, arguments):
        to, step, x, x0, xp, v, v0, vj, vp, goes, count = _pointers(
            context, builder, signature, arguments
        )
        x, v = builder.gep(x, [x0]), builder.gep(v, [v0])
        some = builder.srem(count, _WORD(LANES))
        whole = builder.sub(count, some)
        [mask] = _masks(builder, some, 1)
        with cgutils.for_range(builder, goes) as go:
            rows = [builder.add(builder.mul(go.index, _WORD(high)), _WORD(r)) for r in range(high)]
            lines = [builder.gep(x, [builder.mul(xp, row)]) for row in rows]
            places = [
                [builder.add(builder.mul(vp, row), builder.mul(vj, _WORD(j))) for row in rows]
                for j in range(vectors)
            ]
            numbers = [
                [_splat(builder, builder.load(builder.gep(v, [p]))) for p in own] for own in places
            ]

            def added(q, read):
                seen = [read(builder.gep(line, [q])) for line in lines]
                for j, own in enumerate(numbers):
                    place = builder.gep(to, [builder.add(q, builder.mul(step, _WORD(j)))])
                    total = _loaded(builder, place)
                    for number, vector in zip(own, seen):
                        total = _called(builder, "fma", _VECTOR, [number, vector, total])
                    _stored(builder, total, place)

            with cgutils.for_range_slice(builder, _WORD(0), whole, _WORD(LANES)) as (q, _):
                added(q, lambda place: _loaded(builder, place))
            with builder.if_then(builder.icmp_signed(">", some, _WORD(0))):
                added(whole, lambda place: _loaded_part(builder, place, mask))
        return context.get_dummy_value()

    @intrinsic
    def sums(_typing, to, step, x, x0, xp, v, v0, vj, vp, goes, count):
        word = types.int64
        return types.void(to, word, x, *[word] * 2, v, *[word] * 5), write

    return sums


sums_of_one, sums_of_two, sums_of_three, sums_of_four = (
    _sums(1 + k, high) for k, high in enumerate(SIDE_BY_SIDE)
)
sums_one_by_one = _sums(1, 1)
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _plain_sums(vectors, high):
        """Sums of rows where nothing is compiled."""

        def sums(to, step, x, x0, xp, v, v0, vj, vp, goes, count):
            for j, p in np.ndindex(vectors, int(high * goes)):
                row, by = x[x0 + xp * p:x0 + xp * p + count], v[v0 + vj * j + vp * p]
                to[step * j:step * j + count] += by * row

        return sums

    sums_of_one, sums_of_two, sums_of_three, sums_of_four = (
        _plain_sums(1 + k, high) for k, high in enumerate(SIDE_BY_SIDE)
    )
    sums_one_by_one = _plain_sums(1, 1)


@compiled
def part_of_sums(part, step, x, x0, xp, v, v0, vj, vp, P, Q, J):
    """part[step·j + q] += Σ_p x[x0 + xp·p + q]·v[v0 + vj·j + vp·p]."""
    apart()
    high = SIDE_BY_SIDE[J - 1]
    goes = P // high
    if J == 1:
        sums_of_one(part, step, x, x0, xp, v, v0, vj, vp, goes, Q)
    elif J == 2:
        sums_of_two(part, step, x, x0, xp, v, v0, vj, vp, goes, Q)
    elif J == 3:
        sums_of_three(part, step, x, x0, xp, v, v0, vj, vp, goes, Q)
    else:
        sums_of_four(part, step, x, x0, xp, v, v0, vj, vp, goes, Q)
    x0, v0, left = x0 + xp * high * goes, v0 + vp * high * goes, P - high * goes
    for j in range(J):
        sums_one_by_one(part[step * j:], step, x, x0, xp, v, v0 + vj * j, vj, vp, left, Q)


@compiled
def sums_of_some(c, c0, cj, cq, x, x0, xp, v, v0, vj, vp, P, Q, J, scale, add):
    """`sums_of_rows` by one thread: parts are added up in double precision."""
    apart()
    step = (Q + LANES - 1) // LANES * LANES
    part, whole = aligned(J * step), np.zeros(J * step if P > PART else 0, np.float64)
    for start in range(0, P, PART):
        for i in range(U(J * step)):
            part[i] = real(0)
        here, there, many = x0 + xp * start, v0 + vp * start, min(PART, P - start)
        part_of_sums(part, step, x, here, xp, v, there, vj, vp, many, Q, J)
        for i in range(U(whole.size)):
            whole[i] += np.float64(part[i])
    for i in range(U(whole.size)):
        part[i] = real(whole[i])
    for j in range(J):
        for q in range(Q):
            o = U(c0 + cj * j + cq * q)
            c[o] = scale * part[U(step * j + q)] + (c[o] if add else real(0))


@in_threads
def sums_of_rows(c, c0, cj, cq, x, x0, xp, v, v0, vj, vp, P, Q, J, scale, add, alone):
    """The sums of all rows, times the numbers of each vector; see above."""
    apart()
    if alone:
        for q in range(0, Q, SUMS_AT_ONCE):
            many = min(SUMS_AT_ONCE, Q - q)
            sums_of_some(
                c, c0 + cq * q, cj, cq, x, x0 + q, xp, v, v0, vj, vp, P, many, J, scale, add
            )
        return
    for task in prange((Q + SUMS_OF_TASK - 1) // SUMS_OF_TASK):
        q = task * SUMS_OF_TASK
        many = min(SUMS_OF_TASK, Q - q)
        sums_of_some(c, c0 + cq * q, cj, cq, x, x0 + q, xp, v, v0, vj, vp, P, many, J, scale, add)
