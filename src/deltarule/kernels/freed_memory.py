"""Memory that a kernel frees after a pass is there for the next pass.

What is larger than some number of bytes the C library of most of Linux takes from the system, page
by page, and gives back when it is freed. The next pass of the same kernel then waits for the same
pages: 3 of 9 ms, in a convolution whose working arrays have 12 MiB. That number grows by itself,
up to 32 MiB, with the largest array that was ever freed: so one is freed, which is never written.
"""

from __future__ import annotations

import contextlib
import functools

import numpy as np

#: The largest array that makes the number grow (glibc: 2²⁵ bytes with what surrounds it).
LARGEST = 2**25 - 2**14


@functools.cache
def keep_freed_memory() -> None:
    """Have this process keep what it frees, up to twice LARGEST bytes, instead of taking it anew.

    With other C libraries than glibc, this changes nothing.
    """
    with contextlib.suppress(MemoryError):
        np.empty(LARGEST, np.uint8)
