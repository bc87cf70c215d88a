"""Loops take vectors as wide as the processor's registers.

For many of Intel's processors LLVM takes half of a register of 512 bits, lest a program's other
parts run with a lower frequency. A kernel is no such program: its tiles fill registers anyway.
"""

from __future__ import annotations

from collections.abc import Callable

from llvmlite import ir
from numba.core import codegen

#: What LLVM reads at each function; a processor with narrower registers fills those.
FULL_WIDTH = '"prefer-vector-width"="512"'


def _add(self, module: ir.Module) -> None:
    """One more module of functions: all of them, or a body that is copied into some of them would
    add up in another order there.
    """
    for function in module.functions:
        set.add(function.attributes, FULL_WIDTH)  # llvmlite's own `add` takes no values
    _usual_add(self, module)


REPLACED: list[tuple] = [(codegen.CPUCodeLibrary, "add_ir_module", _add)]
_usual_add: Callable = codegen.CPUCodeLibrary.add_ir_module
