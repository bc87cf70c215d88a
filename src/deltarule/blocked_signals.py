"""Signals that are blocked for processes: whoever started them ends them at Ctrl-C, and says so."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """What is started inside never sees SIGINT, from its very first instruction on.

    One that comes here meanwhile is seen afterwards. Nothing happens where there is no such thing.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
