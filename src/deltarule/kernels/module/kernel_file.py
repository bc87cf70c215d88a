"""What every kernel's file says, whatever its equations: imports, ways to compile, its contents."""

from __future__ import annotations

from collections.abc import Mapping

from deltarule.kernels.lowering.strip_loop import STORED, STRIP, UNCUT

_HEAD = """\
import ctypes
import inspect
import math
import os
import sys
import threading
import traceback

import llvmlite.binding
import numba
import numpy as np
from llvmlite import ir
from numba import carray, njit, prange, types
from numba.core import cgutils
from numba.core.ccallback import CFunc
from numba.extending import intrinsic

real = np.{dtype}
REAL = np.dtype(real)
U = np.uint64
PARALLEL = {parallel}
OPTIONS = {{"error_model": "numpy", "nogil": True, "fastmath": {{"contract", "reassoc", "nsz"}}}}
# What compiled functions alone call; Python cannot.
INNER = {{"no_cpython_wrapper": True, "no_cfunc_wrapper": True}}
compiled = njit(**OPTIONS, **INNER)
inlined = njit(**OPTIONS, **INNER, forceinline=True)
# Here sums keep their order.
in_order = njit(
    error_model="numpy", nogil=True, fastmath={{"contract"}}, forceinline=True, **INNER
)
in_threads = njit(**OPTIONS, **INNER, parallel=PARALLEL)
# What is called from outside; only this is kept in Numba's cache, with all that it calls.
kept = njit(**OPTIONS, no_cfunc_wrapper=True, cache=True)
kept_in_threads = njit(**OPTIONS, no_cfunc_wrapper=True, parallel=PARALLEL, cache=True)
if PARALLEL:
    numba.get_num_threads()  # starts the threads: code out of the cache needs them
"""
_CONTENTS = """\
GIVEN = {given}
KEPT = {kept}
UPSTREAM = {upstream}
OUTPUTS = {outputs}
STEPS = {steps}
# Where among a forward pass's arrays those are that hold logarithms of determinants.
DETERMINANTS = {determinants}
"""

#: Numba looks up what a function calls when it compiles it, so that this may come last.
MACHINERY = """\


# ---- Machinery: what the passes above call, the same in every kernel that needs it.

"""

_STRIP = f"""\
# So many rows of large arrays are computed at once, or so many entries; so many are kept.
STRIP, UNCUT, STORED = {STRIP}, {UNCUT}, {STORED}
"""


def head(dtype: str, parallel: bool) -> str:
    """Imports, and how functions are compiled."""
    return _HEAD.format(dtype=dtype, parallel=parallel).rstrip()


def contents(names: Mapping[str, object], strips: bool) -> str:
    """The names that a caller uses, and how long strips are where there are any."""
    return _CONTENTS.format(**names) + (_STRIP if strips else "")
