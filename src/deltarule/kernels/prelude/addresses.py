"""Arrays by their addresses: a call takes one number, however many arrays there are.

And new arrays at addresses where vectors do not cross cache lines.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

# ---- what follows goes into kernels

#: Arrays of so many entries begin a cache line of LINE bytes: NumPy's own begin somewhere in one,
#: and then each vector that is read or written crosses into the next.
LARGE, LINE = 1 << 12, 64


def on_line(make, shape, kind):
    """What `make` (np.empty or np.zeros) makes; a large array starts at a multiple of LINE."""
    entries = math.prod(shape)
    if entries < LARGE:
        return make(shape, kind)
    step = np.dtype(kind).itemsize
    wide = make(entries + LINE // step, kind)
    start = -wide.ctypes.data % LINE // step
    return wide[start : start + entries].reshape(shape)


@intrinsic
def number_at(_typing, place, k):
    """The k-th integer of a table at an address."""

    def write(_context, builder, _signature, arguments):
        table = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        return builder.load(builder.gep(table, [arguments[1]]))

    return types.int64(types.int64, types.int64), write


@intrinsic
def address_at(_typing, place, k, kind):
    """The k-th number of a table as the address of numbers of a kind."""
    pointer = types.CPointer(kind.dtype)

    def write(context, builder, _signature, arguments):
        table = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        address = builder.load(builder.gep(table, [arguments[1]]))
        return builder.inttoptr(address, context.get_value_type(pointer))

    return pointer(types.int64, types.int64, kind), write


@intrinsic
def unaliased(_typing):  # pyright: ignore
    """Says that the arrays which the function around is given lie apart in memory.

    Loops over many of them are vectors then: nothing has to be compared first.
    """

    def write(context, builder, _signature, _arguments):
        for argument in builder.function.args:
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def unaliased():  # noqa: F811 # pyright: ignore
        """Nothing, where nothing is compiled."""
