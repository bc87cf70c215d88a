"""Functions that are made once, in those that Python calls: other code of Numba does not notice."""

from types import SimpleNamespace

import numpy as np
from numba import njit
from numba.core import codegen, cpu

from deltarule.kernels.cache.linking import made_once

inner = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)


def test_what_waits_is_made_with_what_calls_it_and_serves_other_functions():
    @inner
    def lowest(n):
        return np.ones(n).sum()

    @inner
    def middle(n):
        return 2 * lowest(n)

    @njit
    def highest(n):
        return middle(n) + lowest(n)

    usual = codegen.JITCPUCodegen._library_class, cpu.CPUContext.get_executable
    made_once(SimpleNamespace(highest=highest))
    assert highest(3) == 9
    assert (codegen.JITCPUCodegen._library_class, cpu.CPUContext.get_executable) == usual
    [waiting] = (one.library for one in middle.overloads.values())
    assert not waiting._finalized
    # Code that somebody else compiles afterwards calls the same functions: now they are made.
    assert njit(lambda n: middle(n) + np.ones(n).size)(4) == 12
    assert waiting._finalized
