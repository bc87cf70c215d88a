"""Loops in threads, which do not survive a fork: a child process runs without them.

GNU OpenMP ends a child that was forked when threads were there already and that enters a parallel
loop. A child that starts afresh (spawn) has threads of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_lost = False


def lost() -> bool:
    """Whether this process was forked from one that had started Numba's threads."""
    return _lost


def _after_fork() -> None:
    global _lost
    threads = sys.modules.get("numba.np.ufunc.parallel")
    _lost = _lost or bool(getattr(threads, "_is_initialized", False))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def in_threads(wanted: int) -> Iterator[None]:
    """Numba's loops in so many threads, at most as many as it was started with."""
    import numba

    before = numba.get_num_threads()
    numba.set_num_threads(max(1, min(wanted, numba.config.NUMBA_NUM_THREADS)))  # pyright: ignore
    try:
        yield
    finally:
        numba.set_num_threads(before)
