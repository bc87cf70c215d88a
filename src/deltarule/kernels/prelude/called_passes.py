"""Passes over arrays that stay in their place, one after the other, as a function of C's.

Python calls it without arguments, and keeps its lock: for passes of less than a microsecond,
unpacking one integer and giving the lock away would take as long as the arithmetic. This file is
kept in the cache as it is, and compiled once for all kernels.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.ccallback import CFunc
from numba.extending import intrinsic

_WORD, _BYTES = ir.IntType(64), ir.IntType(8).as_pointer()
_STATUS = ir.IntType(32)
#: What a function of Numba's returns where nothing went wrong.
_RIGHT = (0, -2)


@intrinsic
def in_turn(_typing, table):  # pyright: ignore
    """Calls what a table lists: what is returned, how many there are, function and place of each.

    What is returned is a Python object, of which one reference more is counted; where there was no
    room for arrays it is nothing, and MemoryError is set.
    """

    def write(_context, builder, _signature, arguments):
        table = builder.inttoptr(arguments[0], _WORD.as_pointer())

        def entry(k):
            return builder.load(builder.gep(table, [k]))

        kind = ir.FunctionType(_STATUS, [_BYTES.as_pointer(), _BYTES.as_pointer(), _WORD])
        given, raised = (cgutils.alloca_once(builder, _BYTES) for _ in range(2))
        result = cgutils.alloca_once_value(builder, entry(_WORD(0)))
        with cgutils.for_range(builder, entry(_WORD(1))) as loop:
            k = builder.add(builder.mul(loop.index, _WORD(2)), _WORD(2))
            function = builder.inttoptr(entry(k), kind.as_pointer())
            status = builder.call(function, [given, raised, entry(builder.add(k, _WORD(1)))])
            wrong = [builder.icmp_signed("!=", status, _STATUS(right)) for right in _RIGHT]
            with builder.if_then(builder.and_(*wrong), likely=False):
                builder.store(_WORD(0), result)
                loop.do_break()
        found = builder.load(result)
        there = builder.icmp_unsigned("!=", found, _WORD(0))
        with builder.if_else(there, likely=True) as (right, missing):
            with right:
                kind = ir.FunctionType(ir.VoidType(), [_BYTES])
                count = cgutils.get_or_insert_function(builder.module, kind, "Py_IncRef")
                builder.call(count, [builder.inttoptr(found, _BYTES)])
            with missing:
                kind = ir.FunctionType(_BYTES, [])
                refuse = cgutils.get_or_insert_function(builder.module, kind, "PyErr_NoMemory")
                builder.call(refuse, [])
        return found

    return types.int64(types.int64), write


@intrinsic
def place_in(_typing, array):  # pyright: ignore
    """Where the numbers of an array of NumPy's lie, given the place of the object itself."""

    def write(_context, builder, _signature, arguments):
        # An object begins with how often it is referred to and its type.
        place = builder.add(arguments[0], _WORD(16))
        return builder.load(builder.inttoptr(place, _WORD.as_pointer()))

    return types.int64(types.int64), write


def _called(array, _nothing):
    return in_turn(place_in(array))  # pyright: ignore


passes = CFunc(
    _called, ((types.int64, types.int64), types.int64), {}, {"error_model": "numpy"}
)
passes.enable_caching()


def _made(elsewhere=None):
    if elsewhere is None and passes.address is None:
        passes.compile()
    return elsewhere or passes.address


#: What is compiled when it is asked for, under a name that no machine code calls.
OUTSIDE = {"passes in turn": _made}
