"""Tiles: sums of products with the totals of several rows and two vectors of columns in registers.

    c[c0 + cr·r + v] += Σ_t a[a0 + ar·r + ak·t]·b[b0 + at[t] + v]

Each step of t reads two vectors of b and one number of a for each row, and does rows × 2 fused
multiply-adds: what the processor can do at best, if the loop's places stay in registers too: one
for every three rows, which lie evenly apart. The last columns of c may be fewer; b must hold
numbers (any) up to the full width.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import (
    _INT,
    _NUMBERS,
    _PLACES,
    _WHOLE,
    _WORD,
    cgutils,
    from_start,
    outside,
)
from deltarule.kernels.prelude.vectors import (
    _VECTOR,
    BYTES,
    LANES,
    NR,
    _called,
    _loaded,
    _loaded_part,
    _masks,
    _pointers,
    _splat,
    _stored,
    _stored_part,
    _vector_bytes,
)

real = np.float32
U = np.uint64
compiled = njit


# ---- what follows goes into kernels

#: How many rows of a tile are found from one place in the loop.
ROWS_A_PLACE = 3
#: How many rows a tile may have: the totals fill most of 32 registers, or of 16.
MR = (12, 8, 6, 5, 4, 3, 2, 1) if _vector_bytes() == 64 else (6, 6, 6, 5, 4, 3, 2, 1)


def _opaque(builder, value):
    """The place, of which LLVM knows no more: it then keeps this one in the loop, not many."""
    kind = ir.FunctionType(value.type, [value.type])
    return builder.asm(kind, "", "=r,0", [value], False)


def _fetched(builder, pointer):
    """Asks for a cache line that will be written."""
    byte = ir.IntType(8).as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [byte, _INT, _INT, _INT])
    fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    builder.call(fetch, [builder.bitcast(pointer, byte), _INT(1), _INT(3), _INT(1)])


def _added(builder, kept, sums, read):
    """The sums; where something is `kept`, what is read and the sums."""
    before = builder.block
    more, ready = map(builder.append_basic_block, ("more", "ready"))
    builder.cbranch(kept, more, ready)
    builder.position_at_end(more)
    others = [builder.fadd(one(), value) for one, value in zip(read, sums)]
    builder.branch(ready)
    builder.position_at_end(ready)
    results = [builder.phi(_VECTOR) for _ in sums]
    for result, value, other in zip(results, sums, others):
        result.add_incoming(value, before)
        result.add_incoming(other, more)
    return results


def _places(builder, c, cr, cells):
    """Where the sums of a tile go: row by row, two vectors in each."""
    offsets = [builder.add(builder.mul(cr, _WORD(r)), _WORD(v * LANES)) for r, v in cells]
    return [builder.gep(c, [o]) for o in offsets]


def _tile(height):
    """A tile of so many rows."""
    cells = [(r, v) for r in range(height) for v in range(2)]
    firsts = range(0, height, ROWS_A_PLACE)

    def write(context, builder, signature, arguments):
        c, c0, cr, a, a0, ar, ak, b, b0, at, steps, count, add = _pointers(
            context, builder, signature, arguments
        )
        c, a, b = builder.gep(c, [c0]), builder.gep(a, [a0]), builder.gep(b, [b0])
        sources = [
            builder.ptrtoint(builder.gep(a, [builder.mul(ar, _WORD(r))]), _WORD) for r in firsts
        ]
        ahead = builder.mul(ak, _WORD(BYTES))
        away = [builder.mul(ar, _WORD(r)) for r in range(ROWS_A_PLACE)]
        # Where the sums go is asked for now, and at hand when they are done.
        for place in _places(builder, c, cr, cells):
            _fetched(builder, place)
        full = builder.icmp_signed("==", count, _WORD(NR))
        kept = builder.icmp_signed("!=", add, _WORD(0))
        before, nothing = builder.block, ir.Constant(_VECTOR, None)
        loop, end, every, part, done = map(
            builder.append_basic_block, ("steps", "end", "all", "part", "done")
        )
        builder.branch(loop)
        builder.position_at_end(loop)
        t, heads = builder.phi(_WORD), [builder.phi(_WORD) for _ in firsts]
        totals = [builder.phi(_VECTOR) for _ in cells]
        column = builder.gep(b, [builder.load(builder.gep(at, [t]))])
        columns = [_loaded(builder, builder.gep(column, [_WORD(v * LANES)])) for v in range(2)]
        rows = [builder.inttoptr(head, a.type) for head in heads]
        numbers = [builder.gep(row, [o]) for row in rows for o in away][:height]
        left = [_splat(builder, builder.load(number)) for number in numbers]
        sums = [
            _called(builder, "fma", _VECTOR, [left[r], columns[v], total])
            for total, (r, v) in zip(totals, cells)
        ]
        following = _opaque(builder, builder.add(t, _WORD(1)))
        further = [_opaque(builder, builder.add(head, ahead)) for head in heads]
        starts = [_WORD(0), *sources, *[nothing] * len(cells)]
        for phi, first, value in zip([t, *heads, *totals], starts, [following, *further, *sums]):
            phi.add_incoming(first, before)
            phi.add_incoming(value, loop)
        builder.cbranch(builder.icmp_signed("<", following, steps), loop, end)
        builder.position_at_end(end)
        # Found anew: the loop needs the registers.
        places = _places(builder, _opaque(builder, c), cr, cells)
        builder.cbranch(full, every, part)
        builder.position_at_end(every)
        whole = _added(builder, kept, sums, [lambda p=p: _loaded(builder, p) for p in places])
        for place, result in zip(places, whole):
            _stored(builder, result, place)
        builder.branch(done)
        builder.position_at_end(part)
        masks = _masks(builder, count, 2) * height
        masked = [lambda p=p, m=m: _loaded_part(builder, p, m) for p, m in zip(places, masks)]
        for place, result, mask in zip(places, _added(builder, kept, sums, masked), masks):
            _stored_part(builder, result, place, mask)
        builder.branch(done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    @intrinsic
    def tile(_typing, c, c0, cr, a, a0, ar, ak, b, b0, at, steps, count, add):
        whole = types.int64
        given = (c, *[whole] * 2, a, *[whole] * 3, b, whole, at, *[whole] * 3)
        return types.void(*given), write

    return tile


tile_a, tile_b, tile_c, tile_d, tile_e, tile_f, tile_g, tile_h = (_tile(h) for h in MR)
if numba.config.DISABLE_JIT:  # pyright: ignore

    def _plain(height):
        """A tile where nothing is compiled."""

        def tile(c, c0, cr, a, a0, ar, ak, b, b0, at, steps, count, add):
            for r in range(height):
                if not add:
                    c[c0 + cr * r : c0 + cr * r + count] = 0
                for t in range(steps):
                    factor = a[a0 + ar * r + ak * t]
                    start = b0 + at[t]
                    c[c0 + cr * r : c0 + cr * r + count] += factor * b[start : start + count]

        return tile

    tile_a, tile_b, tile_c, tile_d, tile_e, tile_f, tile_g, tile_h = (_plain(h) for h in MR)

MR_A, MR_B, MR_C, MR_D, MR_E, MR_F, MR_G, MR_H = MR


@compiled
def blank(c, c0, cr, rows, count):
    """c[c0 + cr·r + v] = 0: the sums of nothing."""
    for r in range(rows):
        for v in range(count):
            c[U(c0 + cr * r + v)] = real(0)


@compiled
def of_most_rows(left):
    """Whether so many rows begin with a tile of the most: it leaves none, or more than two."""
    return (MR_A == MR_B or left != 2 * MR_B) and (left == MR_A or left >= MR_A + 3)


@outside(
    _NUMBERS, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _WHOLE, _WHOLE, _WHOLE, _NUMBERS, _WHOLE, _PLACES,
    _WHOLE, _WHOLE, _WHOLE, _WHOLE,
)
def tiles(c, c0, cr, a, a0, ar, ak, jump, b, b0, at, rows, steps, count, add):
    """c[c0 + cr·r + v] (+)= Σ_t a[a0 + ar·r + ak·t]·b[b0 + at[t] + v], r below `rows`.

    v runs from 0 to count − 1 (at most NR), t from 0 to steps − 1. Where `add` is 0 and not 1,
    c is overwritten. A tile of the most rows lies `jump` further from the one before in a.
    """
    left, o, s = rows, c0, a0
    if steps < 1:
        if not add:
            blank(from_start(c), c0, cr, rows, count)
        return
    while left > 0:
        # A tile leaves no row, or more than two: one or two alone would wait for their sums.
        if of_most_rows(left):
            tile_a(c, o, cr, a, s, ar, ak, b, b0, at, steps, count, add)
            done = MR_A
            s += jump
        elif left == MR_B or left >= MR_B + 3:
            tile_b(c, o, cr, a, s, ar, ak, b, b0, at, steps, count, add)
            done = MR_B
        elif left == MR_C or left >= MR_C + 3:
            tile_c(c, o, cr, a, s, ar, ak, b, b0, at, steps, count, add)
            done = MR_C
        elif left == MR_D or left >= MR_D + 3:
            tile_d(c, o, cr, a, s, ar, ak, b, b0, at, steps, count, add)
            done = MR_D
        elif left == MR_E or left >= MR_E + 3:
            tile_e(c, o, cr, a, s, ar, ak, b, b0, at, steps, count, add)
            done = MR_E
        elif left == MR_F or left >= MR_F + 3:
            tile_f(c, o, cr, a, s, ar, ak, b, b0, at, steps, count, add)
            done = MR_F
        elif left >= MR_G:
            tile_g(c, o, cr, a, s, ar, ak, b, b0, at, steps, count, add)
            done = MR_G
        else:
            tile_h(c, o, cr, a, s, ar, ak, b, b0, at, steps, count, add)
            done = MR_H
        left, o, s = left - done, o + cr * done, s + ar * done


@compiled
def aligned(count):
    """Room at a multiple of 64 bytes: vectors then do not cross the edge of a cache line."""
    wide = np.empty(count + 64 // BYTES, real)
    start = (-wide.ctypes.data % 64) // BYTES
    return wide[start : start + count]


#: Integers that functions are given as any others, and not compiled for.
NIL, ONE = np.int64(0), np.int64(1)


@compiled
def places(count, step):
    """0, step, 2·step …"""
    at = np.empty(count, np.int64)
    for n in range(U(count)):
        at[n] = np.int64(n) * step
    return at
