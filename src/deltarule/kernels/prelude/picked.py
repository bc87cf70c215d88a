"""One of two numbers that are both at hand: picked, and not jumped to."""

from __future__ import annotations

import numba
from numba import types
from numba.extending import intrinsic

# ---- what follows goes into kernels


@intrinsic
def either(typing, test, one, other):  # pyright: ignore
    """`one` where the test holds, else the other: LLVM makes no jump of it, also in short loops."""
    kind = typing.unify_types(one, other)

    def write(_context, builder, _signature, arguments):
        return builder.select(*arguments)

    return kind(types.boolean, kind, kind), write


if numba.config.DISABLE_JIT:  # pyright: ignore

    def either(test, one, other):  # noqa: F811
        """One of two numbers, where nothing is compiled."""
        return one if test else other
