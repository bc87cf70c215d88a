"""Sums of few outer products: each row of a result is a sum of few rows times a number.

    c[c0 + cp·p + q] (+)= scale·Σ_j u[u0 + up·p + uj·j]·v[v0 + vj·j + vq·q]

Results are written row by row, as memory takes them best.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import njit, prange, types
from numba.core import cgutils
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _WORD, apart
from deltarule.kernels.prelude.row_dots import ROWS_OF_TASK, lined_up
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
compiled = in_threads = njit


# ---- what follows goes into kernels


def _outer(terms):
    """Rows that are sums of so many others."""

    def write(context, builder, signature, arguments):
        c, c0, cp, u, u0, up, uj, v, v0, vj, rows, count, scale, add = _pointers(
            context, builder, signature, arguments
        )
        c, u, v = builder.gep(c, [c0]), builder.gep(u, [u0]), builder.gep(v, [v0])
        lines = [builder.gep(v, [builder.mul(vj, _WORD(j))]) for j in range(terms)]
        kept, nothing = builder.icmp_signed("!=", add, _WORD(0)), ir.Constant(_VECTOR, None)
        some = builder.srem(count, _WORD(LANES))
        whole = builder.sub(count, some)
        [mask] = _masks(builder, some, 1)
        with cgutils.for_range(builder, rows) as row:
            to = builder.gep(c, [builder.mul(cp, row.index)])
            first = builder.gep(u, [builder.mul(up, row.index)])
            places = [builder.gep(first, [builder.mul(uj, _WORD(j))]) for j in range(terms)]
            numbers = [_splat(builder, builder.fmul(scale, builder.load(p))) for p in places]

            def total(q, read):
                place = builder.gep(to, [q])
                sum_ = _held(builder, kept, nothing, lambda: read(place))
                for number, line in zip(numbers, lines):
                    given = [number, read(builder.gep(line, [q])), sum_]
                    sum_ = _called(builder, "fma", _VECTOR, given)
                return sum_, place

            with cgutils.for_range_slice(builder, _WORD(0), whole, _WORD(LANES)) as (q, _):
                _stored(builder, *total(q, lambda place: _loaded(builder, place)))
            with builder.if_then(builder.icmp_signed(">", some, _WORD(0))):
                sum_, place = total(whole, lambda place: _loaded_part(builder, place, mask))
                _stored_part(builder, sum_, place, mask)
        return context.get_dummy_value()

    @intrinsic
    def outer(_typing, c, c0, cp, u, u0, up, uj, v, v0, vj, rows, count, scale, add):
        word = types.int64
        given = (c, *[word] * 2, u, *[word] * 3, v, *[word] * 4, scale, word)
        return types.void(*given), write

    return outer


outer_of_one, outer_of_two, outer_of_three, outer_of_four = map(_outer, (1, 2, 3, 4))
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _plain_outer(terms):
        """Outer products where nothing is compiled."""

        def outer(c, c0, cp, u, u0, up, uj, v, v0, vj, rows, count, scale, add):
            for p in range(rows):
                row = c[c0 + cp * p:c0 + cp * p + count]
                if not add:
                    row[:] = 0
                for j in range(terms):
                    by = scale * u[u0 + up * p + uj * j]
                    row += by * v[v0 + vj * j:v0 + vj * j + count]

        return outer

    outer_of_one, outer_of_two, outer_of_three, outer_of_four = map(_plain_outer, (1, 2, 3, 4))


@compiled
def rows_of_outer(c, c0, cp, u, u0, up, uj, v, v0, vj, P, Q, J, scale, add):
    """`outer_products` by one thread."""
    apart()
    if J == 1:
        outer_of_one(c, c0, cp, u, u0, up, uj, v, v0, vj, P, Q, scale, add)
    elif J == 2:
        outer_of_two(c, c0, cp, u, u0, up, uj, v, v0, vj, P, Q, scale, add)
    elif J == 3:
        outer_of_three(c, c0, cp, u, u0, up, uj, v, v0, vj, P, Q, scale, add)
    else:
        outer_of_four(c, c0, cp, u, u0, up, uj, v, v0, vj, P, Q, scale, add)


@in_threads
def outer_products(c, c0, cp, u, u0, up, uj, v, v0, vj, vq, P, Q, J, scale, add, alone):
    """The sum of the outer products of few vectors with as many others; see above."""
    apart()
    if vq != 1:
        v = lined_up(v, v0, vj, vq, J, Q)
        v0, vj = 0, Q
    if alone:
        rows_of_outer(c, c0, cp, u, u0, up, uj, v, v0, vj, P, Q, J, scale, add)
        return
    for task in prange((P + ROWS_OF_TASK - 1) // ROWS_OF_TASK):
        p = task * ROWS_OF_TASK
        rows = min(ROWS_OF_TASK, P - p)
        rows_of_outer(c, c0 + cp * p, cp, u, u0 + up * p, up, uj, v, v0, vj, rows, Q, J, scale, add)
