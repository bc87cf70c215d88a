"""Dot products of the rows of a matrix, which lie in one piece each, with few vectors.

    c[c0 + cp·p + cj·j] (+)= scale·Σ_q x[x0 + xp·p + q]·v[v0 + vj·j + vq·q]
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _INT, _WORD, apart
from deltarule.kernels.prelude.micro_kernel import aligned
from deltarule.kernels.prelude.vectors import (
    _VECTOR,
    LANES,
    _called,
    _loaded,
    _loaded_part,
    _masks,
    _pointers,
    _vector_bytes,
)

real = np.float32
U = np.uint64
compiled = in_threads = njit


# ---- what follows goes into kernels

#: So many numbers of a row at once: with the rows beside it they stay in the nearest cache.
DOTS_AT_ONCE = 1024
#: How many rows are worked on at a time: by one thread alone, and by each of several.
ROWS_ALONE, ROWS_OF_TASK = 512, 64


@compiled
def lined_up(v, v0, vj, vq, J, Q):
    """Few vectors one after the other, the numbers of each side by side."""
    lines = aligned(J * Q)
    for j in range(J):
        o, line = U(v0 + vj * j), U(Q * j)
        for q in range(U(Q)):
            lines[line + q] = v[o + U(vq) * q]
    return lines


def _lanes_added(builder, vectors):
    """One vector with the sum of the lanes of each vector; they are a power of two, up to LANES."""
    def halves(one, other, width, group):
        """The sums of both halves of each group, those of one before those of the other."""
        firsts = [x for start in range(0, width, group) for x in range(start, start + group // 2)]
        picks = [ir.Constant(ir.VectorType(_INT, len(p)), p) for p in (
            firsts, [x + group // 2 for x in firsts]
        )]
        return builder.fadd(*(builder.shuffle_vector(one, other, pick) for pick in picks))

    group = LANES
    while len(vectors) > 1:
        pairs = zip(vectors[::2], vectors[1::2])
        vectors = [halves(one, other, 2 * LANES, group) for one, other in pairs]
        group //= 2
    [vector], width = vectors, LANES
    while group > 1:
        vector = halves(vector, ir.Constant(vector.type, ir.Undefined), width, group)
        width, group = width // 2, group // 2
    return vector


def _rows_by_vectors(high, vectors):
    """whole[to + vectors·r + j] += Σ_q x[x0 + xp·r + q]·v[v0 + vj·j + q] for so many rows."""
    cells = [(r, j) for r in range(high) for j in range(vectors)]

    def write(context, builder, signature, arguments):
        whole, to, x, x0, xp, v, v0, vj, count = _pointers(context, builder, signature, arguments)
        x, v = builder.gep(x, [x0]), builder.gep(v, [v0])
        rows = [builder.gep(x, [builder.mul(xp, _WORD(r))]) for r in range(high)]
        lines = [builder.gep(v, [builder.mul(vj, _WORD(j))]) for j in range(vectors)]
        nothing = ir.Constant(_VECTOR, None)
        totals = [cgutils.alloca_once_value(builder, nothing) for _ in cells]
        some = builder.srem(count, _WORD(LANES))
        behind = builder.sub(count, some)
        [mask] = _masks(builder, some, 1)

        def step(q, read):
            left = [read(builder.gep(row, [q])) for row in rows]
            right = [read(builder.gep(line, [q])) for line in lines]
            for total, (r, j) in zip(totals, cells):
                sum_ = _called(builder, "fma", _VECTOR, [left[r], right[j], builder.load(total)])
                builder.store(sum_, total)

        for total in totals:
            builder.store(nothing, total)
        with cgutils.for_range_slice(builder, _WORD(0), behind, _WORD(LANES)) as (q, _):
            step(q, lambda place: _loaded(builder, place))
        with builder.if_then(builder.icmp_signed(">", some, _WORD(0))):
            step(behind, lambda place: _loaded_part(builder, place, mask))
        found = [builder.load(total) for total in totals]
        many = min(LANES, 1 << (len(cells) - 1).bit_length())
        found += [nothing] * (-len(cells) % many)
        for k in range(0, len(cells), many):
            sums = _lanes_added(builder, found[k:k + many])
            count = min(many, len(cells) - k)
            first = ir.Constant(ir.VectorType(_INT, count), list(range(count)))
            sums = builder.shuffle_vector(sums, ir.Constant(sums.type, ir.Undefined), first)
            wide = ir.VectorType(ir.DoubleType(), count)
            sums = builder.fpext(sums, wide) if sums.type != wide else sums
            place = builder.gep(whole, [builder.add(to, _WORD(k))])
            place = builder.bitcast(place, wide.as_pointer())
            before = builder.load(place)
            before.align = 8
            builder.store(builder.fadd(before, sums), place).align = 8
        return context.get_dummy_value()

    @intrinsic
    def dots(_typing, whole, to, x, x0, xp, v, v0, vj, count):
        word = types.int64
        return types.void(whole, word, x, *[word] * 2, v, *[word] * 3), write

    return dots


#: How many rows share what is read of 1, 2, 3 or 4 vectors: the totals fill most registers.
SIDE_BY_SIDE = (8, 8, 4, 4) if _vector_bytes() == 64 else (8, 4, 3, 2)
by_one_vector, by_two_vectors, by_three_vectors, by_four_vectors = (
    _rows_by_vectors(high, 1 + k) for k, high in enumerate(SIDE_BY_SIDE)
)
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _plain_rows(high, vectors):
        """Dot products where nothing is compiled."""

        def dots(whole, to, x, x0, xp, v, v0, vj, count):
            for r, j in np.ndindex(high, vectors):
                row, line = x0 + xp * r, v0 + vj * j
                whole[to + vectors * r + j] += np.dot(x[row:row + count], v[line:line + count])

        return dots

    by_one_vector, by_two_vectors, by_three_vectors, by_four_vectors = (
        _plain_rows(high, 1 + k) for k, high in enumerate(SIDE_BY_SIDE)
    )


@compiled
def one_dot(x, x0, v, v0, count):
    """Σ_q x[x0 + q]·v[v0 + q]."""
    apart()
    total = real(0)
    for q in range(U(count)):
        total += x[U(x0) + q] * v[U(v0) + q]
    return total


@compiled
def full_rows(whole, x, x0, xp, v, v0, vj, P, Q, J):
    """Adds the dot products of as many rows as are worked on side by side, and counts them."""
    apart()
    high, p = SIDE_BY_SIDE[J - 1], 0
    while p + high <= P:
        if J == 1:
            by_one_vector(whole, p, x, x0 + xp * p, xp, v, v0, vj, Q)
        elif J == 2:
            by_two_vectors(whole, 2 * p, x, x0 + xp * p, xp, v, v0, vj, Q)
        elif J == 3:
            by_three_vectors(whole, 3 * p, x, x0 + xp * p, xp, v, v0, vj, Q)
        else:
            by_four_vectors(whole, 4 * p, x, x0 + xp * p, xp, v, v0, vj, Q)
        p += high
    return p


@compiled
def dots_of_some(c, c0, cp, cj, x, x0, xp, v, v0, vj, P, Q, J, scale, add):
    """`dots_of_rows` by one thread: stretches are added up in double precision."""
    apart()
    whole = np.zeros(P * J, np.float64)
    for start in range(0, Q, DOTS_AT_ONCE):
        count = min(DOTS_AT_ONCE, Q - start)
        done = full_rows(whole, x, x0 + start, xp, v, v0 + start, vj, P, count, J)
        for p in range(done, P):
            for j in range(J):
                dot = one_dot(x, x0 + xp * p + start, v, v0 + vj * j + start, count)
                whole[U(J * p + j)] += np.float64(dot)
    for p in range(P):
        for j in range(J):
            o = U(c0 + cp * p + cj * j)
            c[o] = scale * real(whole[U(J * p + j)]) + (c[o] if add else real(0))


@in_threads
def dots_of_rows(c, c0, cp, cj, x, x0, xp, v, v0, vj, vq, P, Q, J, scale, add, alone):
    """The dot product of each row with each vector. Where `alone`, no other thread is woken."""
    apart()
    if vq != 1:
        v = lined_up(v, v0, vj, vq, J, Q)
        v0, vj = 0, Q
    if alone:
        for p in range(0, P, ROWS_ALONE):
            rows = min(ROWS_ALONE, P - p)
            dots_of_some(
                c, c0 + cp * p, cp, cj, x, x0 + xp * p, xp, v, v0, vj, rows, Q, J, scale, add
            )
        return
    for task in prange((P + ROWS_OF_TASK - 1) // ROWS_OF_TASK):
        p = task * ROWS_OF_TASK
        rows = min(ROWS_OF_TASK, P - p)
        dots_of_some(
            c, c0 + cp * p, cp, cj, x, x0 + xp * p, xp, v, v0, vj, rows, Q, J, scale, add
        )
