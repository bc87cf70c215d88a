"""Products of matrices that lie anywhere in flat arrays, with any strides.

    c[c0 + cr·m + cc·n] (+)= scale·Σ_k a[a0 + ar·m + ak·k]·b[b0 + bk·k + bc·n]

b is copied in panels of NR columns that stay in the nearest cache; a is read where it lies, or
copied where its rows lie side by side; see `tiles`. Very small products are plain loops.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import (
    _NUMBERS,
    _WHOLE,
    _WORD,
    apart,
    data,
    from_start,
    outside,
)
from deltarule.kernels.prelude.micro_kernel import NIL, ONE, aligned
from deltarule.kernels.prelude.panel_products import (
    MC,
    PART,
    in_panels,
    of_few_rows,
    packed_product,
)
from deltarule.kernels.prelude.vector_products import _OF_PRODUCT, is_of_vectors, of_vectors
from deltarule.kernels.prelude.vectors import BYTES, NR

real = np.float32
U = np.uint64
compiled = inlined = njit


# ---- what follows goes into kernels

#: Products of fewer points than this are plain loops.
SMALL = 4096
#: Those with fewer than a part of so many are not worth a call.
PARTS_OF_SMALL = 128
#: So few rows are not worth a panel.
FEW = 12
#: In single precision so many products are added up at most before they go into double precision.
LONG = 4096


@compiled
def scatter(c, c0, cr, cc, room, M, N, add):
    """c[c0 + cr·m + cc·n] (+)= room[N·m + n]."""
    apart()
    for m in range(M):
        for n in range(N):
            o = U(c0 + cr * m + cc * n)
            c[o] = room[U(N * m + n)] + (c[o] if add else real(0))


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE,
    _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def multiply_packed(c, c0, cr, cc, a, a0, ar, ak, panels, depth, M, N, K, add, alone):
    """c[c0 + cr·m + cc·n] (+)= Σ_k a[a0 + ar·m + ak·k]·b[k, n], with b as `pack_all` lays it.

    Panels are `depth` deep, of which K are summed. Where `alone` is not 0, all is done in the
    thread that calls, which may be one of several.
    """
    c, a, panels = from_start(c), from_start(a), from_start(panels)
    add = min(add, 1)
    if cc == 1 or N == 1:
        packed_product(c, c0, cr, a, a0, ar, ak, panels, depth, M, N, K, add, alone)
        return
    room = aligned(M * N)
    packed_product(room, NIL, N, a, a0, ar, ak, panels, depth, M, N, K, NIL, alone)
    scatter(c, c0, cr, cc, room, M, N, add)


@inlined
def by_columns(c, c0, cr, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where columns of c lie side by side."""
    if bc != 1 or M > FEW or scale != real(1):
        in_panels(c, c0, cr, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
        return
    whole = N // NR * NR
    if whole:
        of_few_rows(c, c0, cr, a, a0, ar, ak, b, b0, bk, M, whole, K, add, alone)
    if whole < N:
        c0, b0 = c0 + whole, b0 + whole
        in_panels(c, c0, cr, a, a0, ar, ak, b, b0, bk, bc, M, N - whole, K, scale, add, ONE)


@compiled
def sums_in_parts(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add):
    """`in_parts` of arrays."""
    apart()
    for m in range(M):
        for n in range(N):
            total = real(0)
            for start in range(0, K, PART):
                part = real(0)
                for k in range(start, min(start + PART, K)):
                    part += a[U(a0 + ar * m + ak * k)] * b[U(b0 + bk * k + bc * n)]
                total += part
            o = U(c0 + cr * m + cc * n)
            c[o] = scale * total + (c[o] if add else real(0))


@outside(*_OF_PRODUCT)
def in_parts(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply` by plain loops, each sum in parts that are rounded less."""
    c, a, b = from_start(c), from_start(a), from_start(b)
    sums_in_parts(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add)


@outside(*_OF_PRODUCT)
def by_room(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where neither rows nor columns of c lie side by side: in a room first."""
    room = aligned(M * N)
    by_columns(data(room), NIL, N, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, NIL, alone)
    scatter(from_start(c), c0, cr, cc, room, M, N, add)


@inlined
def short_product(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where few numbers are summed."""
    if cc != 1 and (cr == 1 or N == 1):
        cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N = cc, cr, b, b0, bc, bk, a, a0, ak, ar, N, M
    if M * N * K < SMALL:
        in_parts(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
    elif cc == 1:
        by_columns(c, c0, cr, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
    else:
        by_room(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)


@outside(*_OF_PRODUCT)
def long_product(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply`, where many numbers are summed: blocks of them in double precision."""
    room, whole = aligned(M * N), np.empty(M * N, np.float64)
    for i in range(M * N):
        whole[U(i)] = 0.0
    for k in range(0, K, LONG):
        deep = min(LONG, K - k)
        short_product(
            data(room), NIL, N, ONE, a, a0 + ak * k, ar, ak, b, b0 + bk * k, bk, bc, M, N, deep,
            scale, NIL, alone,
        )
        for i in range(M * N):
            whole[U(i)] += np.float64(room[U(i)])
    for i in range(M * N):
        room[U(i)] = real(whole[U(i)])
    scatter(from_start(c), c0, cr, cc, room, M, N, add)


@outside(*_OF_PRODUCT)
def multiply_outside(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """c (+)= scale·a·b for matrices M × K and K × N; where `add` is 0, c is overwritten.

    Where `alone` is not 0, all is done in the thread that calls, which may be one of several.
    """
    add = min(add, 1)
    if is_of_vectors(cr, cc, ar, ak, bk, bc, M, N, K):
        of_vectors(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
        return
    if K < 1 or K <= PART and M * N * K < SMALL:
        # Small products are done here: another call would cost as much.
        c_, a_, b_ = from_start(c), from_start(a), from_start(b)
        for m in range(M):
            for n in range(N):
                total = real(0)
                for k in range(K):
                    total += a_[U(a0 + ar * m + ak * k)] * b_[U(b0 + bk * k + bc * n)]
                o = U(c0 + cr * m + cc * n)
                c_[o] = scale * total + (c_[o] if add else real(0))
        return
    if BYTES > 4 or K <= LONG:
        short_product(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
        return
    # So many rows at once that what is kept of them stays small.
    many = max(MC, (1 << 22) // max(N, 1))
    for m in range(0, M, many):
        long_product(
            c, c0 + cr * m, cr, cc, a, a0 + ar * m, ar, ak, b, b0, bk, bc, min(many, M - m), N, K,
            scale, add, alone,
        )


@intrinsic
def one_by_one(_typing, c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add):  # pyright: ignore
    """`multiply`, one product after the other."""

    def write(_context, builder, _signature, arguments):
        c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add = arguments

        def place(array, start, row, i, column, j):
            moved = builder.add(builder.mul(row, i), builder.mul(column, j))
            return builder.gep(array, [builder.add(start, moved)])

        with cgutils.for_range(builder, M) as rows, cgutils.for_range(builder, N) as columns:
            m, n = rows.index, columns.index
            total = cgutils.alloca_once(builder, scale.type)
            builder.store(scale.type(0.0), total)
            with cgutils.for_range(builder, K) as sums:
                left = builder.load(place(a, a0, ar, m, ak, sums.index))
                right = builder.load(place(b, b0, bk, sums.index, bc, n))
                one = builder.fmul(left, right, flags=("contract",))
                whole = builder.fadd(builder.load(total), one, flags=("contract",))
                builder.store(whole, total)
            to = place(c, c0, cr, m, cc, n)
            before = cgutils.alloca_once(builder, scale.type)
            builder.store(scale.type(0.0), before)
            with builder.if_then(builder.icmp_signed("!=", add, _WORD(0))):
                builder.store(builder.load(to), before)
            whole = builder.fmul(scale, builder.load(total), flags=("contract",))
            whole = builder.fadd(whole, builder.load(before), flags=("contract",))
            builder.store(whole, to)
        return _context.get_dummy_value()

    whole = types.int64
    row = (whole,) * 3
    return types.void(c, *row, a, *row, b, *row, *row, scale, whole), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def one_by_one(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add):  # noqa: F811
        """`multiply`, where nothing is compiled."""
        for m in range(M):
            for n in range(N):
                o = c0 + cr * m + cc * n
                total = real(0)
                for k in range(K):
                    total += a[a0 + ar * m + ak * k] * b[b0 + bk * k + bc * n]
                c[o] = scale * total + (c[o] if add else real(0))


@inlined
def multiply(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone):
    """`multiply_outside`, but for the smallest products, for which a call would take longer."""
    if M * N * K >= SMALL // PARTS_OF_SMALL:
        multiply_outside(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
    else:
        one_by_one(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add)


@inlined
def packed_depth(many, K):
    """How deep the panels of a matrix are that products share, where they are `many`; else 0.

    Then each of them packs it as it goes.
    """
    return K if many and (BYTES > 4 or K <= LONG) else 0


@inlined
def multiply_prepacked(
    c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, panels, depth, M, N, K, scale, add, alone
):
    """`multiply`, where b may lie in panels already; not where their depth is 0."""
    if depth:
        multiply_packed(c, c0, cr, cc, a, a0, ar, ak, panels, depth, M, N, K, add, alone)
    else:
        multiply(c, c0, cr, cc, a, a0, ar, ak, b, b0, bk, bc, M, N, K, scale, add, alone)
