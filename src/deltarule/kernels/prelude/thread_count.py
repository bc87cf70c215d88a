"""How many threads there are."""

from __future__ import annotations

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

# ---- what follows goes into kernels


@intrinsic
def threads(_typing):  # pyright: ignore
    """As numba.get_num_threads(), whose callers Numba does not keep in its cache."""

    def write(_context, builder, _signature, _arguments):
        kind = ir.FunctionType(ir.IntType(64), [])
        count = cgutils.get_or_insert_function(builder.module, kind, "get_num_threads")
        return builder.call(count, [])

    return types.int64(), write


if numba.config.DISABLE_JIT:  # pyright: ignore
    threads = numba.get_num_threads  # noqa: F811
