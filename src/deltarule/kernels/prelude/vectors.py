"""Vectors of numbers, as wide as the machine's, for Numba: LLVM gets them from us as vectors.

Nothing then depends on whether it finds them by itself. Written with Numba's intrinsics, which
build LLVM's own code; where nothing is compiled, plain functions stand for them.
"""

from __future__ import annotations

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from deltarule.kernels.prelude.calls import _INT, _WORD, lies_at

real = np.float32


# ---- what follows goes into kernels


def _vector_bytes():
    """How many bytes the machine's vectors hold."""
    features = llvmlite.binding.get_host_cpu_features()
    return 64 if features.get("avx512f") else 32 if features.get("avx2") else 16


BYTES = np.dtype(real).itemsize
LANES = _vector_bytes() // BYTES
NR = 2 * LANES
_KIND = ("f32", ir.FloatType()) if real is np.float32 else ("f64", ir.DoubleType())
_VECTOR = ir.VectorType(_KIND[1], LANES)


def _splat(builder, value):
    """A vector of one number."""
    undefined = ir.Constant(ir.VectorType(value.type, LANES), ir.Undefined)
    first = builder.insert_element(undefined, value, _INT(0))
    return builder.shuffle_vector(first, undefined, ir.Constant(ir.VectorType(_INT, LANES), None))


def _loaded(builder, pointer):
    """A vector from any place."""
    loaded = builder.load(builder.bitcast(pointer, _VECTOR.as_pointer()))
    loaded.align = BYTES
    return loaded


def _stored(builder, vector, pointer):
    """A vector to any place."""
    stored = builder.store(vector, builder.bitcast(pointer, _VECTOR.as_pointer()))
    stored.align = BYTES


def _called(builder, name, result, arguments):
    """One of LLVM's own functions."""
    kind = ir.FunctionType(result, [a.type for a in arguments])
    text = f"llvm.{name}.v{LANES}{_KIND[0]}{'' if name == 'fma' else '.p0'}"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, text), arguments)


def _pointers(context, builder, signature, arguments):
    """Pointers to the data of arrays; other arguments as they are."""
    return [
        lies_at(context, builder, kind, value)
        if isinstance(kind, types.Array) else value
        for kind, value in zip(signature.args, arguments)
    ]


def _masks(builder, count, vectors):
    """Which lanes of some vectors lie before `count`."""
    lanes = ir.Constant(ir.VectorType(_WORD, LANES), list(range(LANES)))
    return [
        builder.icmp_signed("<", lanes, _splat(builder, builder.sub(count, _WORD(v * LANES))))
        for v in range(vectors)
    ]


def _loaded_part(builder, pointer, mask):
    """A vector whose lanes outside the mask are not read, but 0."""
    size, nothing = _INT(BYTES), ir.Constant(_VECTOR, None)
    place = builder.bitcast(pointer, _VECTOR.as_pointer())
    return _called(builder, "masked.load", _VECTOR, [place, size, mask, nothing])


def _stored_part(builder, vector, pointer, mask):
    """The lanes of a vector that lie in the mask."""
    size = _INT(BYTES)
    place = builder.bitcast(pointer, _VECTOR.as_pointer())
    _called(builder, "masked.store", ir.VoidType(), [vector, place, size, mask])


def _held(builder, kept, start, read):
    """What `read` gives if it is `kept`; else `start`, and nothing is read."""
    place = cgutils.alloca_once(builder, _VECTOR)
    builder.store(start, place)
    with builder.if_then(kept):
        builder.store(read(), place)
    return builder.load(place)


@intrinsic
def turn(_typing, a, a0, pitch, b, b0, step, rows, columns):  # pyright: ignore
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
def take(_typing, b, b0, bk, panel, deep, count, scale):  # pyright: ignore
    """panel[NR·k + n] = scale·b[b0 + bk·k + n] for n below count, and 0 for the other columns."""

    def write(context, builder, signature, arguments):
        b, b0, bk, panel, deep, count, scale = _pointers(context, builder, signature, arguments)
        b, factor = builder.gep(b, [b0]), _splat(builder, scale)
        masks = _masks(builder, count, 2)
        with cgutils.for_range(builder, deep) as loop:
            k = builder.sext(loop.index, _WORD) if loop.index.type != _WORD else loop.index
            row = builder.gep(b, [builder.mul(k, bk)])
            to = builder.gep(panel, [builder.mul(k, _WORD(NR))])
            for v, mask in enumerate(masks):
                vector = _loaded_part(builder, builder.gep(row, [_WORD(v * LANES)]), mask)
                vector = builder.fmul(vector, factor)
                _stored(builder, vector, builder.gep(to, [_WORD(v * LANES)]))
        return context.get_dummy_value()

    whole = types.int64
    return types.void(b, whole, whole, panel, whole, whole, scale), write


def _each_vector(builder, a, ap, b, bp, rows, count, made):
    """b[bp·r + n] = made(a[ap·r + n], what reads b[bp·r + n]) for some rows, n below count."""
    left = builder.srem(count, _WORD(LANES))
    whole, some = builder.sub(count, left), builder.icmp_signed(">", left, _WORD(0))
    [mask] = _masks(builder, left, 1)
    with cgutils.for_range(builder, rows) as row:
        here = builder.gep(a, [builder.mul(row.index, ap)])
        there = builder.gep(b, [builder.mul(row.index, bp)])
        # Masked accesses take longer: only a row's last numbers are moved so.
        with cgutils.for_range_slice(builder, _WORD(0), whole, _WORD(LANES)) as (n, _):
            to = builder.gep(there, [n])
            vector = _loaded(builder, builder.gep(here, [n]))
            _stored(builder, made(vector, lambda: _loaded(builder, to)), to)
        with builder.if_then(some):
            last = builder.gep(there, [whole])
            vector = _loaded_part(builder, builder.gep(here, [whole]), mask)
            vector = made(vector, lambda: _loaded_part(builder, last, mask))
            _stored_part(builder, vector, last, mask)


@intrinsic
def copied(_typing, a, a0, ap, b, b0, bp, rows, count):  # pyright: ignore
    """b[b0 + bp·r + n] = a[a0 + ap·r + n] for some rows, n below count."""

    def write(context, builder, signature, arguments):
        a, a0, ap, b, b0, bp, rows, count = _pointers(context, builder, signature, arguments)
        a, b = builder.gep(a, [a0]), builder.gep(b, [b0])
        _each_vector(builder, a, ap, b, bp, rows, count, lambda vector, _read: vector)
        return context.get_dummy_value()

    whole = types.int64
    return types.void(a, whole, whole, b, whole, whole, whole, whole), write


@intrinsic
def added(_typing, a, a0, ap, b, b0, bp, rows, count, add, first):  # pyright: ignore
    """`copied`, to which what b holds is added, or `first` where `add` is 0."""

    def write(context, builder, signature, arguments):
        a, a0, ap, b, b0, bp, rows, count, add, first = _pointers(
            context, builder, signature, arguments
        )
        a, b = builder.gep(a, [a0]), builder.gep(b, [b0])
        kept, start = builder.icmp_signed("!=", add, _WORD(0)), _splat(builder, first)

        def made(vector, read):
            return builder.fadd(vector, _held(builder, kept, start, read))

        _each_vector(builder, a, ap, b, bp, rows, count, made)
        return context.get_dummy_value()

    whole = types.int64
    given = (a, whole, whole, b, whole, whole, whole, whole, whole, first)
    return types.void(*given), write


if numba.config.DISABLE_JIT:  # pyright: ignore
    def turn(a, a0, pitch, b, b0, step, rows, columns):  # noqa: F811 # pyright: ignore
        """A block turned round, where nothing is compiled."""
        for i in range(LANES):
            for j in range(LANES):
                inside = i < columns and j < rows
                b[b0 + step * i + j] = a[a0 + pitch * j + i] if inside else 0

    def take(b, b0, bk, panel, deep, count, scale):  # noqa: F811 # pyright: ignore
        """Rows of a panel, where nothing is compiled."""
        for k in range(deep):
            start = b0 + bk * k
            panel[NR * k:NR * k + count] = scale * b[start:start + count]
            panel[NR * k + count:NR * k + NR] = 0

    def copied(a, a0, ap, b, b0, bp, rows, count):
        """Rows copied, where nothing is compiled."""
        for r in range(rows):
            b[b0 + bp * r:b0 + bp * r + count] = a[a0 + ap * r:a0 + ap * r + count]

    def added(a, a0, ap, b, b0, bp, rows, count, add, first):
        """Rows added, where nothing is compiled."""
        for r in range(rows):
            to = b[b0 + bp * r:b0 + bp * r + count]
            to[:] = a[a0 + ap * r:a0 + ap * r + count] + (to if add else first)
