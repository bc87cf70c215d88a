"""The same numbers with other axes."""

from __future__ import annotations

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

# ---- what follows goes into kernels


@intrinsic
def seen_as(_typing, array, shape):  # pyright: ignore
    """A contiguous array with axes of other lengths, the same memory."""
    kind = types.Array(array.dtype, len(shape), "C")

    def write(context, builder, _signature, arguments):
        from numba.core.imputils import impl_ret_borrowed
        from numba.np.arrayobj import populate_array  # slow to load, and not needed to run

        given = context.make_array(array)(context, builder, arguments[0])
        made = context.make_array(kind)(context, builder)
        lengths = cgutils.unpack_tuple(builder, arguments[1])
        strides = [given.itemsize]
        for length in reversed(lengths[1:]):
            strides.insert(0, builder.mul(strides[0], length))
        populate_array(
            made, data=given.data, shape=lengths, strides=strides, itemsize=given.itemsize,
            meminfo=given.meminfo, parent=given.parent,
        )
        return impl_ret_borrowed(context, builder, kind, made._getvalue())

    return kind(array, shape), write


@intrinsic
def unknown(_typing, size):  # pyright: ignore
    """A size that LLVM does not know: of loops that are short and known, it makes no vectors."""

    def write(_context, builder, _signature, arguments):
        kind = ir.FunctionType(ir.IntType(64), [ir.IntType(64)])
        return builder.asm(kind, "", "=r,0", [arguments[0]], False)

    return types.int64(types.int64), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def seen_as(array, shape):  # noqa: F811
        """An array with other axes, where nothing is compiled."""
        return array.reshape(shape)

    def unknown(size):  # noqa: F811
        """The size, where nothing is compiled."""
        return size
