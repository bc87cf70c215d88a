"""Loops in threads, which do not survive a fork: a child process runs without them.

GNU OpenMP ends a child that was forked when threads were there already and that enters a parallel
loop. A child that starts afresh (spawn) has threads of its own. Threads are started by Numba, or
without it (`without_numba`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from deltarule.processors import processors
from deltarule.spelling.counted import counted

#: The modules that start threads.
_NUMBA, _ENGINE = "numba.np.ufunc.parallel", "deltarule.kernels.cache.native_engine"
_lost = False


def lost() -> bool:
    """Whether this process was forked from one that had started threads."""
    return _lost


def most() -> int:
    """So many threads run at once: one a processor, unless NUMBA_NUM_THREADS says how many."""
    given = os.environ.get("NUMBA_NUM_THREADS", "")
    return int(given) if given.isdigit() and int(given) else processors()


def too_many(wanted: int) -> str | None:
    """What is said of more threads than there are processors; None if they are no more."""
    if wanted <= most():
        return None
    there = counted(most(), "processor")
    return f"threads = {wanted}, but there {'is' if most() == 1 else 'are'} {there}: {most()} run"


def _by_numba() -> bool:
    return bool(getattr(sys.modules.get(_NUMBA), "_is_initialized", False))


def _alone() -> Any:
    """The threads that were started without Numba; None where none were."""
    return getattr(sys.modules.get(_ENGINE), "started", None)


def _after_fork() -> None:
    global _lost
    _lost = _lost or _by_numba() or _alone() is not None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def in_threads(wanted: int) -> Iterator[None]:
    """Loops in so many threads, at most as many as there were started."""
    alone = _alone()
    with ExitStack() as until:
        if alone is not None:
            until.callback(alone.set, alone.get())
            alone.set(max(1, min(wanted, alone.most)))
        if alone is None or _by_numba():
            import numba

            most: int = numba.config.NUMBA_NUM_THREADS  # pyright: ignore
            until.callback(numba.set_num_threads, numba.get_num_threads())
            numba.set_num_threads(max(1, min(wanted, most)))
        yield
