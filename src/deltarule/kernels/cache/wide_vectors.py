"""Loops take vectors as wide as the processor's registers.

For many of Intel's processors LLVM takes half of a register of 512 bits, lest a program's other
parts run with a lower frequency. A kernel is no such program: its tiles fill registers anyway.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir
from numba.core import base

#: What LLVM reads at each function; a processor with narrower registers fills those.
FULL_WIDTH = '"prefer-vector-width"="512"'


def _declared(self, module, described) -> ir.Function:
    """A function in LLVM's terms, with that."""
    function = _usual_declared(self, module, described)
    set.add(function.attributes, FULL_WIDTH)  # llvmlite's own `add` knows attributes without values
    return function


REPLACED: list[tuple] = [(base.BaseContext, "declare_function", _declared)]
_usual_declared: Callable = base.BaseContext.declare_function
