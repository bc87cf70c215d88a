"""Tiles: sums of products with the totals of several rows and two vectors of columns in registers.

    c[c0 + cr·r + v] += Σ_t a[a0 + rows[r0 + r] + ak·t]·b[b0 + at[t] + v]

Each step of t reads two vectors of b and one number of a for each row, and does rows × 2 fused
multiply-adds: what the processor can do at best. LLVM gets vectors, as wide as the machine's, so
that nothing depends on whether it finds them by itself. The last columns of c may be fewer; b
must hold numbers (any) up to the full width.
"""

from __future__ import annotations

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic
from numba.np.arrayobj import populate_array

real = np.float32
compiled = njit


# ---- what follows goes into kernels


def _vector_bytes():
    """How many bytes the machine's vectors hold."""
    features = llvmlite.binding.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx2") else 16


@intrinsic
def apart(_typing):
    """Keeps the function around it from being copied into its callers: they compile faster."""

    def write(context, builder, _signature, _arguments):
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), write


@intrinsic
def flat(_typing, array):
    """A contiguous array as one of one axis, the same memory."""
    kind = types.Array(array.dtype, 1, "C")

    def write(context, builder, _signature, arguments):
        given = context.make_array(array)(context, builder, arguments[0])
        made = context.make_array(kind)(context, builder)
        populate_array(
            made, data=given.data, shape=[given.nitems], strides=[given.itemsize],
            itemsize=given.itemsize, meminfo=given.meminfo, parent=given.parent,
        )
        return impl_ret_borrowed(context, builder, kind, made._getvalue())

    return kind(array), write


LANES = _vector_bytes() // np.dtype(real).itemsize
WIDE = 2 * LANES
#: How many rows a tile may have: the totals fill most of 32 registers, or of 16.
HEIGHTS = (12, 8, 6, 4, 3, 2, 1) if _vector_bytes() == 64 else (6, 6, 5, 4, 3, 2, 1)
_KIND = ("f32", ir.FloatType()) if real is np.float32 else ("f64", ir.DoubleType())
_VECTOR, _WORD, _INT = ir.VectorType(_KIND[1], LANES), ir.IntType(64), ir.IntType(32)


def _splat(builder, value):
    """A vector of one number."""
    undefined = ir.Constant(ir.VectorType(value.type, LANES), ir.Undefined)
    first = builder.insert_element(undefined, value, _INT(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(_INT, LANES), None))


def _loaded(builder, pointer):
    """A vector from any place."""
    loaded = builder.load(builder.bitcast(pointer, _VECTOR.as_pointer()))
    loaded.align = np.dtype(real).itemsize
    return loaded


def _stored(builder, vector, pointer):
    """A vector to any place."""
    stored = builder.store(vector, builder.bitcast(pointer, _VECTOR.as_pointer()))
    stored.align = np.dtype(real).itemsize


def _called(builder, name, result, arguments):
    """One of LLVM's own functions."""
    kind = ir.FunctionType(result, [a.type for a in arguments])
    text = f"llvm.{name}.v{LANES}{_KIND[0]}{'' if name == 'fma' else '.p0'}"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, text), arguments)


def _pointers(context, builder, signature, arguments):
    """Pointers to the data of arrays; other arguments as they are."""
    return [
        context.make_array(kind)(context, builder, value).data
        if isinstance(kind, types.Array) else value
        for kind, value in zip(signature.args, arguments)
    ]


def _tile(height):
    """A tile of so many rows."""
    cells = [(r, v) for r in range(height) for v in range(2)]

    def write(context, builder, signature, arguments):
        c, c0, cr, a, a0, rows, r0, ak, b, b0, at, steps, count = _pointers(
            context, builder, signature, arguments
        )
        masks = _masks(builder, count, 2)
        c, a, b = builder.gep(c, [c0]), builder.gep(a, [a0]), builder.gep(b, [b0])
        rows = builder.gep(rows, [r0])
        places = [
            builder.gep(c, [builder.add(builder.mul(cr, _WORD(r)), _WORD(v * LANES))])
            for r, v in cells
        ]
        sources = [
            builder.gep(a, [builder.load(builder.gep(rows, [_WORD(r)]))]) for r in range(height)
        ]
        first = [_loaded_part(builder, p, masks[v]) for p, (_, v) in zip(places, cells)]
        before = builder.block
        loop, end = builder.append_basic_block("steps"), builder.append_basic_block("end")
        builder.cbranch(builder.icmp_signed("<", _WORD(0), steps), loop, end)
        builder.position_at_end(loop)
        t = builder.phi(_WORD)
        totals = [builder.phi(_VECTOR) for _ in cells]
        column = builder.gep(b, [builder.load(builder.gep(at, [t]))])
        columns = [_loaded(builder, builder.gep(column, [_WORD(v * LANES)])) for v in range(2)]
        step = builder.mul(t, ak)
        left = [_splat(builder, builder.load(builder.gep(s, [step]))) for s in sources]
        sums = [
            _called(builder, "fma", _VECTOR, [left[r], columns[v], total])
            for total, (r, v) in zip(totals, cells)
        ]
        following = builder.add(t, _WORD(1))
        for phi, start, again in zip([t, *totals], [_WORD(0), *first], [following, *sums]):
            phi.add_incoming(start, before)
            phi.add_incoming(again, loop)
        builder.cbranch(builder.icmp_signed("<", following, steps), loop, end)
        builder.position_at_end(end)
        results = [builder.phi(_VECTOR) for _ in cells]
        for phi, start, again in zip(results, first, sums):
            phi.add_incoming(start, before)
            phi.add_incoming(again, loop)
        size = _INT(np.dtype(real).itemsize)
        for place, result, (_, v) in zip(places, results, cells):
            place = builder.bitcast(place, _VECTOR.as_pointer())
            _called(builder, "masked.store", ir.VoidType(), [result, place, size, masks[v]])
        return context.get_dummy_value()

    @intrinsic
    def tile(_typing, c, c0, cr, a, a0, rows, r0, ak, b, b0, at, steps, count):
        whole = types.int64
        given = (c, whole, whole, a, whole, rows, whole, whole, b, whole, at, whole, whole)
        return types.void(*given), write

    return tile


def _masks(builder, count, vectors):
    """Which lanes of some vectors lie before `count`."""
    lanes = ir.Constant(ir.VectorType(_WORD, LANES), list(range(LANES)))
    return [
        builder.icmp_signed("<", lanes, _splat(builder, builder.sub(count, _WORD(v * LANES))))
        for v in range(vectors)
    ]


def _loaded_part(builder, pointer, mask):
    """A vector whose lanes outside the mask are not read, but 0."""
    size, nothing = _INT(np.dtype(real).itemsize), ir.Constant(_VECTOR, None)
    place = builder.bitcast(pointer, _VECTOR.as_pointer())
    return _called(builder, "masked.load", _VECTOR, [place, size, mask, nothing])


@intrinsic
def turn(_typing, a, a0, pitch, b, b0, step, rows, columns):
    """b[b0 + step·i + j] = a[a0 + pitch·j + i] for i and j below LANES: a block turned round.

    Beyond `rows` and `columns` a is not read, and b is 0.
    """

    def write(context, builder, signature, arguments):
        a, a0, pitch, b, b0, step, rows, columns = _pointers(
            context, builder, signature, arguments
        )
        a, b = builder.gep(a, [a0]), builder.gep(b, [b0])
        [mask] = _masks(builder, columns, 1)
        nothing = ir.Constant(mask.type, None)
        block = []
        for j in range(LANES):
            there = builder.icmp_signed("<", _WORD(j), rows)
            # A masked load far outside would be slow: rows that are not there look at the first.
            offset = builder.select(there, builder.mul(pitch, _WORD(j)), _WORD(0))
            pointer = builder.gep(a, [offset])
            block.append(_loaded_part(builder, pointer, builder.select(there, mask, nothing)))
        half = LANES // 2
        low = [x for i in range(half) for x in (i, i + LANES)]
        picks = [low, [x + half for x in low]]
        picks = [ir.Constant(ir.VectorType(_INT, LANES), pick) for pick in picks]
        for _ in range(LANES.bit_length() - 1):
            # Each round interleaves row j with row j + half; after all rounds rows are columns.
            block = [
                builder.shuffle_vector(block[j], block[j + half], pick)
                for j in range(half) for pick in picks
            ]
        for i, row in enumerate(block):
            _stored(builder, row, builder.gep(b, [builder.mul(step, _WORD(i))]))
        return context.get_dummy_value()

    whole = types.int64
    return types.void(a, whole, whole, b, whole, whole, whole, whole), write


@intrinsic
def take(_typing, b, b0, bk, panel, deep, count, scale):
    """panel[WIDE·k + n] = scale·b[b0 + bk·k + n] for n below count, and 0 for the other columns."""

    def write(context, builder, signature, arguments):
        b, b0, bk, panel, deep, count, scale = _pointers(context, builder, signature, arguments)
        b, factor = builder.gep(b, [b0]), _splat(builder, scale)
        masks = _masks(builder, count, 2)
        with cgutils.for_range(builder, deep) as loop:
            k = builder.sext(loop.index, _WORD) if loop.index.type != _WORD else loop.index
            row = builder.gep(b, [builder.mul(k, bk)])
            to = builder.gep(panel, [builder.mul(k, _WORD(WIDE))])
            for v, mask in enumerate(masks):
                vector = _loaded_part(builder, builder.gep(row, [_WORD(v * LANES)]), mask)
                vector = builder.fmul(vector, factor)
                _stored(builder, vector, builder.gep(to, [_WORD(v * LANES)]))
        return context.get_dummy_value()

    whole = types.int64
    return types.void(b, whole, whole, panel, whole, whole, scale), write


tile_a, tile_b, tile_c, tile_d, tile_e, tile_f, tile_g = (_tile(h) for h in HEIGHTS)
if numba.config.DISABLE_JIT:  # pyright: ignore
    def flat(array):  # noqa: F811
        """A contiguous array as one of one axis, where nothing is compiled."""
        return array.reshape(array.size)

    def apart():  # noqa: F811
        """Nothing, where nothing is compiled."""

    def _plain(height):
        """A tile where nothing is compiled."""

        def tile(c, c0, cr, a, a0, rows, r0, ak, b, b0, at, steps, count):
            for r in range(height):
                for t in range(steps):
                    factor = a[a0 + rows[r0 + r] + ak * t]
                    start = b0 + at[t]
                    c[c0 + cr * r:c0 + cr * r + count] += factor * b[start:start + count]

        return tile

    tile_a, tile_b, tile_c, tile_d, tile_e, tile_f, tile_g = (_plain(h) for h in HEIGHTS)

    def turn(a, a0, pitch, b, b0, step, rows, columns):  # noqa: F811
        """A block turned round, where nothing is compiled."""
        for i in range(LANES):
            for j in range(LANES):
                inside = i < columns and j < rows
                b[b0 + step * i + j] = a[a0 + pitch * j + i] if inside else 0

    def take(b, b0, bk, panel, deep, count, scale):  # noqa: F811
        """Rows of a panel, where nothing is compiled."""
        for k in range(deep):
            start = b0 + bk * k
            panel[WIDE * k:WIDE * k + count] = scale * b[start:start + count]
            panel[WIDE * k + count:WIDE * k + WIDE] = 0


A, B, C, D, E, F, G = HEIGHTS


@compiled
def tiles(c, c0, cr, a, a0, rows, ak, b, b0, at, first, last, steps, count):
    """c[c0 + cr·r + v] += Σ_t a[a0 + rows[r] + ak·t]·b[b0 + at[t] + v] for rows first … last − 1.

    v runs from 0 to count − 1 (at most WIDE), t from 0 to steps − 1.
    """
    apart()
    r = first
    while r < last:
        left, o = last - r, c0 + cr * r
        if left >= A:
            tile_a(c, o, cr, a, a0, rows, r, ak, b, b0, at, steps, count)
            r += A
        elif left >= B:
            tile_b(c, o, cr, a, a0, rows, r, ak, b, b0, at, steps, count)
            r += B
        elif left >= C:
            tile_c(c, o, cr, a, a0, rows, r, ak, b, b0, at, steps, count)
            r += C
        elif left >= D:
            tile_d(c, o, cr, a, a0, rows, r, ak, b, b0, at, steps, count)
            r += D
        elif left >= E:
            tile_e(c, o, cr, a, a0, rows, r, ak, b, b0, at, steps, count)
            r += E
        elif left >= F:
            tile_f(c, o, cr, a, a0, rows, r, ak, b, b0, at, steps, count)
            r += F
        else:
            tile_g(c, o, cr, a, a0, rows, r, ak, b, b0, at, steps, count)
            r += G


@compiled
def aligned(count, like):
    """Room at a multiple of 64 bytes: vectors then do not cross the edge of a cache line."""
    wide = np.empty(count + 64 // like.itemsize, like.dtype)
    start = (-wide.ctypes.data % 64) // like.itemsize
    return wide[start:start + count]
