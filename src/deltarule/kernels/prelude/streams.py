"""Arrays larger than a cache: results are written past it, and what is read is asked for early.

Nothing is fetched then that is written over as a whole, and what is read stays in the cache. A row
is written in blocks that lie in registers, line by line, where it begins a cache line.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from deltarule.kernels.prelude.addresses import LINE
from deltarule.kernels.prelude.stream_sizes import AT_ONCE, EARLY

real = np.float32
inlined = numba.njit


# ---- what follows goes into kernels

#: The bytes of a number.
WIDE = np.dtype(real).itemsize


@inlined
def exceeds(array, size, threads):  # pyright: ignore
    """Whether an array has more bytes than `size` for each thread."""
    return array.size * WIDE > size * threads


@inlined
def read_ahead(array, place, count):  # pyright: ignore
    """Asks for some numbers that lie EARLY of a place.

    Where several rows are read side by side, the processor does not do so by itself.
    """
    for k in range(0, count, LINE // WIDE):
        asked(array, place + k + EARLY // WIDE)


@intrinsic
def asked(_typing, array, place):  # pyright: ignore
    """Asks memory for an entry of a contiguous array, or for what lies where it would be."""

    def write(context, builder, _signature, arguments):
        given = context.make_array(array)(context, builder, arguments[0])
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        entry = builder.bitcast(builder.gep(given.data, [arguments[1]]), byte)
        builder.call(ask, [entry, whole(0), whole(3), whole(1)])  # read, to the nearest, data
        return context.get_dummy_value()

    return types.void(array, types.int64), write


@inlined
def whole_blocks(line, count):  # pyright: ignore
    """How many of a row's numbers are in whole blocks; 0 where it does not begin a cache line."""
    return count // AT_ONCE * AT_ONCE if address_of(line) % LINE == 0 else 0


@intrinsic
def row_at(_typing, array, place):  # pyright: ignore
    """Where the numbers of a contiguous array lie from a place on."""

    def write(context, builder, _signature, arguments):
        given = context.make_array(array)(context, builder, arguments[0])
        return builder.gep(given.data, [arguments[1]])

    return types.CPointer(array.dtype)(array, types.int64), write


@intrinsic
def address_of(_typing, line):  # pyright: ignore
    """A pointer as a number."""

    def write(_context, builder, _signature, arguments):
        return builder.ptrtoint(arguments[0], ir.IntType(64))

    return types.int64(line), write


@intrinsic
def registers_for(_typing, line):  # pyright: ignore
    """Room for one block; LLVM keeps it in registers."""

    def write(context, builder, _signature, _arguments):
        kind = ir.ArrayType(context.get_value_type(line.dtype), AT_ONCE)
        place = cgutils.alloca_once(builder, kind)
        place.align = LINE
        return builder.bitcast(place, kind.element.as_pointer())

    return line(line), write


@intrinsic
def put(_typing, block, k, value):  # pyright: ignore
    """block[k] = value."""

    def write(context, builder, signature, arguments):
        here, k, value = arguments
        value = context.cast(builder, value, signature.args[2], block.dtype)
        builder.store(value, builder.gep(here, [k]))
        return context.get_dummy_value()

    return types.void(block, types.uint64, value), write


@intrinsic
def stream(_typing, block, line, start):  # pyright: ignore
    """A block to a row, from `start` on, past the cache."""

    def write(context, builder, _signature, arguments):
        here, there, start = arguments
        number = context.get_value_type(block.dtype)
        width = LINE // context.get_abi_sizeof(number)
        kind = ir.VectorType(number, width).as_pointer()
        past = builder.module.add_metadata([ir.IntType(32)(1)])
        for k in range(0, AT_ONCE, width):
            vector = builder.load(builder.bitcast(builder.gep(here, [ir.IntType(64)(k)]), kind))
            vector.align = LINE
            place = builder.gep(there, [builder.add(start, ir.IntType(64)(k))])
            stored = builder.store(vector, builder.bitcast(place, kind))
            stored.align = LINE
            stored.set_metadata("nontemporal", past)
        return context.get_dummy_value()

    return types.void(block, line, types.int64), write


@intrinsic
def arrived(_typing):
    """Waits until everybody sees what was written past the cache."""

    def write(context, builder, _signature, _arguments):
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def exceeds(array, size, threads):  # noqa: F811
        """No array does, where nothing is compiled."""
        return False
