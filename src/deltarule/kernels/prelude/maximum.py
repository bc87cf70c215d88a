"""The larger of two numbers, where NaN is handed on: found for several at once."""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

# ---- what follows goes into kernels


@intrinsic
def larger_of(_typing, a, b):  # pyright: ignore
    """The larger of two numbers, or NaN."""

    def write(_context, builder, _signature, arguments):
        kind = arguments[0].type
        name = f"llvm.maximum.{'f32' if kind == ir.FloatType() else 'f64'}"
        function = ir.FunctionType(kind, [kind, kind])
        return builder.call(
            cgutils.get_or_insert_function(builder.module, function, name), arguments
        )

    return a(a, a), write


if numba.config.DISABLE_JIT:  # pyright: ignore
    larger_of = np.maximum
